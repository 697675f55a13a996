"""Outputs of single components: text encoder, UNet, VAE, and the odd folders."""

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel

from attention_maps import store_attention
from folders import GOLDEN, SD1, SD2, VARIANTS, save_json, save_tensors
from tiny_tokenizer import MAX_LENGTH

PROMPTS = ["A cat playing with a ball", "a red circle on a white background, it's a photo of two zebras!"]
STORED_TOKENS = 16  # of 77: the rest of a map repeats the same arithmetic


def noise(seed, *shape):
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))


def load(folder):
    return StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)


def text_tensors(pipeline):
    ids = pipeline.tokenizer(PROMPTS, padding="max_length", max_length=MAX_LENGTH, return_tensors="pt").input_ids
    return {"text.input_ids": ids, "text.last_hidden_state": pipeline.text_encoder(ids)[0]}


def unet_tensors(unet, text):
    """Three forwards: a whole timestep, one timestep a row, and a fractional one at another shape."""
    sample, wide = noise(1, 2, 4, 16, 16), noise(2, 1, 4, 16, 24)
    timesteps = torch.tensor([981.0, 1.0])
    embedding = unet.time_embedding(unet.time_proj(timesteps))
    return {
        "unet.sample": sample,
        "unet.timesteps": timesteps,
        "unet.time_proj": unet.time_proj(timesteps),
        "unet.time_embedding": embedding,
        "unet.out_at_timesteps": unet(sample, timesteps, text).sample,
        "unet.out_at_500": unet(sample, 500, text).sample,
        "unet.wide_sample": wide,
        "unet.wide_out_at_312.25": unet(wide, 312.25, text[:1]).sample,
    }


def block_tensors(unet, text):
    """What every block of the UNet puts out in the forward `unet.out_at_500`."""
    outputs = {}

    def record(name):
        def hook(module, args, output):
            outputs[f"block.{name}"] = (output[0] if isinstance(output, tuple) else output)[:1]
        return hook

    blocks = {"conv_in": unet.conv_in, "mid_block": unet.mid_block}
    blocks |= {f"down_blocks.{i}": block for i, block in enumerate(unet.down_blocks)}
    blocks |= {f"up_blocks.{i}": block for i, block in enumerate(unet.up_blocks)}
    hooks = [block.register_forward_hook(record(name)) for name, block in blocks.items()]
    unet(noise(1, 2, 4, 16, 16), 500, text)
    for hook in hooks:
        hook.remove()
    return outputs


def map_tensors(unet, text):
    """Cross-attention probabilities (B, heads, N, first tokens) of one forward."""
    maps = {}
    default = dict(unet.attn_processors)
    store_attention(unet, lambda path, probabilities: maps.update({f"map.{path}": probabilities[..., :STORED_TOKENS]}))
    sample = noise(3, 1, 4, 8, 16)
    out = unet(sample, 700, text[1:]).sample
    unet.set_attn_processor(default)
    torch.testing.assert_close(out, unet(sample, 700, text[1:]).sample, rtol=1e-4, atol=1e-5)
    return {"maps.sample": sample, "maps.out_at_700": out, **maps}


def vae_tensors(vae):
    latents, image = noise(4, 2, 4, 8, 8), noise(5, 1, 3, 64, 96).clamp(-1, 1)
    return {"vae.latents": latents, "vae.decoded": vae.decode(latents).sample,
            "vae.image": image, "vae.moments": vae.encode(image).latent_dist.parameters}


def write_pipeline(name, folder):
    pipeline = load(folder)
    text = text_tensors(pipeline)
    hidden = text["text.last_hidden_state"]
    unet = pipeline.unet
    save_tensors(GOLDEN / f"{name}_components.safetensors",
                 {**text, **unet_tensors(unet, hidden), **block_tensors(unet, hidden), **map_tensors(unet, hidden),
                  **vae_tensors(pipeline.vae)})
    save_json(GOLDEN / f"{name}_attn_processors.json", list(unet.attn_processors))


def write_variants():
    """All UNets get the same inputs; `.` in a name separates the folder from the tensor."""
    sample, text = noise(6, 1, 4, 8, 8), noise(7, 1, 7, 16)
    tensors = {"sample": sample, "encoder_hidden_states": text}
    variants = {"fp16": "fp16", "sharded": None, "sharded_fp16": "fp16", "bf16": None, "only_cross_attention": None,
                "options": None}
    for name, variant in variants.items():
        unet = UNet2DConditionModel.from_pretrained(VARIANTS / name / "unet", variant=variant, dtype=torch.float32)
        tensors[f"{name}.out_at_500"] = unet(sample, 500, text).sample
    vae = AutoencoderKL.from_pretrained(VARIANTS / "legacy_vae/vae", dtype=torch.float32)
    latents = noise(8, 1, 4, 8, 8)
    tensors |= {"legacy_vae.latents": latents, "legacy_vae.decoded": vae.decode(latents).sample}
    save_tensors(GOLDEN / "variants.safetensors", tensors)


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    write_pipeline("sd1", SD1)
    write_pipeline("sd2", SD2)
    write_variants()


if __name__ == "__main__":
    main()
