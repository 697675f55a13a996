"""Layout guidance in plain Python, written from its description, for the Java pipeline to be held against.

One row at a time and with nothing shared or fused: slow, but each line can be read beside the paper
("Training-Free Layout Control with Cross-Attention Guidance", Chen, Laina and Vedaldi, 2023).
"""

import math
from dataclasses import dataclass, field, replace

import torch

from attention_maps import is_cross_attention, store_attention
from tiny_tokenizer import MAX_LENGTH


@dataclass(frozen=True)
class Object:
    tokens: list  # positions in the prompt
    boxes: list  # (x_min, y_min, x_max, y_max), relative; several boxes mean their union


@dataclass(frozen=True)
class Row:
    id: str
    prompt: str
    objects: list
    seed: int
    negative_prompt: str = ""


@dataclass(frozen=True)
class Preset:
    """tflcg's `chunk(2)[1]` of a conditional-only pass leaves the second half of the heads."""

    loss_scale: float
    second_half_of_heads: bool
    to_cell: callable
    snap_small_boxes: bool
    stop_at_threshold: bool  # else only below it
    loss_threshold: float = 0.2
    max_guidance_steps: int = 10
    max_iterations_per_step: int = 5

    def finished(self, loss):
        return loss <= self.loss_threshold if self.stop_at_threshold else loss < self.loss_threshold


PAPER = Preset(30, second_half_of_heads=False, to_cell=int, snap_small_boxes=True, stop_at_threshold=True)
TFLCG = Preset(50, second_half_of_heads=True, to_cell=round, snap_small_boxes=False, stop_at_threshold=False)
NONE = replace(PAPER, max_guidance_steps=0)
PRESETS = {"paper": PAPER, "tflcg": TFLCG, "none": NONE}


@dataclass
class Result:
    latents: torch.Tensor = None
    image: torch.Tensor = None  # (H, W, 3), uint8
    losses: list = field(default_factory=list)  # one list a guided step
    guided_latents: list = field(default_factory=list)  # (step, latents after its updates)
    maps: dict = field(default_factory=dict)  # layer -> (h, w, T), mean over heads and steps
    scores: dict = field(default_factory=dict)


# ---------------------------------------------------------------- masks and loss

def span(low, high, cells, preset):
    """The cells of one axis that an edge-to-edge range covers; at least its centre's, if they snap."""
    first, last = preset.to_cell(low * cells), preset.to_cell(high * cells)
    if first >= last and preset.snap_small_boxes:
        first = int((low + high) / 2 * cells)
        last = first + 1
    return slice(first, last)


def box_mask(box, height, width, preset):
    """1 in the cells of a map that the box covers."""
    x_min, y_min, x_max, y_max = box
    mask = torch.zeros(height, width)
    mask[span(y_min, y_max, height, preset), span(x_min, x_max, width, preset)] = 1
    return mask


def object_mask(obj, height, width, preset):
    return torch.stack([box_mask(box, height, width, preset) for box in obj.boxes]).amax(0)


def object_loss(attention_map, obj, preset):
    """Of one layer: attention_map (heads, h, w, T)."""
    if preset.second_half_of_heads:
        attention_map = attention_map.chunk(2)[1]
    mask = object_mask(obj, *attention_map.shape[1:3], preset).to(attention_map)
    losses = []
    for token in obj.tokens:
        of_token = attention_map[..., token]  # (heads, h, w)
        inside = (of_token * mask).sum((1, 2)) / of_token.sum((1, 2))
        losses.append(((1 - inside) ** 2).mean())
    return torch.stack(losses).mean()


def layout_loss(maps, objects, preset):
    return torch.stack([object_loss(m, obj, preset) for m in maps for obj in objects]).mean()


# ---------------------------------------------------------------- the pipeline

class Attention:
    """The cross-attention maps of the latest UNet forward, by layer, each (B, heads, h, w, T)."""

    def __init__(self, unet, image=None):
        self.size = None
        self.maps = {}
        store_attention(unet, self.store, is_cross_attention, image)

    def start(self, latents):
        self.size = latents.shape[-2:]
        self.maps = {}

    def store(self, layer, probabilities):
        height, width = self.size
        shrink = round(math.sqrt(height * width / probabilities.shape[2]))
        shape = (math.ceil(height / shrink), math.ceil(width / shrink))
        self.maps[layer] = probabilities.unflatten(2, shape)


def guided_layers(layers):
    return [layer for layer in layers if layer.startswith(("mid_block.", "up_blocks.1."))]


def held_out_layers(maps):
    """Down blocks with maps of the size of up_blocks.1, and up_blocks.2."""
    size = next(m.shape[:2] for layer, m in maps.items() if layer.startswith("up_blocks.1."))
    return [layer for layer, m in maps.items()
            if layer.startswith("up_blocks.2.") or (layer.startswith("down_blocks.") and m.shape[:2] == size)]


def encode(pipeline, text):
    text = pipeline.maybe_convert_prompt(text, pipeline.tokenizer)
    ids = pipeline.tokenizer(text, padding="max_length", max_length=MAX_LENGTH, truncation=True,
                             return_tensors="pt").input_ids
    return pipeline.text_encoder(ids)[0]


def guidance_variance(scheduler, i, timestep):
    """What turns the gradient into a step: the noise variance of the latents in their own scale."""
    if scheduler.init_noise_sigma > 1.5:  # latents grow with sigma: Euler, LMS
        return float(scheduler.sigmas[i]) ** 2
    return 1 - float(scheduler.alphas_cumprod[int(timestep)])


def guide(pipeline, attention, latents, i, timestep, text, row, preset, last_loss, result):
    """The updates of one step; returns the latents and the loss that was computed last."""
    variance = guidance_variance(pipeline.scheduler, i, timestep)
    losses = []
    while len(losses) < preset.max_iterations_per_step and not preset.finished(last_loss):
        with torch.enable_grad():
            x = latents.detach().requires_grad_(True)
            attention.start(x)
            pipeline.unet(pipeline.scheduler.scale_model_input(x, timestep), timestep, text)
            maps = [attention.maps[layer][0] for layer in guided_layers(attention.maps)]
            loss = layout_loss(maps, row.objects, preset)
            gradient, = torch.autograd.grad(preset.loss_scale * loss, x)
        latents = (x - gradient * variance).detach()
        last_loss = loss.item()
        losses.append(last_loss)
    if losses:
        result.losses.append(losses)
        result.guided_latents.append((i, latents))
    return latents, last_loss


def predict_noise(pipeline, attention, latents, timestep, text, negative_text, guidance_scale):
    """The ordinary step; leaves the maps of the conditional half in attention.maps."""
    model_input = pipeline.scheduler.scale_model_input(latents, timestep)
    attention.start(latents)
    if guidance_scale <= 1:
        return pipeline.unet(model_input, timestep, text).sample
    both = torch.cat([negative_text, text])
    without, with_text = pipeline.unet(torch.cat([model_input] * 2), timestep, both).sample.chunk(2)
    return without + guidance_scale * (with_text - without)


@torch.no_grad()
def generate(pipeline, row, preset, steps, height, width, guidance_scale=7.5, image=None, deep_cache=None):
    result = Result()
    dtype = pipeline.unet.dtype
    attention = Attention(pipeline.unet, image)
    scheduler = pipeline.scheduler
    scheduler.set_timesteps(steps)
    text, negative_text = encode(pipeline, row.prompt), encode(pipeline, row.negative_prompt)
    factor = 2 ** (len(pipeline.vae.config.block_out_channels) - 1)
    shape = (1, pipeline.unet.config.in_channels, height // factor, width // factor)
    noise = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(row.seed))
    latents = noise.to(dtype) * scheduler.init_noise_sigma
    last_loss = math.inf
    sums, counts = {}, {}
    for i, timestep in enumerate(scheduler.timesteps):
        step, second_call = divmod(i, scheduler.order)
        if deep_cache and step == preset.max_guidance_steps and not second_call:
            deep_cache.enable()
        if step < preset.max_guidance_steps and not second_call and row.objects:
            latents, last_loss = guide(
                pipeline, attention, latents, i, timestep, text, row, preset, last_loss, result)
        predicted = predict_noise(pipeline, attention, latents, timestep, text, negative_text, guidance_scale)
        for layer, m in attention.maps.items():
            sums[layer] = sums.get(layer, 0) + m[-1].mean(0)
            counts[layer] = counts.get(layer, 0) + 1
        latents = scheduler.step(predicted, timestep, latents).prev_sample.to(dtype)
    result.latents = latents
    result.image = decode(pipeline, latents)[0]
    result.maps = {layer: total / counts[layer] for layer, total in sums.items()}
    if row.objects:
        result.scores = score(result.maps, row.objects)
    return result


def decode(pipeline, latents):
    """(B, 4, h, w) -> (B, H, W, 3), uint8."""
    images = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
    return ((images / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)


# ---------------------------------------------------------------- the metric

NAMES = ("in_box_mass", "lift", "iou", "pointing", "leakage")


def score_token(of_token, mask, others):
    """One token's map (h, w) against its object's mask and the union of the other objects' masks."""
    total, cells = of_token.sum(), int(mask.sum())
    inside = ((of_token * mask).sum() / total).item()
    strongest = torch.zeros(mask.numel())
    strongest[of_token.flatten().topk(cells).indices] = 1
    hits = int((strongest * mask.flatten()).sum())
    return {
        "in_box_mass": inside,
        "lift": inside * mask.numel() / cells,
        "iou": hits / (2 * cells - hits),
        "pointing": float(mask.flatten()[of_token.argmax()]),
        "leakage": ((of_token * others).sum() / total).item(),
    }


def mean(scores):
    return {name: sum(s[name] for s in scores) / len(scores) for name in NAMES}


def score_object(maps, objects, index):
    """Mean over layers and tokens; boxes become cells by the paper's rule whatever the preset."""
    scores = []
    for of_layer in maps:
        size = of_layer.shape[:2]
        masks = [object_mask(obj, *size, PAPER) for obj in objects]
        rest = masks[:index] + masks[index + 1:]
        others = torch.stack(rest).amax(0) if rest else torch.zeros(size)
        scores += [score_token(of_layer[..., token], masks[index], others) for token in objects[index].tokens]
    return mean(scores)


def score(maps, objects):
    groups = {"guided": guided_layers(maps), "held_out": held_out_layers(maps)}
    result = {}
    for group, layers in groups.items():
        of_objects = [score_object([maps[layer] for layer in layers], objects, i) for i in range(len(objects))]
        result[group] = {"row": mean(of_objects), "objects": of_objects}
    return result
