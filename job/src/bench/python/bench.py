"""Measures a Python peer of Boxwright.

    python bench.py --peer batched --model random:sd15 --device cuda --dtype float16 --json batched.json
    python bench.py --check
"""

import argparse
import importlib.metadata
import json
import platform
import statistics
import sys
from pathlib import Path

import torch

from batched_peer import BatchedPeer
from check import check
from layouts import Settings, make_rows
from models import load
from reference_peer import ReferencePeer
from stages import STAGES, Stages, device_name, peak_device_bytes, peak_host_bytes, reset_peak_device_bytes


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
    option("--device", choices=("cpu", "cuda"), default="cpu", help="default: %(default)s")
    option("--repetitions", type=int, default=3, help="default: %(default)s")
    option("--warmups", type=int, default=1, help="default: %(default)s")
    option("--compile", action="store_true", help="torch.compile (`batched` only)")
    option("--channels-last", action=argparse.BooleanOptionalAction,
           help="`batched` only (default: on a GPU)")
    option("--json", type=Path, metavar="FILE", help="where the numbers go; default: printed")
    option("--save-images", type=Path, metavar="FOLDER", help="writes the pictures of the last repetition")
    option("--check", action="store_true", help="hold the peers against each other in float32, measure nothing")
    options = parser.parse_args(arguments)
    if options.peer == "reference" and (options.compile or options.channels_last):
        parser.error("--compile and --channels-last are for --peer batched")
    if min(options.batch_size, options.steps, options.repetitions) < 1:
        parser.error("--batch-size, --steps and --repetitions are at least 1")
    return options


def batched_options(options):
    return {"channels_last": options.channels_last, "compiled": options.compile}


def new_peer(options, stages):
    """Loads the model and puts the peer around it; also gives the settings."""
    model = load(options.model or "random:sd15", getattr(torch, options.dtype), options.device)
    settings = Settings(
        steps=options.steps, max_guidance_steps=options.max_guidance_steps,
        max_iterations_per_step=options.max_iterations_per_step, guidance_scale=options.guidance_scale,
        height=options.height or model.image_size, width=options.width or model.image_size,
        scheduler=options.scheduler)
    if options.peer == "reference":
        return ReferencePeer(model, settings, stages)
    return BatchedPeer(model, settings, stages, **batched_options(options))


def measure(options):
    """Runs the peer -> the numbers, and the pictures of the last repetition."""
    device = torch.device(options.device)
    stages = Stages(device)
    peer = new_peer(options, stages)
    stages.lap("load")
    load_seconds = stages.seconds["load"]
    rows = make_rows(options.batch_size)
    for _ in range(options.warmups):
        peer.generate(rows)
    reset_peak_device_bytes(device)
    repetitions = []
    for _ in range(options.repetitions):
        stages.start()
        pictures = peer.generate(rows)
        repetitions.append(dict(stages.seconds))
    return report(options, peer.settings, device, load_seconds, repetitions), pictures


def report(options, settings, device, load_seconds, repetitions):
    """repetitions: one {stage: seconds} each."""
    seconds = [sum(stages.values()) for stages in repetitions]
    stages = {stage: statistics.median(of_one[stage] for of_one in repetitions) for stage in STAGES}
    stages["load"] = load_seconds

    def milliseconds_per_sample(stage, count):
        return 1000 * stages[stage] / (count * options.batch_size) if count else None

    median = statistics.median(seconds)
    return {
        "model": options.model or "random:sd15",
        "peer": options.peer + (" (compiled)" if options.compile else ""),
        "device": device_name(device),
        "dtype": options.dtype,
        "versions": versions(),
        "scheduler": settings.scheduler,
        "batch_size": options.batch_size,
        "steps": settings.steps,
        "guidance_steps": min(settings.max_guidance_steps, settings.steps),
        "iterations": settings.max_iterations_per_step,
        "guidance_scale": settings.guidance_scale,
        "height": settings.height,
        "width": settings.width,
        "repetitions": options.repetitions,
        "warmups": options.warmups,
        "seconds": {"all": seconds, "median": median},
        "images_per_second": options.batch_size / median,
        "guidance_iteration_ms_per_sample": milliseconds_per_sample("guide", settings.guidance_iterations),
        "denoising_step_ms_per_sample": milliseconds_per_sample("denoise", settings.steps),
        "stages": stages,
        "peak_device_bytes": peak_device_bytes(device),
        "peak_host_bytes": peak_host_bytes(),
    }


def versions():
    packages = {name: importlib.metadata.version(name) for name in ("torch", "diffusers", "transformers")}
    return {"python": platform.python_version(), **packages, "cuda": torch.version.cuda}


def save_images(pictures, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for i, png in enumerate(pictures.png):
        (folder / f"{i:03d}.png").write_bytes(png)


def main():
    options = parse()
    if options.check:
        good = check(options.model or "random:tiny", options.device, **batched_options(options))
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
