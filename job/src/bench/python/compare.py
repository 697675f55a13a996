"""Runs Boxwright and its Python peers by turns and prints how they compare, as Markdown.

    python compare.py --rounds 5 --model random:sd15 --device gpu --dtype float16 --batch-size 16
    python compare.py --contenders boxwright,batched --model random:tiny --steps 4

Every round runs each contender once, in a process of its own, each round begins with another one, and a ratio
is that of two runs of one round: what else the machine does meanwhile touches all of them. Options that are
not listed here go to all contenders (`bench.py --help`).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BOXWRIGHT = HERE.parents[3] / "job/bin/boxwright"
PEERS = {"batched": ["--peer", "batched"], "batched-compiled": ["--peer", "batched", "--compile"],
         "reference": ["--peer", "reference"]}
CONTENDERS = ("boxwright", *PEERS)

# What must be the same, else a ratio says nothing.
SAME = ("dtype", "scheduler", "steps", "predictions", "guidance_scale",
        "guidance_steps", "iterations", "height", "width")
GIB = 2 ** 30


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    option = parser.add_argument
    option("--contenders", default="boxwright,batched,reference", metavar="NAMES",
           help=f"of {', '.join(CONTENDERS)}; ratios are to the first (default: %(default)s)")
    option("--rounds", type=int, default=3, help="default: %(default)s")
    option("--model", default="random:sd15", help="default: %(default)s")
    option("--device", choices=("cpu", "gpu"), default="cpu", help="default: %(default)s")
    option("--dtype", choices=("float32", "float16"), default="float32", help="default: %(default)s")
    option("--scheduler", default="EulerDiscreteScheduler", help="default: %(default)s")
    option("--threads", type=int, default=len(os.sched_getaffinity(0)),
           help="of each contender on the CPU (default: all cores, here %(default)s)")
    option("--reference-rows", type=int, metavar="N",
           help="rows of the reference, which makes one at a time anyhow (default: the batch size)")
    option("--boxwright", default=BOXWRIGHT, metavar="FILE", help="the launcher (default: this checkout's)")
    option("--json", type=Path, metavar="FILE", help="where every run's numbers go")
    options, others = parser.parse_known_args(arguments)
    options.contenders = options.contenders.split(",")
    for name in options.contenders:
        if name not in CONTENDERS:
            parser.error(f"There is no contender {name}")
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    return options, others


def command(contender, options, others, file):
    """What runs a contender and leaves its numbers in a file."""
    if contender == "boxwright":
        start = [str(options.boxwright), "bench"]
    else:
        start = [sys.executable, str(HERE / "bench.py"), *PEERS[contender]]
    rows = ["--batch-size", str(options.reference_rows)] if contender == "reference" and options.reference_rows else []
    return [*start, "--model", options.model, "--device", options.device, "--dtype", options.dtype,
            "--scheduler", options.scheduler, *others, *rows, "--json", str(file)]


def environment(options):
    """The same threads for all, which wait as those of job/bin/boxwright do unless the caller says otherwise."""
    waiting = {} if "OMP_WAIT_POLICY" in os.environ else {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "3000"}
    return {**os.environ, **waiting, "OMP_NUM_THREADS": str(options.threads), "MKL_NUM_THREADS": str(options.threads)}


def run(contender, options, others):
    """One process -> its numbers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "numbers.json"
        words = command(contender, options, others, file)
        done = subprocess.run(words, env=environment(options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode:
            sys.exit(f"{done.stdout}\n{contender} failed with {done.returncode}: {' '.join(words)}")
        return json.loads(file.read_text())


def run_rounds(options, others):
    """-> one {contender: numbers} a round"""
    rounds = []
    for i in range(options.rounds):
        first = i % len(options.contenders)
        numbers = {}
        for contender in options.contenders[first:] + options.contenders[:first]:
            numbers[contender] = run(contender, options, others)
            print(f"round {i + 1} of {options.rounds}, {contender}:"
                  f" {numbers[contender]['median_seconds']:.3f} s a batch", file=sys.stderr, flush=True)
        require_same(numbers)
        rounds.append(numbers)
    return rounds


def require_same(numbers):
    """Ends the comparison if the contenders were not told, or did not do, the same."""
    for key in SAME:
        values = {contender: of_one[key] for contender, of_one in numbers.items() if of_one.get(key) is not None}
        require_equal(key, values)
    batches = {contender: of_one["batch_size"] for contender, of_one in numbers.items() if contender != "reference"}
    require_equal("batch_size", batches)


def require_equal(key, values):
    if len(set(map(str_of, values.values()))) > 1:
        sys.exit(f"The contenders differ in {key}: {values}")


def str_of(value):
    return str(float(value)) if isinstance(value, (int, float)) else value


# ---------------------------------------------------------------- the tables

def tables(rounds, contenders):
    """Markdown."""
    setup = next(iter(rounds[0].values()))
    lines = [
        f"{setup['model']}, {setup['dtype']}, {setup.get('device_name') or setup['device']}; batches of"
        f" {setup['batch_size']}, {setup['width']}x{setup['height']}, {setup['scheduler']}, {setup['steps']} steps,"
        f" {setup['guidance_steps']} of them guided {setup['iterations']} times; medians of {len(rounds)} rounds,"
        f" {setup['repetitions']} batches in each",
        "",
        *table(["", "images/s", "guided pass, ms a sample", "denoising step, ms a sample", "host, GiB", "GPU, GiB"],
               [[name, *absolute([numbers[name] for numbers in rounds])] for name in contenders]),
    ]
    if len(contenders) > 1:
        base = contenders[0]
        lines += [
            "", f"Times over those of {base} in the same round: median (least to most). Above 1, {base} is faster.", "",
            *table(["", "image", "guided pass", "denoising step"],
                   [[name, *relative(rounds, name, base)] for name in contenders[1:]])]
    return "\n".join(lines)


def table(head, rows):
    return ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]


def image_seconds(numbers):
    return 1 / numbers["images_per_second"]


def guided_pass(numbers):
    return (numbers.get("guidance_pass") or {}).get("milliseconds_per_sample")


def denoising_step(numbers):
    return numbers["denoise_pass"]["milliseconds_per_sample"]


def absolute(runs):
    """The cells of one contender."""
    return [
        cell([numbers["images_per_second"] for numbers in runs], "{:.3f}"),
        cell([guided_pass(numbers) for numbers in runs], "{:.1f}"),
        cell([denoising_step(numbers) for numbers in runs], "{:.1f}"),
        cell([in_gib(numbers.get("peak_host_bytes")) for numbers in runs], "{:.2f}"),
        cell([in_gib(numbers.get("peak_device_bytes")) for numbers in runs], "{:.2f}"),
    ]


def in_gib(size):
    return None if size is None else size / GIB


def cell(values, form):
    return "" if None in values else form.format(statistics.median(values))


def relative(rounds, name, base):
    """Of each time, the median of the rounds' ratios, and their range."""
    cells = []
    for time_of in (image_seconds, guided_pass, denoising_step):
        pairs = [(time_of(numbers[name]), time_of(numbers[base])) for numbers in rounds]
        if any(None in pair for pair in pairs):
            cells.append("")
            continue
        ratios = [of_name / of_base for of_name, of_base in pairs]
        cells.append(f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return cells


def main():
    options, others = parse()
    rounds = run_rounds(options, others)
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=2) + "\n")
    print(tables(rounds, options.contenders))


if __name__ == "__main__":
    main()
