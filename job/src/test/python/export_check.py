"""Reads exports of a run as the tools of training do, and compares every box with the image table.

FOLDER has exports of the same images, each in a folder of the name of its format: coco, yolo, voc,
webdataset and imagefolder. Their classes are phrases. Ends with 0 and a line for each tool, or with an
AssertionError that says what a tool would miss. With --fiftyone, FiftyOne reads coco and yolo, too.

    python export_check.py [--fiftyone] FOLDER RUN...
"""

import argparse
import json
import os
import re
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before the imports: they would ask for news
os.environ["YOLO_OFFLINE"] = "True"
os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.gettempdir())

import datasets
import numpy as np
import pyarrow.parquet as pq
import torchvision
import ultralytics
import webdataset
from datasets import load_dataset
from PIL import Image
from pycocotools.coco import COCO
from ultralytics.data.dataset import YOLODataset
from ultralytics.data.utils import check_det_dataset


def class_of(phrase):
    """The class of a phrase of Shapes, which have one article and no plurals."""
    return re.sub(r"^(an?|the)\s+", "", phrase.strip().lower())


def read_tables(runs):
    """What each image must have, by run and path: prompt, bytes, size, and (class, x, y, w, h) in pixels."""
    wanted = {}
    for number, run in enumerate(runs, 1):
        files = sorted((run / "images").glob("chunk-*.parquet"))
        assert files, f"There is no image table in {run}"
        for row in pq.read_table(files, columns=["status", "image", "prompt", "width", "height", "objects"]).to_pylist():
            if row["status"] != "ok":
                continue
            boxes = []
            for thing in row["objects"] or []:
                for left, top, right, bottom in thing["boxes"]:
                    boxes.append((class_of(thing["label"]), left * row["width"], top * row["height"],
                                  (right - left) * row["width"], (bottom - top) * row["height"]))
            name = row["image"]["path"] if len(runs) == 1 else f"{number}-{row['image']['path']}"
            wanted[name] = {"prompt": row["prompt"], "bytes": row["image"]["bytes"], "boxes": boxes,
                            "size": (row["width"], row["height"])}
    return wanted


def compare(tool, wanted, found, tolerance):
    """Compares boxes by image, in their order."""
    assert found.keys() == wanted.keys(), f"{tool}: other images: {sorted(found.keys() ^ wanted.keys())[:5]}"
    boxes = 0
    largest = 0.0
    for name, image in wanted.items():
        expected = sorted(image["boxes"])
        actual = sorted(found[name])
        assert [box[0] for box in actual] == [box[0] for box in expected], f"{tool}, {name}: {actual}, not {expected}"
        for one, other in zip(actual, expected):
            difference = float(np.abs(np.subtract(one[1:], other[1:])).max())
            assert difference <= tolerance, f"{tool}, {name}: {one}, not {other}"
            largest = max(largest, difference)
        boxes += len(expected)
    print(f"{tool}: {len(wanted)} images, {boxes} boxes, at most {largest:.5f} px away")


def check_bytes(tool, file, image):
    assert Path(file).read_bytes() == image["bytes"], f"{tool}: {file} is not the image of the table"


def check_coco(folder, wanted):
    found = {}
    ids = []
    for annotations in sorted((folder / "annotations").glob("instances_*.json")):
        split = annotations.stem.split("_", 1)[1]
        coco = COCO(annotations)
        for image in coco.loadImgs(coco.getImgIds()):
            name = image["file_name"]
            check_bytes("pycocotools", folder / "images" / split / name, wanted[name])
            assert image["prompt"] == wanted[name]["prompt"], f"{name}: {image['prompt']}"
            things = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            found[name] = [(coco.loadCats(thing["category_id"])[0]["name"], *thing["bbox"]) for thing in things]
            ids += [thing["id"] for thing in things]
    assert len(set(ids)) == len(ids), "pycocotools: an annotation's id is there twice"
    compare("pycocotools", wanted, found, 0.001)


def check_yolo(folder, wanted):
    data = check_det_dataset(str(folder / "data.yaml"), autodownload=False)
    found = {}
    for split in sorted(path.name for path in (folder / "images").iterdir()):
        dataset = YOLODataset(img_path=str(folder / "images" / split), data=data, task="detect", augment=False)
        assert len(dataset) == len(list((folder / "images" / split).iterdir())), f"ultralytics refuses images of {split}"
        for label in dataset.labels:
            name = Path(label["im_file"]).name
            check_bytes("ultralytics", label["im_file"], wanted[name])
            width, height = wanted[name]["size"]
            found[name] = []
            for number, (x, y, w, h) in zip(label["cls"].ravel(), label["bboxes"].astype(float)):
                found[name].append((data["names"][int(number)], (x - w / 2) * width, (y - h / 2) * height,
                                    w * width, h * height))
    compare(f"ultralytics {ultralytics.__version__}", wanted, found, 0.001)


def check_voc(folder, wanted):
    """torchvision only opens names that end in .jpg; so links have such names here."""
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "VOCdevkit" / "VOC2012"
        root.mkdir(parents=True)
        for name in ("Annotations", "ImageSets"):
            (root / name).symlink_to((folder / name).resolve())
        (root / "JPEGImages").mkdir()
        for file in (folder / "JPEGImages").iterdir():
            (root / "JPEGImages" / f"{file.stem}.jpg").symlink_to(file.resolve())
        for split in sorted(file.stem for file in (folder / "ImageSets" / "Main").iterdir()):
            if not (folder / "ImageSets" / "Main" / f"{split}.txt").read_text():
                continue
            for picture, tree in torchvision.datasets.VOCDetection(temporary, year="2012", image_set=split):
                annotation = tree["annotation"]
                name = annotation["filename"]
                check_bytes("torchvision", folder / "JPEGImages" / name, wanted[name])
                assert picture.size == wanted[name]["size"], f"{name}: {picture.size}"
                assert annotation["source"]["prompt"] == wanted[name]["prompt"], name
                found[name] = []
                for thing in annotation.get("object", []):
                    edges = {edge: int(value) for edge, value in thing["bndbox"].items()}
                    left, top = edges["xmin"] - 1, edges["ymin"] - 1
                    found[name].append((thing["name"], left, top, edges["xmax"] - left, edges["ymax"] - top))
    compare(f"torchvision {torchvision.__version__}", wanted, found, 1.001)  # whole pixels


def check_webdataset(folder, wanted):
    found = {}
    shards = [str(shard) for shard in sorted(folder.glob("*/*.tar"))]
    for sample in webdataset.WebDataset(shards, shardshuffle=False).decode("pil"):
        fields = sample["json"]
        name = fields["file_name"]
        assert sample["png"].size == wanted[name]["size"], f"{name}: {sample['png'].size}"
        assert sample["txt"] == wanted[name]["prompt"], f"{name}: {sample['txt']}"
        found[name] = [(thing["category"], *thing["bbox"]) for thing in fields["objects"]]
    compare(f"webdataset {webdataset.__version__}", wanted, found, 0.001)


def check_imagefolder(folder, wanted):
    names = [json.loads(line)["file_name"]
             for file in sorted(folder.glob("*/metadata.jsonl")) for line in file.read_text().splitlines()]
    assert len(set(names)) == len(wanted), f"metadata.jsonl has {len(set(names))} names"
    for way, arguments in (("its card", {"path": str(folder)}),
                           ("imagefolder", {"path": "imagefolder", "data_dir": str(folder)})):
        found = {}
        with tempfile.TemporaryDirectory() as cache:
            for rows in load_dataset(**arguments, cache_dir=cache).values():
                rows = rows.cast_column("image", datasets.Image(decode=False))
                for row in rows:
                    name = Path(row["image"]["path"]).name
                    check_bytes("datasets", row["image"]["path"], wanted[name])
                    assert row["text"] == wanted[name]["prompt"], f"{name}: {row['text']}"
                    things = row["objects"]
                    found[name] = [(label, *box) for label, box in zip(things["categories"], things["bbox"])]
        compare(f"datasets {datasets.__version__}, by {way}", wanted, found, 0.001)


def check_fiftyone(folder, wanted):
    import fiftyone as fo  # it starts a database

    fo.config.show_progress_bars = False
    for name in ("coco", "yolo"):
        found = {}
        for split in sorted(path.name for path in (folder / name / "images").iterdir()):
            if name == "coco":
                dataset = fo.Dataset.from_dir(
                    dataset_type=fo.types.COCODetectionDataset, data_path=str(folder / name / "images" / split),
                    labels_path=str(folder / name / "annotations" / f"instances_{split}.json"), label_types="detections")
            else:
                dataset = fo.Dataset.from_dir(
                    dataset_type=fo.types.YOLOv5Dataset, dataset_dir=str(folder / name), yaml_path="data.yaml", split=split)
            for sample in dataset:
                file = Path(sample.filepath).name
                check_bytes("fiftyone", sample.filepath, wanted[file])
                width, height = wanted[file]["size"]
                things = sample.ground_truth.detections if sample.ground_truth else []
                found[file] = [(thing.label, *np.multiply(thing.bounding_box, [width, height, width, height]))
                               for thing in things]
            dataset.delete()
        compare(f"fiftyone {fo.__version__}, {name}", wanted, found, 0.001)


def check_card(folder):
    card = (folder / "README.md").read_text()
    for part in ("## Origin", "Licence: ", "## Balance", "| class |", "Exported by Boxwright"):
        assert part in card, f"{folder}/README.md lacks '{part}'"
    Image.open(folder / "contact-sheet.png").verify()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder of the exports")
    parser.add_argument("runs", type=Path, nargs="+", help="the output folders of the runs, in the order of the export")
    parser.add_argument("--fiftyone", action="store_true", help="read coco and yolo with FiftyOne, too")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    wanted = read_tables(arguments.runs)
    checks = {"coco": check_coco, "yolo": check_yolo, "voc": check_voc, "webdataset": check_webdataset,
              "imagefolder": check_imagefolder}
    for name, check in checks.items():
        check_card(arguments.folder / name)
        check(arguments.folder / name, wanted)
    if arguments.fiftyone:
        check_fiftyone(arguments.folder, wanted)


if __name__ == "__main__":
    main()
