"""Opens a diffusers folder, or makes a model with random weights by a published config.

Random weights do the same arithmetic; the pictures are noise. No tokenizer is needed for them, because a
text's token ids are made up.
"""

import zlib
from dataclasses import dataclass

import diffusers
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from layouts import TEXT_LENGTH

NOISE = {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "steps_offset": 1}
VAE = {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "latent_channels": 4, "sample_size": 512,
       "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
TEXT_ENCODER = {"vocab_size": 49408, "max_position_embeddings": TEXT_LENGTH, "bos_token_id": 49406,
                "eos_token_id": 49407}

# The same architectures as those that `boxwright bench` knows by these names.
CONFIGS = {
    # stable-diffusion-v1-5
    "random:sd15": {
        "unet": {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8},
        "vae": VAE,
        "text_encoder": {**TEXT_ENCODER, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
                         "num_attention_heads": 12, "projection_dim": 768, "hidden_act": "quick_gelu"},
        "scheduler": NOISE,
    },
    # stable-diffusion-2-1
    "random:sd21": {
        "unet": {"sample_size": 96, "cross_attention_dim": 1024, "attention_head_dim": (5, 10, 20, 20),
                 "use_linear_projection": True, "upcast_attention": True},
        "vae": {**VAE, "sample_size": 768},
        "text_encoder": {**TEXT_ENCODER, "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 23,
                         "num_attention_heads": 16, "projection_dim": 512, "hidden_act": "gelu"},
        "scheduler": {**NOISE, "prediction_type": "v_prediction"},
    },
    # Stable Diffusion 1.x in small, enough for a check
    "random:tiny": {
        "unet": {"sample_size": 16, "cross_attention_dim": 32, "attention_head_dim": 4, "norm_num_groups": 8,
                 "block_out_channels": (16, 32, 32, 32), "layers_per_block": 1},
        "vae": {**VAE, "sample_size": 128, "block_out_channels": (8, 8, 16, 16), "norm_num_groups": 4,
                "layers_per_block": 1},
        "text_encoder": {**TEXT_ENCODER, "hidden_size": 32, "intermediate_size": 128, "num_hidden_layers": 2,
                         "num_attention_heads": 4, "projection_dim": 32, "hidden_act": "quick_gelu"},
        "scheduler": NOISE,
    },
}


@dataclass
class Model:
    name: str
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    text_encoder: CLIPTextModel
    scheduler_config: dict
    token_ids: callable  # text -> list of TEXT_LENGTH ids

    @property
    def device(self):
        return self.unet.device

    @property
    def dtype(self):
        return self.unet.dtype

    @property
    def scale_factor(self):
        """Pixels of a latent's side."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def image_size(self):
        """The side of the pictures that the model was made for."""
        return self.unet.config.sample_size * self.scale_factor

    def new_scheduler(self, class_name, steps):
        scheduler = getattr(diffusers, class_name).from_config(self.scheduler_config)
        scheduler.set_timesteps(steps, device=self.device)
        return scheduler

    def noise(self, seed, height, width):
        """(1, C, h, w), float32: the noise that diffusers gives for this seed, whatever the device."""
        shape = (1, self.unet.config.in_channels, height // self.scale_factor, width // self.scale_factor)
        return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)).to(self.device)


def load(name, dtype, device):
    """A diffusers folder, or one of CONFIGS."""
    model = load_random(name, dtype, device) if name.startswith("random:") else load_folder(name, dtype, device)
    for module in (model.unet, model.vae, model.text_encoder):
        module.eval()
    return model


def load_folder(folder, dtype, device):
    pipeline = StableDiffusionPipeline.from_pretrained(
        folder, dtype=dtype, safety_checker=None, requires_safety_checker=False).to(device)

    def token_ids(text):
        return pipeline.tokenizer(text, padding="max_length", max_length=TEXT_LENGTH, truncation=True).input_ids

    return Model(folder, pipeline.unet, pipeline.vae, pipeline.text_encoder, dict(pipeline.scheduler.config),
                 token_ids)


def load_random(name, dtype, device):
    config = CONFIGS[name]
    torch.manual_seed(0)
    tiny = name == "random:tiny"
    with torch.device("cpu" if tiny else device):  # two cores take long to draw SD 1.5
        unet = UNet2DConditionModel(**config["unet"])
        vae = AutoencoderKL(**config["vae"])
        text_encoder = CLIPTextModel(CLIPTextConfig(**config["text_encoder"]))
    if tiny:
        sharpen(unet)
    for module in (unet, vae, text_encoder):
        torch.nn.Module.to(module, device=device, dtype=dtype)  # diffusers' own warns of nothing at all
    return Model(name, unet, vae, text_encoder, config["scheduler"], made_up_token_ids)


def sharpen(unet):
    """Draws weights that keep activations near 1 and attend unevenly: even attention cannot be guided."""
    with torch.no_grad():
        for name, parameter in unet.named_parameters():
            if parameter.dim() == 1:
                parameter.normal_(1.0 if name.endswith("weight") else 0.0, 0.1)
            else:
                gain = 3.0 if "attn2.to_q." in name else 0.3 if name == "conv_out.weight" else 1.0
                parameter.normal_(0.0, gain / parameter[0].numel() ** 0.5)


def made_up_token_ids(text):
    """A token for each word, in CLIP's frame: start, words, end, and ends up to the length."""
    start, end = TEXT_ENCODER["bos_token_id"], TEXT_ENCODER["eos_token_id"]
    words = [zlib.crc32(word.encode()) % start for word in text.split()][:TEXT_LENGTH - 2]
    return [start, *words] + [end] * (TEXT_LENGTH - 1 - len(words))


def guidance_variances(scheduler):
    """One number a step: what turns the loss's gradient into a step of the latents, in their own scale."""
    if scheduler.init_noise_sigma > 1.5:  # latents grow with sigma: Euler, LMS
        return [float(sigma) ** 2 for sigma in scheduler.sigmas[:len(scheduler.timesteps)]]
    return [1 - float(scheduler.alphas_cumprod[int(timestep)]) for timestep in scheduler.timesteps]
