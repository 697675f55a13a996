"""The Shapes world: what it shows, how a scene is drawn by chance, worded and rendered.

A scene has one to three objects of different colours that do not touch, on a plain background.
Boxes are (x_min, y_min, x_max, y_max), relative to the image, origin top left, and tight.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch.nn import functional as F

COLOURS = {
    "red": (225, 30, 35), "green": (30, 160, 60), "blue": (40, 70, 225), "yellow": (250, 220, 40),
    "purple": (130, 35, 170), "orange": (250, 130, 20), "pink": (250, 90, 200), "cyan": (40, 205, 220),
}
SHAPES = ("circle", "square", "triangle", "star", "ring", "cross", "diamond", "heart")
BACKGROUNDS = {"white": (245, 245, 245), "gray": (128, 128, 128), "black": (15, 15, 15)}
COLOUR_NAMES, BACKGROUND_NAMES = list(COLOURS), list(BACKGROUNDS)

IMAGE_SIZE = 128
MOST_OBJECTS = 3
OBJECT_COUNTS = (0.3, 0.4, 0.3)  # share of scenes with one, two, three objects
SMALLEST_SIDE, LARGEST_SIDE = 0.28, 0.48
MARGIN = 0.02  # between objects, and to the edge of the image
UNNAMED_BACKGROUNDS = 0.1  # share of prompts that leave the background open

TEMPLATE_SIZE = 128


class Scene(NamedTuple):
    """One scene in plain numbers; the fields of Scenes."""

    count: int
    colours: list
    shapes: list
    boxes: list
    background: int
    background_named: bool


@dataclass
class Scenes:
    """A batch of B scenes; what lies behind a scene's count is meaningless."""

    counts: torch.Tensor  # (B)
    colours: torch.Tensor  # (B, 3), positions in COLOURS
    shapes: torch.Tensor  # (B, 3), positions in SHAPES
    boxes: torch.Tensor  # (B, 3, 4)
    backgrounds: torch.Tensor  # (B), positions in BACKGROUNDS
    background_named: torch.Tensor  # (B), bool

    def __len__(self):
        return len(self.counts)

    def __getitem__(self, rows):
        return Scenes(**{name: value[rows] for name, value in vars(self).items()})

    def rows(self):
        return [Scene(*values) for values in zip(*(value.tolist() for value in vars(self).values()))]

    def present(self):
        """(B, 3), bool: which objects there are."""
        return torch.arange(MOST_OBJECTS, device=self.counts.device) < self.counts[:, None]


# ---------------------------------------------------------------- chance

def random_scenes(count, generator):
    """Every colour, shape, place and background alike; on the generator's device."""
    device = generator.device
    uniform = lambda *shape: torch.rand(*shape, generator=generator, device=device)
    shares = torch.tensor(OBJECT_COUNTS, device=device)
    counts = 1 + torch.multinomial(shares, count, replacement=True, generator=generator)
    return Scenes(
        counts=counts,
        colours=uniform(count, len(COLOURS)).argsort(1)[:, :MOST_OBJECTS],
        shapes=(uniform(count, MOST_OBJECTS) * len(SHAPES)).long(),
        boxes=random_boxes(counts, uniform),
        backgrounds=(uniform(count) * len(BACKGROUNDS)).long(),
        background_named=uniform(count) >= UNNAMED_BACKGROUNDS)


def random_boxes(counts, uniform):
    """Squares of any size anywhere, all boxes of a scene thrown again until they are apart."""
    boxes = torch.zeros(len(counts), MOST_OBJECTS, 4, device=counts.device)
    pending = torch.arange(len(counts), device=counts.device)
    while len(pending):
        sides = SMALLEST_SIDE + (LARGEST_SIDE - SMALLEST_SIDE) * uniform(len(pending), MOST_OBJECTS, 1)
        corners = MARGIN + (1 - 2 * MARGIN - sides) * uniform(len(pending), MOST_OBJECTS, 2)
        thrown = torch.cat([corners, corners + sides], dim=-1)
        boxes[pending] = thrown
        pending = pending[~apart(thrown, counts[pending])]
    return boxes


def apart(boxes, counts):
    """(B), bool: whether a margin lies between any two of the first objects."""
    result = torch.ones_like(counts, dtype=torch.bool)
    for second in range(1, MOST_OBJECTS):
        for first in range(second):
            a, b = boxes[:, first], boxes[:, second]
            gap = torch.maximum(b[:, :2] - a[:, 2:], a[:, :2] - b[:, 2:]).amax(1)
            result &= (gap >= MARGIN) | (counts <= second)
    return result


# ---------------------------------------------------------------- words

def phrase(scene, index):
    """Of one object of a Scene: "a red circle", "an orange star"."""
    colour = COLOUR_NAMES[scene.colours[index]]
    return f"{'an' if colour == 'orange' else 'a'} {colour} {SHAPES[scene.shapes[index]]}"


def prompt(scene):
    """Of a Scene: "a red circle, a blue star and a pink ring on a gray background"."""
    phrases = [phrase(scene, i) for i in range(scene.count)]
    listed = " and ".join([", ".join(phrases[:-1]), phrases[-1]]) if len(phrases) > 1 else phrases[0]
    background = f" on a {BACKGROUND_NAMES[scene.background]} background"
    return listed + (background if scene.background_named else "")


def token_indices(index):
    """Where the tokenizer puts the colour and the shape of an object; 0 is the start token."""
    return [4 * index + 2, 4 * index + 3]


def all_words():
    return ["a", "an", "and", "on", "background", *COLOURS, *SHAPES, *BACKGROUNDS]


# ---------------------------------------------------------------- pictures

def shape_templates():
    """(shapes, 1, T, T): how much of each pixel the shape covers that fills the picture."""
    axis = torch.linspace(-1.5, 1.5, 1537)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    radius, angle = (x ** 2 + y ** 2).sqrt(), torch.atan2(x, -y)
    inside = {
        "circle": radius <= 1,
        "square": torch.maximum(x.abs(), y.abs()) <= 1,
        "triangle": (y <= 1) & (2 * x.abs() <= y + 1),
        "star": radius <= star_radius(angle),
        "ring": (radius <= 1) & (radius >= 0.55),
        "cross": (torch.minimum(x.abs(), y.abs()) <= 0.33) & (torch.maximum(x.abs(), y.abs()) <= 1),
        "diamond": x.abs() + y.abs() <= 1,
        "heart": (x ** 2 + y ** 2 - 1) ** 3 + x ** 2 * y ** 3 <= 0,
    }
    return torch.stack([fill_picture(inside[name]) for name in SHAPES])


def star_radius(angle, points=5, inner=0.45):
    """The outline of a star, a point on top: straight from the tips (1) to the notches (inner)."""
    half = torch.pi / points
    from_tip = (angle % (2 * half) - half).abs().sub(half).abs()
    notch = torch.tensor(half)
    return inner * notch.sin() / (inner * (notch - from_tip).sin() + from_tip.sin())


def fill_picture(inside):
    """(H, W), bool -> (1, T, T): cropped to its bounds and scaled."""
    rows, columns = inside.any(1).nonzero(), inside.any(0).nonzero()
    cropped = inside[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    return F.adaptive_avg_pool2d(cropped[None].float(), TEMPLATE_SIZE)


def render(scenes, templates):
    """(B, 3, H, W) in -1..1, smoothed by drawing at twice the size."""
    device = scenes.boxes.device
    colours = torch.tensor(list(COLOURS.values()), device=device) / 255
    backgrounds = torch.tensor(list(BACKGROUNDS.values()), device=device) / 255
    image = backgrounds[scenes.backgrounds][:, :, None, None]
    for i in range(MOST_OBJECTS):
        cover = place(templates[scenes.shapes[:, i]], scenes.boxes[:, i])
        cover = cover * scenes.present()[:, i, None, None, None]
        image = image + cover * (colours[scenes.colours[:, i]][:, :, None, None] - image)
    return F.avg_pool2d(image, 2) * 2 - 1


def place(pictures, boxes):
    """(B, 1, T, T) and (B, 4) -> (B, 1, 2H, 2W), 0 outside the boxes."""
    axis = (torch.arange(2 * IMAGE_SIZE, device=boxes.device) + 0.5) / (2 * IMAGE_SIZE)
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    local = 2 * (axis[None, :, None] - low) / (high - low) - 1  # (B, 2H, 2): x and y
    x = local[:, None, :, 0].expand(-1, 2 * IMAGE_SIZE, -1)
    y = local[:, :, None, 1].expand(-1, -1, 2 * IMAGE_SIZE)
    return F.grid_sample(pictures, torch.stack([x, y], dim=-1), align_corners=False)
