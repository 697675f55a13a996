"""Whole images by diffusers' StableDiffusionPipeline: every scheduler, and the ways to call it."""

import diffusers
import torch
from diffusers.callbacks import SDCFGCutoffCallback
from diffusers.schedulers import scheduling_dpmsolver_sde

from component_fixtures import load
from folders import GOLDEN, SD1, SD2, save_json, save_tensors
from scheduler_fixtures import BrownianMotion

CAT = "a cat playing with a ball"
CASES = {
    "default_size": {"height": None, "width": None},
    "pndm": {},
    "ddim": {"scheduler": "DDIMScheduler"},
    "ddim_eta": {"scheduler": "DDIMScheduler", "eta": 0.5},
    "euler": {"scheduler": "EulerDiscreteScheduler"},
    "euler_ancestral": {"scheduler": "EulerAncestralDiscreteScheduler"},
    "lms": {"scheduler": "LMSDiscreteScheduler"},
    "dpm_solver": {"scheduler": "DPMSolverMultistepScheduler", "steps": 8},
    "ddpm": {"scheduler": "DDPMScheduler"},
    "heun": {"scheduler": "HeunDiscreteScheduler"},
    "unipc": {"scheduler": "UniPCMultistepScheduler", "steps": 8},
    "dpm_solver_singlestep": {"scheduler": "DPMSolverSinglestepScheduler", "steps": 8},
    "dpm_solver_sde": {"scheduler": "DPMSolverSDEScheduler", "seeds": [7, 11], "prompts": [CAT, "a red circle"],
                       "negative_prompts": ["", ""]},
    "deis": {"scheduler": "DEISMultistepScheduler", "steps": 8},
    "kdpm2": {"scheduler": "KDPM2DiscreteScheduler"},
    "kdpm2_ancestral": {"scheduler": "KDPM2AncestralDiscreteScheduler"},
    "edm_euler": {"scheduler": "EDMEulerScheduler"},
    "lcm": {"scheduler": "LCMScheduler", "steps": 4},
    "tcd": {"scheduler": "TCDScheduler", "steps": 4, "eta": 0.3},
    "no_classifier_free_guidance": {"guidance_scale": 1.0},
    "negative_prompt": {"scheduler": "EulerDiscreteScheduler", "negative_prompts": ["blurry, ugly, low quality"]},
    "three_prompts": {
        "scheduler": "EulerAncestralDiscreteScheduler", "seeds": [7, -1, 2**40 + 3],
        "prompts": [CAT, "a red circle on a white background", "two zebras in the garden and an old clock"],
        "negative_prompts": ["", "blue", "a photo of a bear"]},
    "not_square": {"scheduler": "DDIMScheduler", "height": 96, "width": 160},
    "not_a_multiple_of_the_unet": {"scheduler": "DDIMScheduler", "height": 104, "width": 120},
    "clip_skip": {"scheduler": "EulerDiscreteScheduler", "clip_skip": 1, "negative_prompts": ["blurry"]},
    "guidance_rescale": {"scheduler": "DDIMScheduler", "guidance_rescale": 0.7, "guidance_scale": 12.0},
    "cfg_cutoff": {"scheduler": "EulerDiscreteScheduler", "cutoff_step_ratio": 0.4},
    "timesteps": {"scheduler": "DPMSolverMultistepScheduler", "timesteps": [999, 736, 455, 124, 24], "height": 64, "width": 64},
    "timesteps_heun": {"scheduler": "HeunDiscreteScheduler", "timesteps": [999, 545, 233, 24], "height": 48, "width": 48},
    "sigmas": {"scheduler": "EulerDiscreteScheduler", "sigmas": [14.615, 3.861, 1.396, 0.652, 0.029], "height": 48, "width": 48},
    "callback": {"scheduler": "EulerDiscreteScheduler", "changes_embeds_after": 2, "height": 48, "width": 48,
                 "negative_prompts": ["blurry"]},
    # 3x3x4 numbers are no multiple of 16, so torch's draws of several rows are not those of the rows one after the other.
    "one_generator": {"scheduler": "EulerAncestralDiscreteScheduler", "prompts": [CAT, "a red circle"], "negative_prompts": ["", "blue"],
                      "images_per_prompt": 2, "seeds": [7], "height": 24, "width": 24},
    "generator_of_each_image": {"scheduler": "EulerAncestralDiscreteScheduler", "prompts": [CAT, "a red circle"],
                                "negative_prompts": ["", "blue"], "images_per_prompt": 2, "seeds": [7, 8, 11, 12], "height": 24, "width": 24},
    "sd2": {"model": "sd2"},
    "sd2_euler": {"model": "sd2", "scheduler": "EulerDiscreteScheduler"},
    "sd2_dpm_solver": {"model": "sd2", "scheduler": "DPMSolverMultistepScheduler", "guidance_scale": 3.0},
}
DEFAULTS = {"model": "sd1", "scheduler": None, "prompts": [CAT], "negative_prompts": [""], "seeds": [11], "steps": 6,
            "guidance_scale": 7.5, "clip_skip": 0, "guidance_rescale": 0.0, "cutoff_step_ratio": 1.0, "eta": 0.0, "height": 96, "width": 96}


def make_callback(case):
    """Ends classifier-free guidance, or changes the states of the prompts, which stand after those of the negative ones."""
    after = case.get("changes_embeds_after")
    if after is None:
        return SDCFGCutoffCallback(cutoff_step_ratio=case["cutoff_step_ratio"], cutoff_step_index=None)

    def change(_pipeline, step, _timestep, tensors):
        if step == after:
            negative, positive = tensors["prompt_embeds"].chunk(2)
            tensors["prompt_embeds"] = torch.cat([1.5 * negative, 0.5 * positive])
        return tensors

    return change


def call(pipeline, case):
    """The images (B, H, W, 3) and the latents they were decoded from."""
    if case["scheduler"]:
        pipeline.scheduler = getattr(diffusers, case["scheduler"]).from_config(pipeline.scheduler.config)
    # diffusers 0.42.1 looks for the final norm below text_model, where transformers 5 no longer has it.
    object.__setattr__(pipeline.text_encoder, "text_model", pipeline.text_encoder)
    generators = [torch.Generator("cpu").manual_seed(seed) for seed in case["seeds"]]
    scheduling_dpmsolver_sde.BrownianTreeNoiseSampler = lambda x, *_: BrownianMotion(
        lambda: torch.cat([torch.randn(x[:1].shape, generator=generator) for generator in generators]))
    latents = pipeline(
        clip_skip=case["clip_skip"] or None, guidance_rescale=case["guidance_rescale"],
        callback_on_step_end=make_callback(case), callback_on_step_end_tensor_inputs=["latents", "prompt_embeds"],
        prompt=case["prompts"], negative_prompt=case["negative_prompts"], height=case["height"], width=case["width"],
        num_inference_steps=case["steps"], timesteps=case.get("timesteps"), sigmas=case.get("sigmas"), guidance_scale=case["guidance_scale"], eta=case["eta"],
        num_images_per_prompt=case.get("images_per_prompt", 1),
        generator=generators[0] if len(generators) == 1 else generators, output_type="latent").images
    decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
    images = pipeline.image_processor.postprocess(decoded, output_type="np", do_denormalize=[True] * len(latents))
    return torch.from_numpy((images * 255).round().astype("uint8")), latents


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    tensors, cases = {}, []
    for name, changes in CASES.items():
        case = {"name": name, **DEFAULTS, **changes}
        pipeline = load({"sd1": SD1, "sd2": SD2}[case["model"]])
        pipeline.set_progress_bar_config(disable=True)
        tensors[f"{name}.images"], tensors[f"{name}.latents"] = call(pipeline, case)
        cases.append(case)
    save_tensors(GOLDEN / "pipelines.safetensors", tensors)
    save_json(GOLDEN / "pipelines.json", cases)


if __name__ == "__main__":
    main()
