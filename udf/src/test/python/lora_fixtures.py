"""Pictures of the Stable Diffusion 1.x folder with LoRAs, and the LoRA files in the forms that people have them.

`fixtures/loras` gets small files: as diffusers saves them (PEFT), as older diffusers did, as kohya's trainer does, with
linear and convolution layers. `golden/loras.*` has diffusers' picture of each case.

diffusers 0.42.1 with transformers 5 loses the text encoder's keys and alphas of kohya's files, and warns of it. Those
pictures are made with weights that this script merges itself, W + weight * alpha / rank * up @ down. It does so for all
other cases, too, and fails if diffusers' picture is another one.
"""

import re

import diffusers
import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from component_fixtures import load
from folders import GOLDEN, SD1, save_json, save_tensors

LORAS = GOLDEN.parent / "loras"
CONVOLUTIONS = ["conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "proj_in", "time_emb_proj"]
CASES = {
    "none": [],
    "peft": [["peft.safetensors", 1.0]],
    "peft_weighted": [["peft.safetensors", -0.5]],
    "peft_alpha": [["peft_alpha.safetensors", 1.0]],
    "old_diffusers": [["old_diffusers.safetensors", 0.8]],
    "kohya": [["kohya.safetensors", 0.7]],
    "kohya_convolutions": [["kohya_convolutions.safetensors", 1.0]],
    "two": [["peft.safetensors", 0.5], ["kohya.safetensors", 0.25]],
}
SCALED = [["peft_alpha.safetensors", 0.5]]  # the weight comes from cross_attention_kwargs of the call
REQUEST = {"prompt": "a cat playing with a ball", "seed": 7, "steps": 4, "height": 64, "width": 64, "guidance_scale": 7.5}


def layers(module, names, rank, generator):
    """The down and up matrices of all layers whose names end so, by module name. Large enough to change the picture."""
    for name, layer in module.named_modules():
        if any(name.endswith(end) for end in names) and hasattr(layer, "weight"):
            out, width = layer.weight.shape[:2]
            kernel = layer.weight.shape[2:]
            down = torch.randn((rank, width, *kernel), generator=generator)
            up = torch.randn((out, rank, *[1] * len(kernel)), generator=generator)
            yield name, (down * 0.3).half().float(), (up * 0.3).half().float()


def save(name, tensors, metadata=None):
    LORAS.mkdir(parents=True, exist_ok=True)
    halves = {key: tensor.half().contiguous() for key, tensor in tensors.items()}
    save_file(halves, LORAS / name, metadata={"format": "pt", **(metadata or {})})


def save_peft(name, alpha, seed):
    pipeline = load(SD1)
    torch.manual_seed(seed)
    config = {"r": 2, "lora_alpha": alpha, "init_lora_weights": False}
    pipeline.unet.add_adapter(LoraConfig(target_modules=["to_q", "to_k", "to_v", "to_out.0", "conv1"], **config))
    pipeline.text_encoder.add_adapter(LoraConfig(target_modules=["q_proj", "v_proj"], **config))
    for module in (pipeline.unet, pipeline.text_encoder):
        for parameter_name, parameter in module.named_parameters():
            if "lora_" in parameter_name:
                parameter.data = (torch.randn(parameter.shape) * (0.3 if alpha == 2 else 0.15)).half().float()
    LORAS.mkdir(parents=True, exist_ok=True)
    diffusers.StableDiffusionPipeline.save_lora_weights(
        LORAS, weight_name=name, unet_lora_layers=get_peft_model_state_dict(pipeline.unet),
        text_encoder_lora_layers=get_peft_model_state_dict(pipeline.text_encoder) if alpha != 2
        else diffusers.utils.convert_state_dict_to_diffusers(get_peft_model_state_dict(pipeline.text_encoder)),
        unet_lora_adapter_metadata=describe(pipeline.unet) if alpha != 2 else None,
        text_encoder_lora_adapter_metadata=describe(pipeline.text_encoder) if alpha != 2 else None)


def describe(module):
    return {**module.peft_config["default"].to_dict(), "base_model_name_or_path": None}


def save_old_diffusers(seed):
    pipeline, generator, tensors = load(SD1), torch.Generator().manual_seed(seed), {}
    for name, down, up in layers(pipeline.unet, ["to_q", "to_k", "to_v", "to_out.0"], 3, generator):
        module, part = name.removesuffix(".0").rsplit(".", 1)
        tensors[f"unet.{module}.processor.{part}_lora.down.weight"] = down
        tensors[f"unet.{module}.processor.{part}_lora.up.weight"] = up
    for name, down, up in layers(pipeline.text_encoder, ["q_proj", "out_proj"], 3, generator):
        tensors[f"text_encoder.text_model.{name.removeprefix('text_model.')}.lora_linear_layer.down.weight"] = down
        tensors[f"text_encoder.text_model.{name.removeprefix('text_model.')}.lora_linear_layer.up.weight"] = up
    save("old_diffusers.safetensors", tensors)


def save_kohya(name, unet_names, text_names, seed):
    pipeline, generator, tensors = load(SD1), torch.Generator().manual_seed(seed), {}
    modules = [("lora_unet_", pipeline.unet, unet_names), ("lora_te_text_model_", pipeline.text_encoder, text_names)]
    for prefix, module, names in modules:
        for i, (path, down, up) in enumerate(layers(module, names, 4, generator)):
            key = prefix + path.removeprefix("text_model.").replace(".", "_")
            tensors[f"{key}.lora_down.weight"] = down
            tensors[f"{key}.lora_up.weight"] = up
            tensors[f"{key}.alpha"] = torch.tensor(1.0 + i % 3)
    save(name, tensors)


def load_adapters(pipeline, loras):
    for i, (name, _) in enumerate(loras):
        pipeline.load_lora_weights(LORAS, weight_name=name, adapter_name=f"a{i}")
    if loras:
        pipeline.set_adapters([f"a{i}" for i in range(len(loras))], [weight for _, weight in loras])


def plain(key):
    """A key as component, name of the module with _ for dots, and part: down, up or alpha."""
    key = key.replace("lora_te_", "text_encoder.").replace("lora_unet_", "unet.")
    component, rest = key.split(".", 1)
    rest = rest.replace("lora_A.weight", "down").replace("lora_B.weight", "up").replace("lora_linear_layer.", "")
    rest = rest.replace("lora_down", "down").replace("lora_up", "up").replace(".processor", "")
    rest = re.sub(r"(to_[qkv])_lora", r"\1", rest).replace("to_out_lora", "to_out.0")
    module, part = rest.removesuffix(".weight").rsplit(".", 1)
    return component, module.replace(".", "_").removeprefix("text_model_"), part


def merge(pipeline, loras):
    for name, weight in loras:
        parts = {plain(key): tensor.float() for key, tensor in load_file(LORAS / name).items()}
        with safe_open(LORAS / name, "pt") as file:
            alpha_of_all = 6.0 if "lora_adapter_metadata" in file.metadata() else None
        for component in ("unet", "text_encoder"):
            for path, layer in getattr(pipeline, component).named_modules():
                key = component, path.replace(".", "_").removeprefix("text_model_")
                if (*key, "down") in parts:
                    down, up = parts.pop((*key, "down")), parts.pop((*key, "up"))
                    alpha = parts.pop((*key, "alpha"), alpha_of_all or len(down))
                    delta = (up.flatten(1) @ down.flatten(1)).reshape(layer.weight.shape)
                    layer.weight.data += weight * float(alpha) / len(down) * delta
        if parts:
            raise SystemExit(f"{name}: not merged: {list(parts)}")


def picture(loras, apply, **options):
    request = {**REQUEST, **options}
    pipeline = load(SD1)
    pipeline.set_progress_bar_config(disable=True)
    apply(pipeline, loras)
    with torch.no_grad():
        image = pipeline(
            prompt=request["prompt"], height=request["height"], width=request["width"],
            num_inference_steps=request["steps"], guidance_scale=request["guidance_scale"],
            cross_attention_kwargs=request.get("cross_attention_kwargs"),
            generator=torch.Generator("cpu").manual_seed(request["seed"]), output_type="np").images[0]
    return torch.from_numpy((image * 255).round().astype("uint8"))


def scaled_picture():
    """LoRAs at weight 1, whose scale is an option of the call. It must be another picture than at weight 1."""
    whole = [[name, 1.0] for name, _ in SCALED]
    small = {"height": 32, "width": 32}
    scaled = picture(whole, load_adapters, cross_attention_kwargs={"scale": SCALED[0][1]}, **small)
    if (scaled.int() - picture(whole, load_adapters, **small).int()).abs().max() < 8:
        raise SystemExit("the scale hardly changes the picture")
    return scaled


def main():
    torch.set_num_threads(1)
    save_peft("peft.safetensors", 2, 1)
    save_peft("peft_alpha.safetensors", 6, 2)
    save_old_diffusers(3)
    save_kohya("kohya.safetensors", ["to_q", "to_out.0", "ff.net.0.proj", "proj_in"], ["fc1", "k_proj"], 4)
    save_kohya("kohya_convolutions.safetensors", CONVOLUTIONS, [], 5)
    tensors = {name: picture(loras, merge) for name, loras in CASES.items()}
    for name, loras in CASES.items():
        if name in ("kohya", "two"):  # diffusers loses parts of them
            continue
        difference = (picture(loras, load_adapters).int() - tensors[name].int()).abs().max().item()
        print(name, "differs from diffusers by", difference)
        if difference > 1:
            raise SystemExit(f"{name} is not diffusers' picture")
    for name, image in tensors.items():
        if name != "none" and (image.int() - tensors["none"].int()).abs().max() < 8:
            raise SystemExit(f"{name} hardly changes the picture")
    tensors["scale_of_the_call"] = scaled_picture()
    save_tensors(GOLDEN / "loras.safetensors", tensors)
    save_json(GOLDEN / "loras.json", [
        *({"name": name, "loras": loras, **REQUEST} for name, loras in CASES.items()),
        {"name": "scale_of_the_call", "loras": SCALED, **REQUEST, "height": 32, "width": 32}])


if __name__ == "__main__":
    main()
