"""Measures a Python peer of Boxwright.

    python bench.py --peer batched --model random:sd15 --device gpu --dtype float16 --json batched.json
    python bench.py --check
"""

import argparse
import importlib.metadata
import json
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from batched_peer import BatchedPeer
from check import check
from layouts import Settings, benchmark_rows
from models import CONFIGS, load
from reference_peer import ReferencePeer
from stages import STAGES, Stages, device_name, peak_device_bytes, peak_host_bytes


def parse(arguments=None):
    defaults = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--peer", choices=("reference", "batched"), default="batched", help="default: %(default)s")
    option("--model", help="a diffusers folder, random:sd15, random:sd21 or random:tiny"
                           " (default: random:sd15, for --check random:tiny)")
    option("--batch-size", type=int, default=4, help="rows, and for `batched` rows a pass (default: %(default)s)")
    option("--steps", type=int, default=defaults.steps, help="default: %(default)s")
    option("--max-guidance-steps", type=int, default=defaults.max_guidance_steps, help="default: %(default)s")
    option("--max-iterations-per-step", type=int, default=defaults.max_iterations_per_step,
           help="updates of a guided step; always all of them (default: %(default)s)")
    option("--guidance-scale", type=float, default=defaults.guidance_scale, help="default: %(default)s")
    option("--height", type=int, help="default: the model's")
    option("--width", type=int, help="default: the model's")
    option("--scheduler", default=defaults.scheduler, help="a class of diffusers (default: %(default)s)")
    option("--dtype", choices=("float32", "float16"), default="float32", help="default: %(default)s")
    option("--device", choices=("cpu", "cuda", "gpu"), default="cpu", help="default: %(default)s")
    option("--repetitions", type=int, default=3, help="default: %(default)s")
    option("--warmups", type=int, default=1, help="default: %(default)s")
    option("--compile", action="store_true", help="torch.compile (`batched` only)")
    option("--channels-last", action=argparse.BooleanOptionalAction,
           help="`batched` only (default: with --compile on a GPU)")
    option("--json", type=Path, metavar="FILE", help="where the numbers go; default: printed")
    option("--save-images", type=Path, metavar="FOLDER", help="writes the pictures of the last repetition")
    option("--check", action="store_true", help="hold the peers against each other in float32, measure nothing")
    options = parser.parse_args(arguments)
    if options.peer == "reference" and (options.compile or options.channels_last):
        parser.error("--compile and --channels-last are for --peer batched")
    if min(options.batch_size, options.steps, options.repetitions) < 1:
        parser.error("--batch-size, --steps and --repetitions are at least 1")
    options.model = options.model or ("random:tiny" if options.check else "random:sd15")
    if options.model.startswith("random:") and options.model not in CONFIGS:
        parser.error(f"There is no model {options.model}; there are {', '.join(CONFIGS)}")
    return options


def batched_options(options):
    return {"channels_last": options.channels_last, "compiled": options.compile}


def load_peer(options, stages):
    model = load(options.model, getattr(torch, options.dtype), torch_device(options))
    settings = Settings(
        steps=options.steps, max_guidance_steps=options.max_guidance_steps,
        max_iterations_per_step=options.max_iterations_per_step, guidance_scale=options.guidance_scale,
        height=options.height or model.image_size, width=options.width or model.image_size,
        scheduler=options.scheduler)
    if options.peer == "reference":
        return ReferencePeer(model, settings, stages)
    return BatchedPeer(model, settings, stages, **batched_options(options))


def torch_device(options):
    """Boxwright's name of a GPU is good, too."""
    return torch.device("cpu" if options.device == "cpu" else "cuda")


@dataclass
class Times:
    """How long a batch took."""

    seconds: float
    stages: dict


def measure(options):
    """Runs the peer -> the numbers, and the pictures of the last batch."""
    started = time.perf_counter()
    stages = Stages(torch_device(options))
    peer = load_peer(options, stages)
    load_seconds = time.perf_counter() - started
    rows = benchmark_rows(options.batch_size)

    def repeat(times, waits):
        result = []
        for _ in range(times):
            stages.start(waits)
            start = time.perf_counter()
            pictures = peer.generate(rows)
            result.append(Times(time.perf_counter() - start, dict(stages.seconds)))
        return result, pictures if times else None

    repeat(options.warmups, waits=False)
    timed, pictures = repeat(options.repetitions, waits=False)
    staged = timed
    if stages.device.type == "cuda":
        staged, pictures = repeat(options.repetitions, waits=True)
    return report(options, peer, load_seconds, timed, staged), pictures


def report(options, peer, load_seconds, timed, staged):
    """The keys of `boxwright bench --json`. timed, staged: Times of batches; the latter for the stages."""
    settings, device = peer.settings, peer.model.device
    predictions = len(peer.model.new_scheduler(settings.scheduler, settings.steps).timesteps)
    guided_steps = min(settings.max_guidance_steps, predictions)
    stages = {stage: statistics.median(times.stages[stage] for times in staged) for stage in STAGES}
    seconds = [times.seconds for times in timed]
    median = statistics.median(seconds)

    def milliseconds_per_sample(stage, passes):
        return {"milliseconds_per_sample": 1000 * stages[stage] / (passes * options.batch_size)} if passes else None

    return {
        "peer": options.peer + ("-compiled" if options.compile else ""),
        "model": options.model,
        "device": options.device,
        "device_name": device_name(device),
        "dtype": options.dtype,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "scheduler": settings.scheduler,
        "batch_size": options.batch_size,
        "steps": settings.steps,
        "predictions": predictions,
        "guidance_scale": settings.guidance_scale,
        "guidance_steps": guided_steps,
        "iterations": settings.max_iterations_per_step,
        "height": settings.height,
        "width": settings.width,
        "warmups": options.warmups,
        "repetitions": options.repetitions,
        "load_seconds": load_seconds,
        "seconds": seconds,
        "median_seconds": median,
        "images_per_second": options.batch_size / median,
        "stages": stages,
        "guidance_pass": milliseconds_per_sample("guide", guided_steps * settings.max_iterations_per_step),
        "denoise_pass": milliseconds_per_sample("denoise", predictions),
        "peak_host_bytes": peak_host_bytes(),
        "peak_device_bytes": peak_device_bytes(device),
    }


def versions():
    packages = [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "diffusers", "transformers")]
    return ", ".join([f"Python {platform.python_version()}", *packages, f"CUDA {torch.version.cuda}"])


def save_images(pictures, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for i, png in enumerate(pictures.png):
        (folder / f"{i:03d}.png").write_bytes(png)


def main():
    options = parse()
    if options.check:
        good = check(options.model, torch_device(options), **batched_options(options))
        sys.exit(0 if good else 1)
    numbers, pictures = measure(options)
    text = json.dumps(numbers, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    else:
        print(text)
    if options.save_images:
        save_images(pictures, options.save_images)


if __name__ == "__main__":
    main()
