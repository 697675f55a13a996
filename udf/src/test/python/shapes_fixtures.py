"""Pictures of the trained Shapes pipeline: by diffusers' own pipeline without guidance, and guided by
layout_guidance_reference. A sheet of pictures, as people look at them; rows of the data set's test split.
"""

import numpy as np
import pyarrow.parquet as pq
import torch
from PIL import Image

from component_fixtures import load
from folders import GOLDEN, ROOT, save_json
from layout_guidance_reference import PAPER, Object, Row, generate
from pipeline_fixtures import DEFAULTS, call

SHAPES = ROOT / "datasets/shapes"
ROWS = 4
STEPS = 30
SIZE = 128


def rows():
    table = pq.read_table(SHAPES / "prompts.parquet", filters=[("split", "==", "test")]).slice(0, ROWS)
    return [Row(row["id"], row["prompt"], [Object(*pair) for pair in zip(row["token_indices"], [[b] for b in row["bboxes"]])],
                row["seed"]) for row in table.to_pylist()]


def by_diffusers(row):
    case = {**DEFAULTS, "prompts": [row.prompt], "seeds": [row.seed], "steps": STEPS, "height": SIZE, "width": SIZE}
    pipeline = load(SHAPES / "pipeline")
    pipeline.set_progress_bar_config(disable=True)
    return call(pipeline, case)[0][0]


def guided(row, dtype):
    pipeline = load(SHAPES / "pipeline")
    for module in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        module.to(dtype)
    return generate(pipeline, row, PAPER, STEPS, SIZE, SIZE)


def stable_guided(row):
    """A picture that depends on rounding cannot be held against another program."""
    result, exact = guided(row, torch.float32), guided(row, torch.float64)
    assert (result.image.int() - exact.image.int()).abs().max() <= 1, row.id
    assert [len(losses) for losses in result.losses] == [len(losses) for losses in exact.losses], row.id
    return result.image


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    pictures = [[by_diffusers(row) for row in rows()], [stable_guided(row) for row in rows()]]
    sheet = np.concatenate([np.concatenate([picture.numpy() for picture in line], axis=1) for line in pictures])
    Image.fromarray(sheet).save(GOLDEN / "shapes.png", optimize=True)
    save_json(GOLDEN / "shapes.json", {
        "steps": STEPS,
        "rows": [{"id": row.id, "prompt": row.prompt, "seed": row.seed,
                  "objects": [{"tokens": obj.tokens, "boxes": obj.boxes} for obj in row.objects]} for row in rows()]})


if __name__ == "__main__":
    main()
