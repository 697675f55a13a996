"""Where the time goes, and the memory."""

import resource
import time

import torch

STAGES = ("load", "encode", "guide", "denoise", "decode", "png")


class Stages:
    """Adds up the time between calls of lap. Waits for the GPU, so that a stage pays for its own work."""

    def __init__(self, device):
        self.device = torch.device(device)
        self.seconds = {}
        self.start()

    def start(self):
        """Forgets all times and starts the clock."""
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self.last = self.now()

    def lap(self, stage):
        """The time since the last lap went into this stage."""
        now = self.now()
        self.seconds[stage] += now - self.last
        self.last = now

    def now(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    def total(self):
        return sum(self.seconds.values())


def reset_peak_device_bytes(device):
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()


def peak_device_bytes(device):
    """The most that PyTorch's allocator handed out; None without a GPU."""
    return torch.cuda.max_memory_allocated() if device.type == "cuda" else None


def peak_host_bytes():
    """The most resident memory that the process has had so far, on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def device_name(device):
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else 'CPU'}, {torch.get_num_threads()} threads"
