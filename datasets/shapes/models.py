"""Stable Diffusion's three models in small, and the folder that holds them."""

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from world import IMAGE_SIZE

TEXT_CHANNELS = 160


def new_vae():
    """(B, 3, 128, 128) <-> (B, 4, 32, 32)."""
    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, sample_size=IMAGE_SIZE, layers_per_block=1,
        block_out_channels=(32, 64, 64), norm_num_groups=16,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3)


def new_text_encoder(vocabulary):
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=TEXT_CHANNELS, intermediate_size=4 * TEXT_CHANNELS, num_hidden_layers=4,
        num_attention_heads=5, projection_dim=TEXT_CHANNELS, max_position_embeddings=77, hidden_act="quick_gelu",
        bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1))


def new_unet():
    """Cross-attention over 32x32, 16x16 and, in the middle, 8x8 positions."""
    return UNet2DConditionModel(
        sample_size=IMAGE_SIZE // 4, in_channels=4, out_channels=4, cross_attention_dim=TEXT_CHANNELS,
        block_out_channels=(64, 128, 128), layers_per_block=(1, 2, 1), attention_head_dim=(2, 4, 4), norm_num_groups=16,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"))


def new_scheduler():
    return EulerDiscreteScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        prediction_type="epsilon", timestep_spacing="linspace", steps_offset=1)


def save_pipeline(folder, vae, text_encoder, unet):
    """Saves a diffusers folder in float16 around the tokenizer that is there already."""
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"), unet=unet,
        scheduler=new_scheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipeline.save_config(folder)
    pipeline.scheduler.save_pretrained(folder / "scheduler")
    for name in ("vae", "text_encoder", "unet"):
        module = getattr(pipeline, name).to(memory_format=torch.contiguous_format)
        module.half().save_pretrained(folder / name)
    restore_prefix(folder / "text_encoder/model.safetensors")


def restore_prefix(file):
    """Transformers 5 drops a prefix that every published folder of Stable Diffusion has."""
    prefixed = {"text_model." + name: tensor for name, tensor in load_file(file).items()}
    save_file(prefixed, file, metadata={"format": "pt"})
