"""Makes small diffusers folders with random weights: Stable Diffusion 1.x, 2.x, and odd ones.

Weights are rounded to float16 before anything is computed from them, so the folders are stored in
half the space and lose nothing when they are read as float32.
"""

import json
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from folders import SD1, SD2, VARIANTS
from tiny_tokenizer import END, save_tokenizer

DOWN_BLOCKS = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",)
UP_BLOCKS = ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3

# runwayml/stable-diffusion-v1-5 and stabilityai/stable-diffusion-2: files that predate many keys.
NOISE = {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "trained_betas": None, "clip_sample": False, "set_alpha_to_one": False, "skip_prk_steps": True,
         "steps_offset": 1}
SD1_SCHEDULER = {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", **NOISE}
SD2_SCHEDULER = {"_class_name": "DDIMScheduler", "_diffusers_version": "0.8.0", **NOISE,
                 "prediction_type": "v_prediction"}


def randomise(module, seed, gains):
    """Draws every parameter anew so that activations stay near 1 and no bias or norm is trivial.

    gains: factor for every matrix whose name contains the key; matrices have 1 / sqrt(inputs).
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                value = 0.1 * noise + (1 if name.endswith("weight") else 0)
            elif "embedding.weight" in name:
                value = 0.7 * noise
            else:
                value = noise / parameter[0].numel() ** 0.5
            for key, gain in gains.items():
                value = value * gain if key in name else value
            parameter.copy_(value.half().float())
    return module.eval()


# Queries and keys of cross-attention are drawn larger: attention that is uniform cannot be guided.
UNET_GAINS = {"attn2.to_q.": 3.0, "attn2.to_k.": 1.0, "conv_out.weight": 0.3}


def unet(seed, gains=UNET_GAINS, **config):
    config = {"sample_size": 32, "in_channels": 4, "out_channels": 4, "cross_attention_dim": 32,
              "down_block_types": DOWN_BLOCKS, "up_block_types": UP_BLOCKS, **config}
    return randomise(UNet2DConditionModel(**config), seed, gains)


def vae(seed, **config):
    config = {"in_channels": 3, "out_channels": 3, "latent_channels": 4, "sample_size": 256,
              "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
              "block_out_channels": (8, 8, 16, 16), "layers_per_block": 1, "norm_num_groups": 4, **config}
    return randomise(AutoencoderKL(**config), seed, {"decoder.conv_out.weight": 0.5})


def text_encoder(seed, vocabulary, **config):
    config = CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=32, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        projection_dim=32, max_position_embeddings=77, bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1,
        **config)
    return randomise(CLIPTextModel(config), seed, {})


def save_pipeline(folder, unet, vae, text_encoder, scheduler):
    """Saves a folder in float16 around a tokenizer that is there already."""
    classes = {"PNDMScheduler": PNDMScheduler, "DDIMScheduler": DDIMScheduler}
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"), unet=unet,
        scheduler=classes[scheduler["_class_name"]].from_config(scheduler), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False)
    pipeline.save_config(folder)
    for name in ("unet", "vae", "text_encoder"):
        getattr(pipeline, name).half().save_pretrained(folder / name)
    (folder / "scheduler").mkdir()
    (folder / "scheduler/scheduler_config.json").write_text(json.dumps(scheduler, indent=2) + "\n")


def rename_tensors(file, rename):
    save_file({rename(name): tensor for name, tensor in load_file(file).items()}, file, metadata={"format": "pt"})


def make_sd1():
    """SD 1.x: quick_gelu, one head count for all levels, convolutions around transformers, PNDM."""
    vocabulary = save_tokenizer(SD1 / "tokenizer", pad_token=END)
    save_pipeline(
        SD1,
        unet(101, block_out_channels=(16, 32, 32, 32), layers_per_block=2, attention_head_dim=4, norm_num_groups=8),
        vae(102, layers_per_block=2),
        text_encoder(103, vocabulary, hidden_act="quick_gelu", pad_token_id=vocabulary - 1),
        SD1_SCHEDULER)
    # transformers 5 drops a prefix that every published SD 1.x folder has.
    rename_tensors(SD1 / "text_encoder/model.safetensors", lambda name: "text_model." + name)


def make_sd2():
    """SD 2.x-v: gelu, head counts by level, linear projections, pad token "!", v_prediction."""
    vocabulary = save_tokenizer(SD2 / "tokenizer", pad_token="!")
    save_pipeline(
        SD2,
        unet(201, block_out_channels=(16, 16, 32, 32), layers_per_block=1, attention_head_dim=[2, 2, 4, 8],
             norm_num_groups=8, use_linear_projection=True, upcast_attention=True),
        vae(202),
        text_encoder(203, vocabulary, hidden_act="gelu", pad_token_id=0),
        SD2_SCHEDULER)


def small_unet(seed, **config):
    return unet(seed, **{
        "sample_size": 8, "block_out_channels": (4, 8), "layers_per_block": 1, "attention_head_dim": 2,
        "norm_num_groups": 2, "cross_attention_dim": 16, "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"), **config})


def make_variants():
    """One component each, stored or configured in ways that published folders are."""
    small_unet(301).half().save_pretrained(VARIANTS / "fp16/unet", variant="fp16")
    small_unet(302).save_pretrained(VARIANTS / "sharded/unet", max_shard_size="24KB")
    small_unet(303).half().save_pretrained(VARIANTS / "sharded_fp16/unet", variant="fp16", max_shard_size="12KB")
    small_unet(304).bfloat16().save_pretrained(VARIANTS / "bf16/unet")
    small_unet(305, only_cross_attention=True).half().save_pretrained(VARIANTS / "only_cross_attention/unet")
    small_unet(306, only_cross_attention=[True, False], layers_per_block=2, attention_head_dim=[2, 4],
               down_block_types=("CrossAttnDownBlock2D",) * 2, up_block_types=("CrossAttnUpBlock2D",) * 2,
               flip_sin_to_cos=False, freq_shift=1, norm_eps=1e-6).half().save_pretrained(VARIANTS / "options/unet")
    make_legacy_vae()


def make_legacy_vae():
    """A VAE whose attention has the names that it had before diffusers 0.18."""
    vae(307, block_out_channels=(8, 16), down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2).half().save_pretrained(VARIANTS / "legacy_vae/vae")
    legacy = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}

    def rename(name):
        for new, old in legacy.items():
            name = name.replace(new, old)
        return name

    rename_tensors(VARIANTS / "legacy_vae/vae/diffusion_pytorch_model.safetensors", rename)


def main():
    for folder in (SD1, SD2, VARIANTS):
        shutil.rmtree(folder, ignore_errors=True)
    make_sd1()
    make_sd2()
    make_variants()


if __name__ == "__main__":
    main()
