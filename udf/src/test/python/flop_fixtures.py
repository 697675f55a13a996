"""Floating-point operations of UNets, counted by torch while diffusers' model runs on the meta device."""

import json

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch.utils.flop_counter import FlopCounterMode

from folders import FIXTURES, ROOT, SD1, SD2, VARIANTS, save_json

TOKENS = 77
RANDOM = ROOT / "udf/src/main/resources/io/boxwright/diffusion/loading/random"

# name: folder with unet/config.json, height and width of the latents
CASES = {
    "shapes": (ROOT / "datasets/shapes/pipeline", 32, 32),
    "tiny, square": (SD1, 32, 32),
    "tiny, wide": (SD1, 8, 24),
    "tiny, odd levels": (SD1, 12, 20),
    "tiny sd2": (SD2, 16, 16),
    "options": (VARIANTS / "options", 8, 8),
    "sd15": (RANDOM / "sd15", 64, 64),
    "sd21": (RANDOM / "sd21", 96, 96),
}


class Reached(Exception):
    """The pass has all that the loss needs."""


class LastProcessor:
    """Computes the probabilities of an attention and ends the pass."""

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_):
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states))
        self.probabilities = attn.get_attention_scores(query, key)
        raise Reached


def last_guided_attention(unet):
    """Of the first block on the way up that has cross-attention."""
    paths = [name.removesuffix(".processor") for name in unet.attn_processors]
    first_block = next(path.split(".attentions")[0] for path in paths if path.startswith("up_blocks"))
    return [path for path in paths if path.startswith(first_block + ".") and path.endswith("attn2")][-1]


def forward(unet, sample):
    text = torch.zeros(1, TOKENS, max_dim(unet.config.cross_attention_dim), device="meta")
    return unet(sample, torch.tensor(500, device="meta"), text).sample


def max_dim(dim):
    return dim if isinstance(dim, int) else max(dim)


def count(config, height, width):
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(config)
        sample = torch.zeros(1, unet.config.in_channels, height, width, requires_grad=True)
    unet.requires_grad_(False)
    unet.set_attn_processor(AttnProcessor())  # fused attention counts a backward pass of its own
    with FlopCounterMode(display=False) as whole:
        forward(unet, sample)
    last, path = LastProcessor(), last_guided_attention(unet)
    unet.set_attn_processor(unet.attn_processors | {path + ".processor": last})
    with FlopCounterMode(display=False) as guided:
        try:
            forward(unet, sample)
        except Reached:
            pass
    with FlopCounterMode(display=False) as backward:
        last.probabilities.sum().backward()
    return {"forward": whole.get_total_flops(), "last_guided_attention": path,
            "guided_forward": guided.get_total_flops(), "guided_backward": backward.get_total_flops()}


def main():
    figures = {}
    for name, (folder, height, width) in CASES.items():
        config = json.loads((folder / "unet/config.json").read_text())
        figures[name] = {"folder": str(folder.relative_to(ROOT)), "height": height, "width": width,
                         "tokens": TOKENS, **count(config, height, width)}
    save_json(FIXTURES / "flops/unets.json", figures)


if __name__ == "__main__":
    main()
