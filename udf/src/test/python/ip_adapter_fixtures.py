"""Tiny IP-Adapters and their image encoder, and pictures of diffusers with them.

`fixtures/ip-adapter` gets the adapters in the original names: plain, Plus (a resampler) and full face. `golden.*` has
diffusers' picture of each case. Images are prepared by `CLIPImageProcessorPil`, as in `safety_fixtures.py`.
"""

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from attention_maps import is_cross_attention
from component_fixtures import load
from folders import FIXTURES, SD1, save_json, save_tensors

OUT = FIXTURES / "ip-adapter"
DETECTORS = FIXTURES / "detectors"
HIDDEN, EMBED, SIDE, PATCH = 32, 20, 32, 8
REQUEST = {"prompt": "a cat playing with a ball", "negative_prompt": "blurry", "steps": 4, "height": 64, "width": 64}
ROWS = [["wide", 1.0, 7], ["tall", 0.4, 8]]  # image, scale, seed
CASES = {
    "plain": {"adapter": "plain", "guidance_scale": 7.5},
    "plain_without_cfg": {"adapter": "plain", "guidance_scale": 1.0},
    "plus": {"adapter": "plus", "guidance_scale": 7.5},
    "full_face": {"adapter": "full_face", "guidance_scale": 7.5},
}


def picture(name):
    return Image.open(DETECTORS / f"{name}.png").convert("RGB")


def image_processor():
    return CLIPImageProcessorPil(size=SIDE, crop_size=SIDE)


def random_encoder():
    torch.manual_seed(71)
    encoder = CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=HIDDEN, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, image_size=SIDE,
        patch_size=PATCH, projection_dim=EMBED, hidden_act="gelu")).eval()
    for name, parameter in encoder.named_parameters():
        norm = "norm" in name or "layrnorm" in name
        torch.nn.init.normal_(parameter, std=0.25, mean=1.0 if norm and name.endswith("weight") else 0.0)
        parameter.data = parameter.data.half().float()
    return encoder


def random(generator, *shape, std=0.3):
    return (torch.randn(shape, generator=generator) * std).half()


def norm(generator, name, channels):
    return {f"{name}.weight": 1 + random(generator, channels, std=0.1), f"{name}.bias": random(generator, channels)}


def plain(generator, cross):
    return {"proj.weight": random(generator, 4 * cross, EMBED), "proj.bias": random(generator, 4 * cross),
            **norm(generator, "norm", cross)}


def full_face(generator, cross):
    return {"proj.0.weight": random(generator, HIDDEN, HIDDEN), "proj.0.bias": random(generator, HIDDEN),
            "proj.2.weight": random(generator, cross, HIDDEN), "proj.2.bias": random(generator, cross),
            **norm(generator, "proj.3", cross)}


def plus(generator, cross, queries=3, width=24, inner=128):
    tensors = {"latents": random(generator, 1, queries, width),
               "proj_in.weight": random(generator, width, HIDDEN), "proj_in.bias": random(generator, width),
               "proj_out.weight": random(generator, cross, width), "proj_out.bias": random(generator, cross),
               **norm(generator, "norm_out", cross)}
    for layer in (f"layers.{i}" for i in range(4)):
        tensors |= {**norm(generator, f"{layer}.0.norm1", width), **norm(generator, f"{layer}.0.norm2", width),
                    f"{layer}.0.to_q.weight": random(generator, inner, width),
                    f"{layer}.0.to_kv.weight": random(generator, 2 * inner, width),
                    f"{layer}.0.to_out.weight": random(generator, width, inner, std=0.1),
                    **norm(generator, f"{layer}.1.0", width),
                    f"{layer}.1.1.weight": random(generator, 4 * width, width),
                    f"{layer}.1.3.weight": random(generator, width, 4 * width, std=0.1)}
    return tensors


def save_adapter(name, projection, seed):
    unet, generator = load(SD1).unet, torch.Generator().manual_seed(seed)
    cross = unet.config.cross_attention_dim
    tensors = {f"image_proj.{key}": tensor for key, tensor in projection(generator, cross).items()}
    for i, path in enumerate(path for path in unet.attn_processors if path.endswith("attn2.processor")):
        width = unet.get_submodule(path.removesuffix(".processor")).to_k.out_features
        for part in ("to_k_ip", "to_v_ip"):
            tensors[f"ip_adapter.{2 * i + 1}.{part}.weight"] = random(generator, width, cross, std=0.4)
    save_file(tensors, OUT / f"{name}.safetensors", metadata={"format": "pt"})


def load_with(adapter, encoder):
    pipeline = load(SD1)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.register_modules(image_encoder=encoder, feature_extractor=image_processor())
    pipeline.load_ip_adapter(str(OUT), subfolder="", weight_name=f"{adapter}.safetensors")
    return pipeline


def make(case, encoder, image, scale, seed):
    pipeline = load_with(case["adapter"], encoder)
    pipeline.set_ip_adapter_scale(scale)
    with torch.no_grad():
        made = pipeline(
            prompt=REQUEST["prompt"], negative_prompt=REQUEST["negative_prompt"], height=REQUEST["height"],
            width=REQUEST["width"], num_inference_steps=REQUEST["steps"], guidance_scale=case["guidance_scale"],
            ip_adapter_image=picture(image), generator=torch.Generator("cpu").manual_seed(seed), output_type="np")
    return torch.from_numpy((made.images[0] * 255).round().astype("uint8"))


class ReferenceImage:
    """What cross-attentions find in a picture with a plain adapter, written from its description.

    Rows are one with the picture, or one without and one with it, as in classifier-free guidance.
    """

    def __init__(self, unet, adapter, image, scale, dtype):
        self.tensors = {key: tensor.to(dtype) for key, tensor in load_file(OUT / f"{adapter}.safetensors").items()}
        self.paths = [path.removesuffix(".processor") for path in unet.attn_processors if is_cross_attention(path)]
        self.scale = scale
        encoder = CLIPVisionModelWithProjection.from_pretrained(OUT / "image_encoder", dtype=dtype).eval()
        pixels = image_processor()(picture(image), return_tensors="pt").pixel_values.to(dtype)
        with torch.no_grad():
            embed = encoder(pixels).image_embeds[0]
        self.states = torch.stack([self.project(torch.zeros_like(embed)), self.project(embed)])  # (2, 4, D)

    def project(self, embed):
        own = {key.removeprefix("image_proj."): tensor for key, tensor in self.tensors.items()}
        four = (own["proj.weight"] @ embed + own["proj.bias"]).reshape(4, -1)
        centred = four - four.mean(-1, keepdim=True)
        normed = centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
        return normed * own["norm.weight"] + own["norm.bias"]

    def attend(self, path, query):
        """(B, heads, N, C), B = 1 or 2."""
        number = 2 * self.paths.index(path) + 1
        key, value = (
            (self.states[-len(query):] @ self.tensors[f"ip_adapter.{number}.{part}.weight"].T)
            .unflatten(-1, (query.shape[1], -1)).transpose(1, 2) for part in ("to_k_ip", "to_v_ip"))
        return self.scale * (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1) @ value


def main():
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    encoder = random_encoder()
    encoder.half().save_pretrained(OUT / "image_encoder")
    encoder.float()
    for seed, projection in enumerate((plain, plus, full_face)):
        save_adapter(projection.__name__, projection, seed)
    tensors, cases = {}, []
    for name, case in CASES.items():
        for image, scale, seed in ROWS:
            tensors[f"{name}.{image}"] = make(case, encoder, image, scale, seed)
            none = make(case, encoder, image, 0.0, seed)
            difference = (tensors[f"{name}.{image}"].int() - none.int()).abs().max().item()
            print(name, image, "changes the picture by", difference)
            if difference < 8:
                raise SystemExit(f"{name} hardly changes the picture")
        cases.append({"name": name, **case, **REQUEST,
                      "rows": [{"image": image, "scale": scale, "seed": seed} for image, scale, seed in ROWS]})
    save_tensors(OUT / "golden.safetensors", tensors)
    save_json(OUT / "golden.json", cases)


if __name__ == "__main__":
    main()
