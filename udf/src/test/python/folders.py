"""Where the fixtures lie, and how one is written."""

import json
from pathlib import Path

from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "udf/src/test/resources/fixtures"
GOLDEN = FIXTURES / "golden"
MODELS = FIXTURES / "models"
SD2 = MODELS / "sd2"
VARIANTS = MODELS / "variants"

# The SD 1.x pipeline is also what the demo runs, so it lies with the data sets and nowhere else.
SD1 = ROOT / "datasets/tiny-random/pipeline"


def save_tensors(path, tensors):
    """Writes named tensors, each made contiguous and detached."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, path)


def save_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")
