"""Names and shapes of the tensors in original checkpoints and kohya's LoRAs, and pictures of tiny ones without a folder.

The names of Stable Diffusion 1.5 and 2.1 are those of diffusers' modules in their published configurations, without
numbers, by the inverse of what `from_single_file` does. What the original checkpoints hold besides is added: the
buffers of the noise schedule, EMA weights (named by LitEma of CompVis/stable-diffusion: all dots of the name removed)
and OpenCLIP's last block. A list is a line "NAME SIZE,SIZE" for each tensor, compressed.

The tiny checkpoints have few channels, but the heads and groups of the real ones. Their numbers come from the names,
by the formula of `number_tensor`, which the Java tests know, too: only the pictures are stored.
"""

import gzip
import json
import math
import tempfile
import zlib
from pathlib import Path

import numpy
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from folders import FIXTURES, GOLDEN, ROOT, SD1, SD2, save_json, save_tensors
from single_file_fixtures import open_clip, picture, unet_name, vae_name

FOLDER = FIXTURES / "single-files"
PUBLISHED = ROOT / "udf/src/main/resources/io/boxwright/diffusion/loading/random"
REQUEST = {"prompt": "a cat playing with a ball", "seed": 7, "steps": 4, "height": 64, "width": 64, "guidance_scale": 7.5}
BUFFERS = ["betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
           "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod",
           "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2"]
TINY = {
    "sd15": {"unet": {"block_out_channels": [32, 64, 64, 64], "cross_attention_dim": 64},
             "vae": {"block_out_channels": [32, 32, 32, 32], "layers_per_block": 1},
             "text_encoder": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                              "num_attention_heads": 1, "vocab_size": 766}},
    "sd21": {"unet": {"block_out_channels": [64, 64, 64, 128], "attention_head_dim": [1, 1, 1, 2]},
             "vae": {"block_out_channels": [32, 32, 32, 32], "layers_per_block": 1},
             "text_encoder": {"intermediate_size": 64, "num_hidden_layers": 2, "vocab_size": 766}},
}


def configuration(model, part, changes):
    return json.loads((PUBLISHED / model / part / "config.json").read_text()) | changes.get(part, {})


def modules(model, changes):
    """The three networks of a published configuration, with changes, without numbers."""
    with torch.device("meta"):
        return (UNet2DConditionModel.from_config(configuration(model, "unet", changes)),
                AutoencoderKL.from_config(configuration(model, "vae", changes)),
                CLIPTextModel(CLIPTextConfig(**configuration(model, "text_encoder", changes))))


def original(model, changes):
    """The tensors of a checkpoint under their original names, without numbers."""
    unet, vae, text = modules(model, changes)
    layers, levels = unet.config.layers_per_block, len(vae.config.block_out_channels)
    tensors = {"model.diffusion_model." + unet_name(key, layers): value for key, value in unet.state_dict().items()}
    for key, value in vae.state_dict().items():
        value = value[..., None, None] if ".attentions." in key and value.dim() == 2 else value
        tensors["first_stage_model." + vae_name(key, levels)] = value
    clip = {key.removeprefix("text_model."): value for key, value in text.state_dict().items()}
    if model == "sd21":
        with torch.device("meta"):
            clip = open_clip(clip, text.config.num_hidden_layers)
        return tensors | {"cond_stage_model.model." + key: value for key, value in clip.items()}
    tensors |= {"cond_stage_model.transformer.text_model." + key: value for key, value in clip.items()}
    return tensors


def shapes(tensors):
    return {key: list(value.shape) for key, value in tensors.items()}


def with_training(listed):
    """Adds what training leaves in a checkpoint."""
    ema = {"model_ema." + key.removeprefix("model.").replace(".", ""): shape for key, shape in listed.items()
           if key.startswith("model.diffusion_model.")}
    ema |= {"model_ema.decay": [], "model_ema.num_updates": []}
    ids = {"cond_stage_model.transformer.text_model.embeddings.position_ids": [1, 77]}
    return listed | {buffer: [1000] for buffer in BUFFERS} | ema | ids


def kohya(model, rank=4):
    """A LoRA of every linear layer and convolution that kohya's networks/lora.py changes, with conv_dim."""
    unet, _, text = modules(model, {})
    listed = {}
    targets = {"lora_unet_": (unet, ["Transformer2DModel", "ResnetBlock2D", "Downsample2D", "Upsample2D"]),
               "lora_te_": (text, ["CLIPAttention", "CLIPSdpaAttention", "CLIPMLP"])}
    for start, (network, kinds) in targets.items():
        for name, module in network.named_modules():
            if module.__class__.__name__ not in kinds:
                continue
            for child, layer in module.named_modules():
                if layer.__class__.__name__ not in ("Linear", "LoRACompatibleLinear", "Conv2d", "LoRACompatibleConv"):
                    continue
                if start == "lora_te_" and not name.startswith("text_model."):
                    name = "text_model." + name
                key = start + f"{name}.{child}".replace(".", "_")
                out, ins, *kernel = layer.weight.shape
                listed[key + ".lora_down.weight"] = [rank, ins, *kernel]
                listed[key + ".lora_up.weight"] = [out, rank] + [1] * len(kernel)
                listed[key + ".alpha"] = []
    return listed


def save_list(name, listed):
    text = "".join(f"{key} {','.join(map(str, shape))}\n" for key, shape in sorted(listed.items()))
    (FOLDER / f"{name}.txt.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(name, len(listed), "tensors")


def number_tensor(name, shape):
    """Numbers that follow from the name: a hash of name and index, scaled by the number of inputs."""
    count = math.prod(shape)
    with numpy.errstate(over="ignore"):
        hashed = (numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(zlib.crc32(name.encode()))) \
            * numpy.uint64(0x9E3779B97F4A7C15)
        hashed = (hashed ^ (hashed >> numpy.uint64(32))) * numpy.uint64(0xD6E8FEB86659FD93)
        hashed ^= hashed >> numpy.uint64(32)
    uniform = (hashed >> numpy.uint64(40)).astype(numpy.float64) / 2**23 - 1
    if len(shape) < 2:
        values = (1 if name.endswith("weight") else 0) + uniform / 8
    else:
        values = uniform * math.sqrt(3 / (count // shape[0]))
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def published_folder(model, changes, target):
    """A folder of configurations for `config=`, with the tokenizer of the tiny folder."""
    tokenizer = (SD1 if model == "sd15" else SD2) / "tokenizer"
    for path in (PUBLISHED / model).rglob("*.json"):
        part = path.parent.name
        copy = target / path.relative_to(PUBLISHED / model)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(json.loads(path.read_text()) | changes.get(part, {}))
        copy.write_text(text)
    (target / "tokenizer").mkdir()
    for path in tokenizer.iterdir():
        (target / "tokenizer" / path.name).write_bytes(path.read_bytes())


def main():
    torch.set_num_threads(1)
    save_list("sd15", with_training(shapes(original("sd15", {}))))
    save_list("sd21", shapes(original("sd21", {})))
    save_list("kohya", kohya("sd15"))
    pictures = {}
    for model, changes in TINY.items():
        listed = shapes(original(model, changes))
        save_list("tiny-" + model, listed)
        with tempfile.TemporaryDirectory() as folder:
            file, config = Path(folder) / "tiny.safetensors", Path(folder) / "config"
            save_file({key: number_tensor(key, shape) for key, shape in listed.items()}, file)
            published_folder(model, changes, config)
            pipeline = StableDiffusionPipeline.from_single_file(
                str(file), config=str(config), torch_dtype=torch.float32, safety_checker=None, local_files_only=True)
            pictures[model] = picture(pipeline)
            print(model, pictures[model].float().mean().item(), pictures[model].float().std().item())
    save_tensors(GOLDEN / "checkpoints.safetensors", pictures)
    save_json(GOLDEN / "checkpoints.json", [{"name": name, **REQUEST} for name in pictures])


if __name__ == "__main__":
    main()
