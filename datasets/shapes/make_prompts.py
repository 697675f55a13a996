"""Makes prompts.parquet, scenes drawn by chance as prompts with boxes, and demo.parquet, its first rows.

    python make_prompts.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import torch

import world

FOLDER = Path(__file__).parent
SPLITS = {"demo": 40, "test": 200}
DEMO_ROWS = 8  # what job/bin/demo makes images of
SEED = 2024

SCHEMA = pa.schema([
    pa.field("id", pa.string()),
    pa.field("prompt", pa.string()),
    pa.field("phrases", pa.list_(pa.string())),
    pa.field("bboxes", pa.list_(pa.list_(pa.float64()))),
    pa.field("token_indices", pa.list_(pa.list_(pa.int32()))),
    pa.field("seed", pa.int64()),
    pa.field("split", pa.string()),
])


def rows():
    scenes = world.random_scenes(sum(SPLITS.values()), torch.Generator().manual_seed(SEED)).rows()
    splits = [(split, i) for split, count in SPLITS.items() for i in range(count)]
    for seed, (split, i) in enumerate(splits):
        yield row(scenes[seed], f"{split}-{i:03d}", seed, split)


def row(scene, name, seed, split):
    objects = range(scene.count)
    return {
        "id": name,
        "prompt": world.prompt(scene),
        "phrases": [world.phrase(scene, i) for i in objects],
        "bboxes": [[round(edge, 3) for edge in scene.boxes[i]] for i in objects],
        "token_indices": [world.token_indices(i) for i in objects],
        "seed": seed,
        "split": split,
    }


if __name__ == "__main__":
    table = pa.Table.from_pylist(list(rows()), SCHEMA)
    pq.write_table(table, FOLDER / "prompts.parquet")
    pq.write_table(table.slice(0, DEMO_ROWS), FOLDER / "demo.parquet")
