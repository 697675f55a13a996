"""Where the time goes, and the memory."""

import resource
import time

import torch

STAGES = ("encode", "guide", "denoise", "schedule", "decode", "png")


class Stages:
    """Adds up the time between calls of lap."""

    def __init__(self, device):
        self.device = torch.device(device)
        self.start(waits=False)

    def start(self, waits):
        """Forgets all times and starts the clock.

        waits: for the GPU at the end of each stage, so that a stage pays for its own work. That costs
        some time itself, so whole batches are timed without.
        """
        self.waits = waits and self.device.type == "cuda"
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self.last = self.now()

    def lap(self, stage):
        """The time since the last lap went into this stage."""
        now = self.now()
        self.seconds[stage] += now - self.last
        self.last = now

    def now(self):
        if self.waits:
            torch.cuda.synchronize()
        return time.perf_counter()


def peak_device_bytes(device):
    """What is in use on the GPU; None without one.

    The allocator gives nothing back, so this is about the most that there ever was. It counts what
    libtorch itself takes, as Boxwright's figure does.
    """
    if device.type != "cuda":
        return None
    free, total = torch.cuda.mem_get_info()
    return total - free


def peak_host_bytes():
    """The most resident memory that the process has had so far, on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def device_name(device):
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else None
