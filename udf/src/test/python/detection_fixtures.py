"""Writes ../resources/fixtures/detection: pictures, and what datasets/shapes/detector.py finds in them.

scenes.png is a sheet of tiles of 128x128 pixels, eight a row. scenes.json has one entry a tile: its
place and size in the sheet; under "detections", by colour, shape, score and box (in pixels) of what is
found; and, where the tile shows a scene, the phrases and boxes of its objects with their scores as
evaluate.py computes them. Every other scene is scored with the boxes of another one.
"""

import sys

import numpy as np
import torch
from PIL import Image, ImageFilter
from folders import FIXTURES, ROOT, save_json

sys.path.insert(0, str(ROOT / "datasets/shapes"))

import detector  # noqa: E402
import evaluate  # noqa: E402
import world  # noqa: E402

FOLDER = FIXTURES / "detection"
SIZE = world.IMAGE_SIZE
COLUMNS = 8
SCENES = 24


def scene_tiles():
    """(name, image, row): scenes as rendered, then some of them blurred, and noisy."""
    scenes = world.random_scenes(SCENES, torch.Generator().manual_seed(7))
    images = ((world.render(scenes, world.shape_templates()) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    scenes = scenes.rows()
    for i, image in enumerate(images):
        boxes = scenes[i if i % 2 == 0 else i - 1].boxes[:scenes[i].count]
        row = {"phrases": [world.phrase(scenes[i], j) for j in range(scenes[i].count)], "bboxes": boxes}
        yield f"scene {i}", image, row
        if i in (1, 4, 7):
            yield f"scene {i} blurred", blurred(image, 2 + i / 2), row
        if i in (2, 9):
            yield f"scene {i} noisy", noisy(image, 10 + 5 * i), row


def blurred(image, radius):
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))


def noisy(image, deviation):
    noise = np.random.default_rng(7).normal(0, deviation, image.shape)
    return (image + noise).round().clip(0, 255).astype(np.uint8)


def odd_tiles():
    """(name, image, None)"""
    red, gray = world.COLOURS["red"], world.BACKGROUNDS["gray"]

    def painted(name, *rectangles, colour=red, size=(SIZE, SIZE)):
        image = np.empty((*size, 3), np.uint8)
        image[:] = gray
        for x_min, y_min, x_max, y_max in rectangles:
            image[y_min:y_max, x_min:x_max] = colour
        return name, image, None

    yield painted("nothing")
    yield painted("everything", (0, 0, SIZE, SIZE))
    yield painted("just large enough", (50, 50, 56, 91))  # 246 pixels of 245.76
    yield painted("just too small", (50, 50, 55, 99))  # 245 pixels
    yield painted("touching at corners", (30, 30, 50, 50), (50, 50, 71, 71))
    yield painted("equally large", (80, 10, 100, 40), (10, 50, 40, 70))
    yield painted("at the edges", (0, 100, 40, SIZE), (100, 0, SIZE, 60))
    yield painted("one line", (3, 7, 5, SIZE))
    yield painted("just near enough", (40, 40, 80, 80), colour=(red[0] - 42, red[1] + 56, red[2]))  # 70 away
    yield painted("just too far", (40, 40, 80, 80), colour=(red[0] - 42, red[1] + 56, red[2] + 1))
    yield painted("wide", (10, 10, 90, 40), size=(60, SIZE))
    yield painted("tall", (5, 20, 30, 50), size=(SIZE, 50))
    yield "noise", np.random.default_rng(8).integers(0, 256, (40, 40, 3)).astype(np.uint8), None


def describe(name, image, row, place):
    height, width = image.shape[:2]
    entry = {"name": name, "tile": [*place, width, height], "detections": detections(image)}
    if row:
        objects = [{"phrase": phrase, "box": box, "scores": [float(x) for x in evaluate.score_object(image, phrase, box)]}
                   for phrase, box in zip(row["phrases"], row["bboxes"])]
        entry |= {"objects": objects, "means": evaluate.score([image], [row])}
    return entry


def detections(image):
    found = {colour: detector.detect(image, colour) for colour in world.COLOURS}
    height, width = image.shape[:2]
    in_pixels = np.array([width, height, width, height])
    return {colour: {"shape": one.shape, "score": round(one.score, 5),
                     "box": (one.box * in_pixels).round().astype(int).tolist()}
            for colour, one in found.items() if one}


def main():
    tiles = [*scene_tiles(), *odd_tiles()]
    sheet = np.zeros((-(-len(tiles) // COLUMNS) * SIZE, COLUMNS * SIZE, 3), np.uint8)
    entries = []
    for i, (name, image, row) in enumerate(tiles):
        x, y = i % COLUMNS * SIZE, i // COLUMNS * SIZE
        sheet[y:y + image.shape[0], x:x + image.shape[1]] = image
        entries.append(describe(name, image, row, (x, y)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(FOLDER / "scenes.png", optimize=True)
    save_json(FOLDER / "scenes.json", entries)


if __name__ == "__main__":
    main()
