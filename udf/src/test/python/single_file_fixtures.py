"""The tiny Stable Diffusion 1.x and 2.x folders as single files with original names, and diffusers' pictures of them.

This is the inverse of what diffusers' `from_single_file` does, by the names in the tiny folders: four blocks each. The
script fails if diffusers does not open a file, or if its picture is not the folder's.
"""

import re

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

from component_fixtures import load
from folders import FIXTURES, GOLDEN, SD1, SD2, save_json, save_tensors

FOLDER = FIXTURES / "single-files"
REQUEST = {"prompt": "a cat playing with a ball", "seed": 7, "steps": 4, "height": 64, "width": 64, "guidance_scale": 7.5}
RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
UNET = {"conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0",
        "time_embedding.linear_2": "time_embed.2", "conv_norm_out": "out.0", "conv_out": "out.2"}
VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
OPEN_CLIP_LAYER = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "self_attn.out_proj": "attn.out_proj",
                   "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}


def rename(name, names):
    for new, original in names.items():
        if name.startswith(new + "."):
            return original + name.removeprefix(new)
    return name


def unet_name(name, layers):
    if match := re.fullmatch(r"mid_block\.(resnets|attentions)\.(\d)\.(.+)", name):
        kind, i, rest = match.groups()
        return f"middle_block.1.{rest}" if kind == "attentions" else f"middle_block.{2 * int(i)}.{rename(rest, RESNET)}"
    match = re.fullmatch(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.+)", name)
    if not match:
        return rename(name, UNET)
    side, block, kind, layer, rest = match.group(1), int(match[2]), match[3], int(match[4]), match[5]
    rest = rename(rest, RESNET) if kind == "resnets" else rest
    if kind == "downsamplers":
        return f"input_blocks.{(block + 1) * (layers + 1)}.0.{rest.replace('conv.', 'op.')}"
    if kind == "upsamplers":
        return f"output_blocks.{block * (layers + 1) + layers}.{1 if block == 0 else 2}.{rest}"
    number = 1 + block * (layers + 1) + layer if side == "down" else block * (layers + 1) + layer
    return f"{'input' if side == 'down' else 'output'}_blocks.{number}.{int(kind == 'attentions')}.{rest}"


def vae_name(name, levels):
    name = re.sub(r"encoder\.down_blocks\.(\d)\.", r"encoder.down.\1.", name)
    name = re.sub(r"decoder\.up_blocks\.(\d)\.", lambda match: f"decoder.up.{levels - 1 - int(match[1])}.", name)
    name = re.sub(r"mid_block\.resnets\.(\d)\.", lambda match: f"mid.block_{int(match[1]) + 1}.", name)
    if match := re.fullmatch(r"(.+)mid_block\.attentions\.0\.(.+)", name):
        return f"{match[1]}mid.attn_1.{rename(match[2], VAE_ATTENTION)}"
    name = name.replace(".resnets.", ".block.").replace("samplers.0.", "sample.")
    return name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")


def open_clip(tensors, layers):
    """OpenCLIP's names. Its last layer, 23, which Stable Diffusion 2 leaves out, is zeros here."""
    result = {"positional_embedding": tensors["embeddings.position_embedding.weight"],
              "token_embedding.weight": tensors["embeddings.token_embedding.weight"],
              "ln_final.weight": tensors["final_layer_norm.weight"], "ln_final.bias": tensors["final_layer_norm.bias"]}
    for i in range(layers):
        start = f"encoder.layers.{i}."
        layer = {key.removeprefix(start): value for key, value in tensors.items() if key.startswith(start)}
        for end in ("weight", "bias"):
            joined = torch.cat([layer.pop(f"self_attn.{part}_proj.{end}") for part in "qkv"])
            result[f"transformer.resblocks.{i}.attn.in_proj_{end}"] = joined
        for key, value in layer.items():
            result[f"transformer.resblocks.{i}.{rename(key, OPEN_CLIP_LAYER)}"] = value
    start = f"transformer.resblocks.{layers - 1}."
    result |= {key.replace(start, "transformer.resblocks.23."): torch.zeros_like(value)
               for key, value in result.items() if key.startswith(start)}
    width = result["positional_embedding"].shape[1]
    return {**result, "text_projection": torch.eye(width), "logit_scale": torch.tensor(1.0)}


def original(pipeline):
    layers, levels = pipeline.unet.config.layers_per_block, len(pipeline.vae.config.block_out_channels)
    tensors = {"model.diffusion_model." + unet_name(key, layers): value
               for key, value in pipeline.unet.state_dict().items()}
    for key, value in pipeline.vae.state_dict().items():
        value = value[..., None, None] if ".attentions." in key and value.dim() == 2 else value
        tensors["first_stage_model." + vae_name(key, levels)] = value
    text = {key.removeprefix("text_model."): value for key, value in pipeline.text_encoder.state_dict().items()}
    if pipeline.scheduler.config.prediction_type == "epsilon":
        tensors |= {"cond_stage_model.transformer.text_model." + key: value for key, value in text.items()}
        tensors["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    else:
        text = open_clip(text, pipeline.text_encoder.config.num_hidden_layers)
        tensors |= {"cond_stage_model.model." + key: value for key, value in text.items()}
    tensors["model_ema.decay"] = torch.tensor(0.9999)
    return {key: value.half() if value.is_floating_point() else value for key, value in tensors.items()}


def picture(pipeline):
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        image = pipeline(
            prompt=REQUEST["prompt"], height=REQUEST["height"], width=REQUEST["width"],
            num_inference_steps=REQUEST["steps"], guidance_scale=REQUEST["guidance_scale"],
            generator=torch.Generator("cpu").manual_seed(REQUEST["seed"]), output_type="np").images[0]
    return torch.from_numpy((image * 255).round().astype("uint8"))


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    pictures = {}
    for name, folder in {"sd1": SD1, "sd2": SD2}.items():
        file = FOLDER / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in original(load(folder)).items()}, file)
        pictures[name] = picture(load(folder))
        single = StableDiffusionPipeline.from_single_file(
            str(file), config=str(folder), torch_dtype=torch.float32, safety_checker=None, local_files_only=True)
        difference = (picture(single).int() - pictures[name].int()).abs().max().item()
        print(name, single.scheduler.__class__.__name__, "differs from diffusers by", difference)
        if difference > 1:
            raise SystemExit(f"{name}: from_single_file does not give the folder's picture")
    save_tensors(GOLDEN / "single_files.safetensors", pictures)
    save_json(GOLDEN / "single_files.json", [{"name": name, **REQUEST} for name in pictures])


if __name__ == "__main__":
    main()
