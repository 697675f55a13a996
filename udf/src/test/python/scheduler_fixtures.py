"""Writes ../resources/fixtures/schedulers: whole runs of diffusers' schedulers.

Made with diffusers 0.42.1, torch 2.7.1, numpy 2.4.6, scipy, safetensors:

    python udf/src/test/python/scheduler_fixtures.py

cases.json holds one entry a run: the class, the configuration it is made from (which may be
another class's), eta, the number of steps, init_noise_sigma and the timesteps. trajectories.safetensors
holds, under the run's name, the latents after each step, (steps, 2, 4, 4, 4) float32, and the noise
that all runs share: "noise", (draws, 2, 4, 4, 4), row r drawn from a generator seeded with r, the
first draw being the initial noise; "bias", (1, 4, 4, 4), of the model that stands in for a UNet:

    model(x, t) = 0.3 x + 0.2 sin(t / 150) + bias
"""

import json
import math
import pathlib
import warnings

import diffusers
import torch
from safetensors.torch import save_file

SHAPE = (4, 4, 4)
ROWS = 2
DRAWS = 26
FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "fixtures" / "schedulers"

SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
# scheduler_config.json of Stable Diffusion 1.5 and of 2.1.
SD15 = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    **SD,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
    "clip_sample": False,
}
SD21 = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.8.0",
    **SD,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}
ZERO_SNR = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}
TRAINED_BETAS = {"num_train_timesteps": 40, "trained_betas": [0.001 + 0.002 * i for i in range(40)]}


def cases():
    """Yields (class, what the configuration is about, configuration, steps, eta)."""
    everyone = [
        "PNDMScheduler",
        "DDIMScheduler",
        "EulerDiscreteScheduler",
        "EulerAncestralDiscreteScheduler",
        "LMSDiscreteScheduler",
        "DPMSolverMultistepScheduler",
    ]
    for name in everyone:
        yield name, "defaults", {}, 6, 0
        yield name, "sd15", SD15, 7, 0
        yield name, "sd15", SD15, 20, 0
        yield name, "sd21", SD21, 8, 0
        yield name, "cosine", {"beta_schedule": "squaredcos_cap_v2", **clipped(name)}, 6, 0
        yield name, "trained_betas", TRAINED_BETAS, 5, 0
        yield name, "linspace", {**SD, "timestep_spacing": "linspace"}, 7, 0
        yield name, "trailing", {**SD, "timestep_spacing": "trailing"}, 7, 0
        yield name, "one_step", {**SD15, "timestep_spacing": "trailing"}, 1, 0
        if name not in ("PNDMScheduler", "EulerAncestralDiscreteScheduler"):
            yield name, "sample", {**SD, "clip_sample": False, "prediction_type": "sample"}, 6, 0
        if name not in ("PNDMScheduler", "LMSDiscreteScheduler"):
            yield name, "zero_snr", {**SD, **ZERO_SNR, "clip_sample": False}, 6, 0
    yield from pndm_cases()
    yield from ddim_cases()
    yield from sigma_cases()
    yield from dpm_cases()


def clipped(name):
    """The cosine schedule's sigmas are too high for DPM-Solver unless the first are left out."""
    return {"lambda_min_clipped": -5.1} if name.startswith("DPM") else {}


def pndm_cases():
    name = "PNDMScheduler"
    yield name, "prk_v_prediction", {**SD, "prediction_type": "v_prediction"}, 6, 0
    yield name, "prk_trailing", {**SD, "timestep_spacing": "trailing"}, 4, 0
    yield name, "two_steps", SD15, 2, 0
    yield name, "alpha_to_one", {**SD15, "set_alpha_to_one": True}, 5, 0


def ddim_cases():
    name = "DDIMScheduler"
    yield name, "eta", SD15, 6, 0.5
    yield name, "eta_one", SD21, 6, 1.0
    yield name, "alpha_to_one", {**SD15, "set_alpha_to_one": True}, 5, 1.0
    yield name, "clip", {**SD, "clip_sample": True, "clip_sample_range": 0.7}, 6, 0.3


def sigma_cases():
    karras = {**SD, "use_karras_sigmas": True}
    yield "EulerDiscreteScheduler", "karras", karras, 8, 0
    yield "EulerDiscreteScheduler", "karras_leading", {**karras, "timestep_spacing": "leading"}, 8, 0
    yield "EulerDiscreteScheduler", "karras_range", {**karras, "sigma_min": 0.1, "sigma_max": 10.0}, 6, 0
    yield "EulerDiscreteScheduler", "log_linear", {**SD, "interpolation_type": "log_linear"}, 6, 0
    yield "EulerDiscreteScheduler", "final_sigma_min", {**SD, "final_sigmas_type": "sigma_min"}, 6, 0
    yield "LMSDiscreteScheduler", "karras", karras, 8, 0
    yield "LMSDiscreteScheduler", "karras_range", {**karras, "sigma_min": 0.1, "sigma_max": 10.0}, 5, 0
    yield "EulerAncestralDiscreteScheduler", "karras_ignored", karras, 5, 0


def dpm_cases():
    name = "DPMSolverMultistepScheduler"
    sigma_min = {"final_sigmas_type": "sigma_min"}
    for algorithm in ("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver"):
        for solver in ("midpoint", "heun"):
            config = {**SD15, "algorithm_type": algorithm, "solver_type": solver, **sigma_min}
            yield name, f"{algorithm}_{solver}", config, 6, 0
            yield name, f"{algorithm}_{solver}_long", config, 16, 0
    for algorithm in ("dpmsolver++", "dpmsolver"):
        config = {**SD15, "algorithm_type": algorithm, "solver_order": 3, **sigma_min}
        yield name, f"{algorithm}_third", config, 8, 0
        yield name, f"{algorithm}_third_long", config, 25, 0
        yield name, f"{algorithm}_sample", {**config, "prediction_type": "sample"}, 6, 0
        yield name, f"{algorithm}_v_prediction", {**config, "prediction_type": "v_prediction"}, 6, 0
    yield name, "first_order", {**SD15, "solver_order": 1}, 5, 0
    yield name, "third_zero", {**SD15, "solver_order": 3}, 16, 0
    yield name, "not_lower_order_final", {**SD15, "solver_order": 3, "lower_order_final": False, **sigma_min}, 6, 0
    yield name, "euler_at_final", {**SD15, "euler_at_final": True, **sigma_min}, 16, 0
    yield name, "sde_zero", {**SD15, "algorithm_type": "sde-dpmsolver++"}, 6, 0
    yield name, "karras", {**SD15, "use_karras_sigmas": True}, 10, 0
    yield name, "karras_range", {**SD15, "use_karras_sigmas": True, "sigma_min": 0.1, "sigma_max": 10.0}, 6, 0
    cosine = {"beta_schedule": "squaredcos_cap_v2", "use_karras_sigmas": True, "sigma_max": 80.0}
    yield name, "karras_cosine", cosine, 6, 0
    yield name, "clipped_trailing", {**SD15, "timestep_spacing": "trailing", "lambda_min_clipped": -2.0}, 6, 0
    yield name, "clipped_leading", {**SD15, "timestep_spacing": "leading", "lambda_min_clipped": -2.0}, 6, 0
    yield name, "clipped_infinity", {**SD15, "lambda_min_clipped": -math.inf}, 5, 0
    yield name, "of_unipc", {**SD15, "_class_name": "UniPCMultistepScheduler", "solver_type": "bh2"}, 6, 0
    yield name, "of_deis", {**SD15, "algorithm_type": "deis", "solver_type": "logrho", **sigma_min}, 6, 0


def make_scheduler(name, config):
    """By way of the class that the configuration names, as a folder of that class would be."""
    owner = getattr(diffusers, config.get("_class_name", name)).from_config(config)
    return getattr(diffusers, name).from_config(owner.config)


def generators():
    return [torch.Generator("cpu").manual_seed(row) for row in range(ROWS)]


def draw(rows):
    return torch.cat([torch.randn((1, *SHAPE), generator=generator) for generator in rows])


def run(scheduler, steps, eta, bias):
    rows = generators()
    scheduler.set_timesteps(steps)
    sample = draw(rows) * scheduler.init_noise_sigma
    extra = {}
    if isinstance(scheduler, diffusers.DDIMScheduler):
        extra["eta"] = eta
    if "generator" in scheduler.step.__code__.co_varnames:
        extra["generator"] = rows
    trajectory = []
    for t in scheduler.timesteps:
        model_input = scheduler.scale_model_input(sample, t)
        output = 0.3 * model_input + 0.2 * math.sin(t / 150) + bias
        sample = scheduler.step(output, t, sample, **extra).prev_sample
        trajectory.append(sample)
    return torch.stack(trajectory)


def main():
    warnings.filterwarnings("ignore")
    diffusers.logging.set_verbosity_error()
    shared = generators()
    bias = torch.randn((1, *SHAPE), generator=torch.Generator("cpu").manual_seed(ROWS))
    tensors = {"noise": torch.stack([draw(shared) for _ in range(DRAWS)]), "bias": bias}
    runs = []
    for name, about, config, steps, eta in cases():
        scheduler = make_scheduler(name, config)
        trajectory = run(scheduler, steps, eta, bias)
        key = f"{name} {about} {steps}"
        assert key not in tensors, key
        assert trajectory.isfinite().all(), key
        tensors[key] = trajectory
        runs.append(
            {
                "name": key,
                "scheduler": name,
                "config": config,
                "eta": eta,
                "steps": steps,
                "init_noise_sigma": float(scheduler.init_noise_sigma),
                "timesteps": scheduler.timesteps.tolist(),
            }
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(tensors, FOLDER / "trajectories.safetensors")
    lines = ",\n".join(json.dumps(entry) for entry in runs)
    (FOLDER / "cases.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
