"""Small pictures of diffusers' StableDiffusionPipeline: every scheduler with the options of a call, and with those of its
configuration. `golden/options.json` has a case a line, with what differs from the defaults of `pipeline_fixtures.py`.
`options.safetensors` has the pictures of each size in that order, (N, H, W, 3), and their latents, (N, 4, h, w).
"""

import json

import torch

from component_fixtures import load
from folders import GOLDEN, SD1, save_tensors
from pipeline_fixtures import DEFAULTS, call

EVERYONE = ["DDIM", "DDPM", "DEISMultistep", "DPMSolverMultistep", "DPMSolverSDE", "DPMSolverSinglestep", "EDMEuler",
            "EulerAncestralDiscrete", "EulerDiscrete", "HeunDiscrete", "KDPM2AncestralDiscrete", "KDPM2Discrete", "LCM",
            "LMSDiscrete", "PNDM", "TCD", "UniPCMultistep"]
TAKE_TIMESTEPS = ["DDPM", "DPMSolverMultistep", "DPMSolverSinglestep", "EulerDiscrete", "HeunDiscrete", "LCM", "TCD"]
SPACED = ["DEISMultistep", "DPMSolverMultistep", "DPMSolverSDE", "DPMSolverSinglestep", "EulerDiscrete", "HeunDiscrete",
          "KDPM2AncestralDiscrete", "KDPM2Discrete", "LMSDiscrete", "UniPCMultistep"]
ZERO_SNR = ["DDIM", "DDPM", "DPMSolverMultistep", "EulerAncestralDiscrete", "EulerDiscrete", "LCM", "TCD", "UniPCMultistep"]
THRESHOLDED = ["DDIM", "DDPM", "DEISMultistep", "DPMSolverMultistep", "DPMSolverSinglestep", "LCM", "UniPCMultistep"]
FINAL_SIGMA = ["DPMSolverMultistep", "DPMSolverSinglestep", "EDMEuler", "EulerDiscrete", "UniPCMultistep"]

# What is changed in scheduler_config.json, and the schedulers that read it.
CONFIGURATIONS = {
    "karras": ({"use_karras_sigmas": True}, SPACED),
    "exponential": ({"use_exponential_sigmas": True}, SPACED),
    "beta": ({"use_beta_sigmas": True}, SPACED),
    "zero_snr": ({"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}, ZERO_SNR),
    "thresholding": ({"thresholding": True, "dynamic_thresholding_ratio": 0.8, "sample_max_value": 1.5}, THRESHOLDED),
    "final_sigma_min": ({"final_sigmas_type": "sigma_min"}, FINAL_SIGMA),
}
OPTIONS = {"guidance_rescale": 0.7, "clip_skip": 1, "cutoff_step_ratio": 0.2, "negative_prompts": ["blurry"], "eta": 0.3,
           "height": 24, "width": 24}


def cases():
    """Yields a case and the changes of its configuration."""
    small = {"steps": 3, "height": 16, "width": 16}
    for name in EVERYONE:
        own = {"timesteps": [999, 500, 100]} if name in TAKE_TIMESTEPS else {}
        yield {"name": f"options {name}", "scheduler": f"{name}Scheduler", "steps": 3, **OPTIONS, **own}, {}
    for configuration, (changes, names) in CONFIGURATIONS.items():
        for name in names:
            yield {"name": f"{configuration} {name}", "scheduler": f"{name}Scheduler", **small}, changes


def change(config, changes):
    """A configuration as it is read from a changed file: what the file gives is no default any more."""
    defaults = [key for key in config["_use_default_values"] if key not in changes]
    return {**config, **changes, "_use_default_values": defaults}


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    pipeline = load(SD1)
    pipeline.set_progress_bar_config(disable=True)
    own = pipeline.scheduler
    tensors, lines = {}, []
    for case, changes in cases():
        pipeline.scheduler = own.from_config(change(own.config, changes))
        image, latents = call(pipeline, {**DEFAULTS, **case})
        assert latents.isfinite().all(), case["name"]
        size = case["height"]
        tensors.setdefault(f"images.{size}", []).append(image)
        tensors.setdefault(f"latents.{size}", []).append(latents)
        lines.append(json.dumps({**case, "configuration": changes}))
    save_tensors(GOLDEN / "options.safetensors", {name: torch.cat(rows) for name, rows in tensors.items()})
    text = ",\n".join(lines)
    (GOLDEN / "options.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
