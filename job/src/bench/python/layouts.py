"""The rows that are measured: texts with boxes, and how a box covers the cells of an attention map."""

from dataclasses import dataclass, field

import torch

TEXT_LENGTH = 77  # tokens that CLIP reads


@dataclass(frozen=True)
class Object:
    """Something with a place: its tokens in the text, and its boxes, whose union is meant.

    A box is (x_min, y_min, x_max, y_max), each 0 to 1, origin top left. Token 0 is the start token.
    """

    tokens: tuple
    boxes: tuple


@dataclass(frozen=True)
class Row:
    """One picture to make."""

    prompt: str
    objects: tuple
    seed: int


# For the check: one, two and three objects; of one and two tokens; of one and two boxes.
VARIED = (
    ("a cat playing with a ball",
     (Object((2,), ((0.1, 0.2, 0.5, 0.8),)), Object((6,), ((0.55, 0.4, 0.95, 0.8),)))),
    ("a red car under a tree",
     (Object((2, 3), ((0.3, 0.5, 0.9, 0.95),)),)),
    ("a dog and a bird and a boat",
     (Object((2,), ((0.0, 0.5, 0.4, 1.0),)), Object((5,), ((0.6, 0.0, 0.9, 0.3),)),
      Object((8,), ((0.5, 0.6, 1.0, 0.9),)))),
    ("a clock above a blue table",
     (Object((2,), ((0.2, 0.05, 0.45, 0.35), (0.6, 0.05, 0.85, 0.35))),
      Object((5, 6), ((0.1, 0.5, 0.9, 1.0),)))),
)


def varied_rows(count):
    """The first of endless rows: the varied layouts in turn, each row with its own seed."""
    return [Row(*VARIED[i % len(VARIED)], seed=i) for i in range(count)]


# For the measurement: those of `boxwright bench` (BenchmarkRequests.java).
COLOURS = ("red", "green", "blue", "yellow", "purple", "orange", "pink")


def benchmark_rows(count):
    """Two objects a row, of two tokens and a box each; no two of the first 50 rows have the same boxes."""
    return [benchmark_row(i) for i in range(count)]


def benchmark_row(i):
    left, right = COLOURS[i % len(COLOURS)], COLOURS[i // len(COLOURS) % len(COLOURS)]
    size = 0.4 - 0.02 * (i // 5 % 10)
    shift = 0.1 * (i % 5)
    objects = (Object((2, 3), (box(0.05, 0.1 + shift, size),)), Object((6, 7), (box(0.55, 0.5 - shift, size),)))
    return Row(f"a {left} circle and a {right} square", objects, seed=i)


def box(x_min, y_min, size):
    return x_min, y_min, x_min + size, y_min + size


# ---------------------------------------------------------------- boxes and cells

def map_size(latent_height, latent_width, positions):
    """(h, w) of a map with so many positions; each level of the UNet halves the latents, rounding up."""
    height, width = latent_height, latent_width
    while height * width > positions:
        height, width = (height + 1) // 2, (width + 1) // 2
    if height * width != positions:
        raise ValueError(f"No level of {latent_height}x{latent_width} latents has {positions} positions")
    return height, width


def covered(low, high, cells):
    """The cells of one axis that a range covers: cut off as in the paper, at least its centre's."""
    first, last = int(low * cells), int(high * cells)
    if first >= last:
        first = int((low + high) / 2 * cells)
        last = first + 1
    return slice(first, last)


def object_mask(obj, height, width):
    """(height, width), float32: 1 in the cells that one of the object's boxes covers."""
    mask = torch.zeros(height, width)
    for x_min, y_min, x_max, y_max in obj.boxes:
        mask[covered(y_min, y_max, height), covered(x_min, x_max, width)] = 1
    return mask


# ---------------------------------------------------------------- what both peers are told

@dataclass(frozen=True)
class Settings:
    """How pictures are made. Guidance never stops early, so that the work does not hang on the weights."""

    steps: int = 50
    max_guidance_steps: int = 10
    max_iterations_per_step: int = 5
    guidance_scale: float = 7.5
    height: int = 512
    width: int = 512
    scheduler: str = "EulerDiscreteScheduler"
    loss_scale: float = 30.0


@dataclass
class Pictures:
    """What a peer makes of B rows."""

    latents: torch.Tensor  # (B, C, h, w), the last ones
    pixels: torch.Tensor  # (B, H, W, 3), uint8, on the host
    losses: torch.Tensor  # (guidance iterations, B), on the host
    png: list = field(default_factory=list)  # B byte strings
