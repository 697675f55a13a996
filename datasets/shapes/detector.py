"""Finds the objects of the Shapes world in an image by their pixels; no model."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional as F

import world

MOST_DISTANCE = 70  # in RGB, of a pixel from the colour it is taken for
LEAST_AREA = 0.015  # of the image; the smallest object of the world covers 0.027
COMPARED_SIZE = 32

PALETTE = np.array([*world.COLOURS.values(), *world.BACKGROUNDS.values()], dtype=np.float32)
TEMPLATES = F.adaptive_avg_pool2d(world.shape_templates(), COMPARED_SIZE)[:, 0].numpy()


@dataclass(frozen=True)
class Detection:
    shape: str
    score: float  # IoU of the pixels with the shape, 0..1
    box: tuple  # (x_min, y_min, x_max, y_max), relative


def detect(image, colour):
    """The largest connected patch of a colour in an (H, W, 3) uint8 image, or None."""
    of_colour = nearest_colours(image) == list(world.COLOURS).index(colour)
    patches, _ = ndimage.label(of_colour)
    sizes = np.bincount(patches.ravel())[1:]
    if not len(sizes) or sizes.max() < LEAST_AREA * of_colour.size:
        return None
    return describe(patches == 1 + sizes.argmax())


def nearest_colours(image):
    """(H, W): positions in PALETTE, -1 where none is near."""
    distances = np.linalg.norm(image[:, :, None].astype(np.float32) - PALETTE, axis=-1)
    nearest = distances.argmin(-1)
    return np.where(distances.min(-1) <= MOST_DISTANCE, nearest, -1)


def describe(patch):
    rows, columns = np.nonzero(patch.any(1))[0], np.nonzero(patch.any(0))[0]
    y_min, y_max, x_min, x_max = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    cropped = torch.from_numpy(patch[y_min:y_max, x_min:x_max]).float()[None]
    pixels = F.adaptive_avg_pool2d(cropped, COMPARED_SIZE)[0].numpy()
    scores = [np.minimum(pixels, t).sum() / np.maximum(pixels, t).sum() for t in TEMPLATES]
    best = int(np.argmax(scores))
    height, width = patch.shape
    box = (x_min / width, y_min / height, x_max / width, y_max / height)
    return Detection(world.SHAPES[best], float(scores[best]), tuple(map(float, box)))


def centre_in_box(detected, wanted):
    x, y = (detected[0] + detected[2]) / 2, (detected[1] + detected[3]) / 2
    return wanted[0] <= x <= wanted[2] and wanted[1] <= y <= wanted[3]


def iou(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return shared / (area(a) + area(b) - shared)
