"""Measures the Shapes pipeline on the test rows, without guidance and with several settings of it.

    python evaluate.py --pipeline pipeline --rows 200
    python evaluate.py --pipeline pipeline --rows 100 --settings '{"loss_scale": 60}' '{"loss_scale": 100}'
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw

import detector
from guidance import GUIDED, HELD_OUT, Sampler, Settings
from world import IMAGE_SIZE

HERE = Path(__file__).parent
COLUMNS = 8  # of the sheet


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipeline", type=Path, default=HERE / "pipeline")
    parser.add_argument("--prompts", type=Path, default=HERE / "prompts.parquet")
    parser.add_argument("--split", default="test")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--settings", nargs="+", type=json.loads, default=[{"max_guidance_steps": 0}, {}],
                        help="JSON objects with fields of Settings that differ from the paper's")
    parser.add_argument("--sheet", type=Path, help="a PNG to write: a row of pictures for each settings")
    parser.add_argument("--bfloat16", action="store_true", help="quicker, less exact")
    parser.add_argument("--device", default="cuda")
    return parser.parse_args()


def read_rows(file, split, count):
    return pq.read_table(file, filters=[("split", "==", split)]).slice(0, count).to_pylist()


def score_object(image, phrase, box):
    """found, right (colour and shape), centre_in_box, iou: each 0..1."""
    _, colour, shape = phrase.split()
    found = detector.detect(image, colour)
    if found is None:
        return 0, 0, 0, 0
    return 1, found.shape == shape, detector.centre_in_box(found.box, box), detector.iou(found.box, box)


def score(images, rows):
    objects = [[score_object(image, phrase, box) for phrase, box in zip(row["phrases"], row["bboxes"])]
               for image, row in zip(images, rows)]
    means = np.mean([scores for of_row in objects for scores in of_row], axis=0)
    everything_right = np.mean([all(right and inside for _, right, inside, _ in of_row) for of_row in objects])
    names = ("found", "right", "centre", "iou")
    return {**dict(zip(names, means.tolist())), "all_right": float(everything_right)}


def measure(sampler, rows, settings, bfloat16):
    start = time.time()
    with torch.autocast(sampler.device.type, torch.bfloat16, enabled=bfloat16):
        images = sampler.generate(rows, settings)
    scores = {**score(images, rows), "lift": sampler.lift(rows, GUIDED), "held_out_lift": sampler.lift(rows, HELD_OUT),
              "passes": sampler.passes, "seconds": time.time() - start}
    return images, scores


def draw_boxes(image, row):
    picture = Image.fromarray(image)
    for box in row["bboxes"]:
        ImageDraw.Draw(picture).rectangle([edge * (IMAGE_SIZE - 1) for edge in box], outline=(255, 0, 255))
    return np.asarray(picture)


def main():
    args = arguments()
    pipeline = StableDiffusionPipeline.from_pretrained(args.pipeline, dtype=torch.float32).to(args.device)
    for model in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        model.requires_grad_(False)
    sampler = Sampler(pipeline)
    rows = read_rows(args.prompts, args.split, args.rows)
    sheet = []
    for changed in args.settings:
        images, scores = measure(sampler, rows, Settings(**changed), args.bfloat16)
        print(json.dumps(changed), " ".join(f"{name} {value:.3f}" for name, value in scores.items()), flush=True)
        sheet.append(np.concatenate([draw_boxes(*pair) for pair in zip(images[:COLUMNS], rows)], axis=1))
    if args.sheet:
        Image.fromarray(np.concatenate(sheet)).save(args.sheet)


if __name__ == "__main__":
    main()
