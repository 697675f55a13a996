"""Reads an image table as people outside Spark do: with pyarrow and with HuggingFace datasets.

Ends with 0 and a line for each reader, or with an AssertionError that says what a reader would miss.

    python check_image_table.py out/images
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before the import: datasets would ask the hub for news

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Image, disable_progress_bars, load_dataset
from PIL.Image import Image as Picture

# Row groups are asked to have 16 MB; the writer looks at their size after a row is in.
LARGEST_ROW_GROUP = 18 << 20

FEATURES = {"info": {"features": {"image": {"_type": "Image"}}}}


def files_of(table):
    """The Parquet files of a table, a folder; those that finished, as every reader takes them."""
    files = sorted(file for file in table.rglob("*.parquet") if file.name[0] not in "._")
    assert files, f"There is no Parquet file in {table}"
    return files


def check_file(file):
    """Footer key, row groups and schema of one file; returns the sizes of its row groups."""
    metadata = pq.read_metadata(file)
    footer = json.loads(metadata.metadata[b"huggingface"])
    assert footer == FEATURES, f"{file}: the footer key huggingface is {footer}"

    sizes = [metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)]
    for i, size in enumerate(sizes):
        rows = metadata.row_group(i).num_rows
        assert size <= LARGEST_ROW_GROUP or rows == 1, f"{file}: row group {i} has {size} bytes"

    image = pq.read_schema(file).field("image")
    wanted = pa.struct([pa.field("bytes", pa.binary()), pa.field("path", pa.string())])
    assert image.type == wanted, f"{file}: image is {image.type}"
    nullable = [image.nullable] + [child.nullable for child in image.type]
    assert all(nullable), f"{file}: image or one of its fields is not nullable"
    return sizes


def check_pyarrow(table):
    """Reads all columns, the nested ones by their parts."""
    sizes = [size for file in files_of(table) for size in check_file(file)]
    rows = pq.read_table(table)
    for row in rows.select(["status", "error", "image"]).to_pylist():
        made = row["image"] is not None
        assert made == (row["status"] == "ok"), f"status {row['status']}, but image is there: {made}"
        assert made == (row["error"] is None), f"error {row['error']}, but image is there: {made}"
    for row in rows.select(["guidance"]).to_pylist():
        guidance = row["guidance"]
        assert guidance is None or guidance["guidance_iterations"] > 0, f"guidance is {guidance}"
    scored = [row for row in rows.select(["adherence", "objects"]).to_pylist() if row["adherence"]]
    for row in scored:
        score = row["adherence"]["guided"]["in_box_mass"]
        assert score is None or 0 <= score <= 1.001, f"in_box_mass is {score}"
        assert all(len(box) == 4 for thing in row["objects"] for box in thing["boxes"])
    print(f"pyarrow {pa.__version__}: {rows.num_rows} rows, {len(scored)} with scores, "
          f"{len(sizes)} row groups of at most {max(sizes) / (1 << 20):.1f} MiB")


def check_datasets(table):
    """Loads the table as load_dataset shows it; every picture decodes."""
    with tempfile.TemporaryDirectory() as cache:
        files = [str(file) for file in files_of(table)]
        rows = load_dataset("parquet", data_files=files, split="train", cache_dir=cache)
        assert rows.features["image"] == Image(), f"image is {rows.features['image']}"
        pictures = 0
        for row in rows.select_columns(["image", "width", "height"]):
            if row["image"] is not None:
                assert isinstance(row["image"], Picture), f"image is {type(row['image'])}"
                row["image"].load()
                size = (row["width"], row["height"])
                assert row["image"].size == size, f"{row['image'].size} pixels, not {size}"
                pictures += 1
        assert pictures, "There is no picture in the table"
        print(f"datasets: {rows.num_rows} rows, {pictures} pictures decoded")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("table", type=Path, help="the folder images of an output folder")
    table = parser.parse_args().table
    disable_progress_bars()
    check_pyarrow(table)
    check_datasets(table)


if __name__ == "__main__":
    main()
