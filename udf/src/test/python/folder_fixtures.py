"""Pictures of folders as they are found: each is the Stable Diffusion 1.x folder with some values changed.

A case has `edits` (file, key and value; a value of "absent" removes the key), `drop` (a part and what names of its
tensors begin with), `add` (a part, and the name and shape of a tensor of the numbers sin(0) / 10, sin(1) / 10, ...) and
`swap` (the scheduler that takes the place of the folder's own). The Java test makes the same changes.
"""

import json
import math
import shutil
import tempfile
from pathlib import Path

import diffusers
import torch
from safetensors.torch import load_file, save_file

from component_fixtures import load
from folders import GOLDEN, SD1, save_json, save_tensors

ABSENT = "absent"
SCHEDULER, UNET, VAE, TEXT = ("scheduler/scheduler_config.json", "unet/config.json", "vae/config.json",
                              "text_encoder/config.json")
BARE = [[SCHEDULER, "clip_sample", ABSENT], [SCHEDULER, "steps_offset", ABSENT]]
CLIPPING = [[SCHEDULER, "clip_sample", True], [SCHEDULER, "steps_offset", 0]]


def index(class_name):
    return [["model_index.json", "scheduler", ["diffusers", class_name]]]


CASES = {
    "index_names_ddim": {"edits": index("DDIMScheduler")},
    "index_names_euler": {"edits": index("EulerDiscreteScheduler")},
    "index_names_dpm_solver": {"edits": index("DPMSolverMultistepScheduler")},
    "no_mid_block": {"edits": [[UNET, "mid_block_type", None]]},
    "no_mid_block_and_no_tensors": {"edits": [[UNET, "mid_block_type", None]], "drop": ["unet", "mid_block."]},
    "unet_swish": {"edits": [[UNET, "act_fn", "swish"]]},
    "unet_mish": {"edits": [[UNET, "act_fn", "mish"]]},
    "unet_gelu": {"edits": [[UNET, "act_fn", "gelu"]]},
    "unet_relu": {"edits": [[UNET, "act_fn", "relu"]]},
    "vae_mish": {"edits": [[VAE, "act_fn", "mish"]]},
    "vae_gelu": {"edits": [[VAE, "act_fn", "gelu"]]},
    "vae_without_convolutions": {"edits": [[VAE, "use_post_quant_conv", False], [VAE, "use_quant_conv", False]]},
    "vae_of_other_latents": {"edits": [[VAE, "shift_factor", 0.5], [VAE, "latents_mean", [1.0, 1.0, 1.0, 1.0]],
                                       [VAE, "latents_std", [2.0, 2.0, 2.0, 2.0]]]},
    "vae_without_encoder": {"drop": ["vae", "encoder."]},
    "text_gelu_new": {"edits": [[TEXT, "hidden_act", "gelu_new"]]},
    "text_relu": {"edits": [[TEXT, "hidden_act", "relu"]]},
    "text_gelu": {"edits": [[TEXT, "hidden_act", "gelu"]]},
    "forty_tokens": {"edits": [["tokenizer/tokenizer_config.json", "model_max_length", 40]]},
    "no_padding_downsampled": {"edits": [[UNET, "downsample_padding", 0]], "height": 72, "width": 88},
    "learned_nothing": {"edits": [[SCHEDULER, "variance_type", "fixed_small"]], "swap": "DPMSolverMultistepScheduler"},
    "unread_keys": {"edits": [[SCHEDULER, "thresholding", True], [SCHEDULER, "use_beta_sigmas", False]]},
    "pndm_to_ddim": {"swap": "DDIMScheduler"},
    "bare_pndm": {"edits": BARE},
    "bare_pndm_to_ddim": {"edits": BARE, "swap": "DDIMScheduler"},
    "bare_pndm_to_euler": {"edits": BARE, "swap": "EulerDiscreteScheduler"},
    "bare_pndm_to_dpm_solver": {"edits": BARE, "swap": "DPMSolverMultistepScheduler"},
    "clipping_pndm_to_ddim": {"edits": CLIPPING, "swap": "DDIMScheduler"},
    "clipping_ddim": {"edits": CLIPPING + index("DDIMScheduler")},
    "bare_ddim": {"edits": BARE + index("DDIMScheduler")},
    "bare_ddim_to_lms": {"edits": BARE + index("DDIMScheduler"), "swap": "LMSDiscreteScheduler"},
    "guidance_scale_embedding": {"edits": [[UNET, "time_cond_proj_dim", 16]],
                                 "add": ["unet", "time_embedding.cond_proj.weight", [16, 16]], "swap": "LCMScheduler"},
    "bare_euler_to_pndm": {"edits": BARE + index("EulerDiscreteScheduler"), "swap": "PNDMScheduler"},
}
DEFAULTS = {"edits": [], "drop": None, "add": None, "swap": None, "prompt": "a cat playing with a ball and two zebras", "seed": 5,
            "steps": 5, "guidance_scale": 7.5, "height": 64, "width": 64}


def changed(folder, case):
    for name, key, value in case["edits"]:
        file = folder / name
        config = json.loads(file.read_text())
        if value == ABSENT:
            config.pop(key, None)
        else:
            config[key] = value
        file.write_text(json.dumps(config))
    if case["drop"]:
        part, start = case["drop"]
        file = next((folder / part).glob("*.safetensors"))
        kept = {name: tensor for name, tensor in load_file(file).items() if not name.startswith(start)}
        save_file(kept, file, metadata={"format": "pt"})
    if case["add"]:
        part, name, shape = case["add"]
        file = next((folder / part).glob("*.safetensors"))
        added = torch.sin(torch.arange(math.prod(shape), dtype=torch.float64)).div(10).float().view(shape)
        save_file({**load_file(file), name: added}, file, metadata={"format": "pt"})
    return folder


def picture(case, from_pretrained=False):
    """(H, W, 3). `from_pretrained` makes the other scheduler of the file, before the pipeline corrects it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = changed(Path(shutil.copytree(SD1, Path(temporary) / "model")), case)
        swap = getattr(diffusers, case["swap"]) if case["swap"] else None
        if swap and from_pretrained:
            pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
                folder, dtype=torch.float32, scheduler=swap.from_pretrained(folder, subfolder="scheduler"))
        else:
            pipeline = load(folder)
            if swap:
                pipeline.scheduler = swap.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline(
        prompt=case["prompt"], height=case["height"], width=case["width"], num_inference_steps=case["steps"],
        guidance_scale=case["guidance_scale"], generator=torch.Generator("cpu").manual_seed(case["seed"]),
        output_type="np").images[0]
    return torch.from_numpy((image * 255).round().astype("uint8"))


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    tensors, cases = {}, []
    for name, changes in CASES.items():
        case = {"name": name, **DEFAULTS, **changes}
        tensors[name] = picture(case)
        if case["swap"]:
            other = (tensors[name].int() - picture(case, from_pretrained=True).int()).abs().max().item()
            case["differs_from_pretrained_by"] = other
        cases.append(case)
    save_tensors(GOLDEN / "folders.safetensors", tensors)
    save_json(GOLDEN / "folders.json", cases)


if __name__ == "__main__":
    main()
