"""Writes ../resources/fixtures/schedulers: whole runs of diffusers' schedulers.

Made with diffusers 0.42.1, torch 2.7.1, numpy 2.4.6, scipy, safetensors:

    python udf/src/test/python/scheduler_fixtures.py

cases.json holds one entry a run: the class, the configuration it is made from (which may be
another class's), eta, the number of steps, timesteps or sigmas of its own if it has any,
init_noise_sigma and the timesteps. trajectories.safetensors
holds, under the run's name, the first row's latents after each step, (steps, 1, 4, 4, 4) float32, and the noise
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
DRAWS = 40
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
# Those that predict noise or velocity only, and those whose Karras sigmas are among the cases of their own.
NOISE_OR_VELOCITY = (
    "PNDMScheduler",
    "EulerAncestralDiscreteScheduler",
    "KDPM2DiscreteScheduler",
    "KDPM2AncestralDiscreteScheduler",
    "DPMSolverSDEScheduler",
)
SPACED_ALREADY = ("EulerDiscreteScheduler", "LMSDiscreteScheduler", "DPMSolverMultistepScheduler")
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
        "DDPMScheduler",
        "HeunDiscreteScheduler",
        "UniPCMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "DEISMultistepScheduler",
        "KDPM2DiscreteScheduler",
        "KDPM2AncestralDiscreteScheduler",
        "DPMSolverSDEScheduler",
        "LCMScheduler",
        "TCDScheduler",
    ]
    for name in everyone:
        yield name, "defaults", {}, 6, 0
        yield name, "sd15", SD15, 7, 0
        yield name, "sd15", SD15, 20, 0
        yield name, "sd21", SD21, 8, 0
        yield name, "cosine", {"beta_schedule": "squaredcos_cap_v2", **clipped(name)}, 6, 0
        yield name, "trained_betas", {**TRAINED_BETAS, **distilled(name)}, 5, 0
        yield name, "linspace", {**SD, "timestep_spacing": "linspace"}, 7, 0
        yield name, "trailing", {**SD, "timestep_spacing": "trailing"}, 7, 0
        yield name, "one_step", {**SD15, "timestep_spacing": "trailing"}, 1, 0
        if name not in NOISE_OR_VELOCITY:
            yield name, "sample", {**SD, "clip_sample": False, "prediction_type": "sample"}, 6, 0
        if name not in ("PNDMScheduler", "LMSDiscreteScheduler"):
            yield name, "zero_snr", {**SD, **ZERO_SNR, "clip_sample": False}, 6, 0
    yield from pndm_cases()
    yield from ddim_cases()
    yield from sigma_cases()
    yield from dpm_cases()
    yield from spacing_cases()
    yield from thresholding_cases()
    yield from ddpm_cases()
    yield from heun_cases()
    yield from unipc_cases()
    yield from singlestep_cases()
    yield from deis_cases()
    yield from edm_cases()
    yield from distilled_cases()


def clipped(name):
    """The cosine schedule's sigmas are too high for some solvers unless the first are left out."""
    if name in ("UniPCMultistepScheduler", "DEISMultistepScheduler", "KDPM2AncestralDiscreteScheduler"):
        return {"use_karras_sigmas": True, "sigma_max": 80.0}
    return {"lambda_min_clipped": -5.1} if name.startswith("DPM") else {}


def distilled(name):
    """The steps that a distilled model was trained for must be trained timesteps."""
    return {"original_inference_steps": 20} if name in ("LCMScheduler", "TCDScheduler") else {}


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


def spacing_cases():
    for name in (
        "EulerDiscreteScheduler",
        "LMSDiscreteScheduler",
        "DPMSolverMultistepScheduler",
        "HeunDiscreteScheduler",
        "UniPCMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "DEISMultistepScheduler",
        "KDPM2DiscreteScheduler",
        "KDPM2AncestralDiscreteScheduler",
        "DPMSolverSDEScheduler",
    ):
        ends = {"sigma_min": 0.1, "sigma_max": 10.0}
        for spacing in ("exponential", "beta"):
            config = {**SD, f"use_{spacing}_sigmas": True}
            yield name, spacing, config, 8, 0
            yield name, f"{spacing}_range", {**config, **ends}, 6, 0
        if name not in SPACED_ALREADY:
            yield name, "karras", {**SD, "use_karras_sigmas": True}, 8, 0
            yield name, "karras_range", {**SD, "use_karras_sigmas": True, **ends}, 6, 0


def thresholding_cases():
    dynamic = {**SD, "clip_sample": True, "thresholding": True, "dynamic_thresholding_ratio": 0.8}
    for name in (
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "DDPMScheduler",
        "UniPCMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "DEISMultistepScheduler",
        "LCMScheduler",
    ):
        yield name, "thresholding", {**dynamic, "sample_max_value": 1.5}, 6, 0
    noise = {**dynamic, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}
    yield "DPMSolverMultistepScheduler", "thresholding_noise", noise, 6, 0


def ddpm_cases():
    name = "DDPMScheduler"
    yield name, "clip", {**SD, "clip_sample": True, "clip_sample_range": 0.7}, 6, 0
    for variance in ("fixed_small_log", "fixed_large"):
        yield name, variance, {**SD15, "variance_type": variance}, 6, 0


def heun_cases():
    yield "HeunDiscreteScheduler", "clip", {**SD, "clip_sample": True, "clip_sample_range": 0.7}, 6, 0


def unipc_cases():
    name = "UniPCMultistepScheduler"
    sigma_min = {**SD15, "final_sigmas_type": "sigma_min"}
    for solver in ("bh1", "bh2"):
        for order in (1, 2, 3):
            for original in (True, False):
                about = f"{solver}_{order}_{'original' if original else 'noise'}"
                config = {**sigma_min, "solver_type": solver, "solver_order": order, "predict_x0": original}
                yield name, about, config, 7, 0
    yield name, "not_lower_order_final", {**sigma_min, "solver_order": 3, "lower_order_final": False}, 7, 0
    yield name, "disable_corrector", {**SD15, "disable_corrector": [0, 2]}, 6, 0
    yield name, "of_dpm", {**SD15, "solver_type": "heun", "algorithm_type": "dpmsolver++"}, 6, 0
    yield name, "noise_v_prediction", {**sigma_min, "predict_x0": False, "prediction_type": "v_prediction"}, 6, 0
    yield name, "karras_sigma_min", {**sigma_min, "use_karras_sigmas": True}, 6, 0


def singlestep_cases():
    name = "DPMSolverSinglestepScheduler"
    for algorithm in ("dpmsolver++", "dpmsolver", "sde-dpmsolver++"):
        for solver in ("midpoint", "heun"):
            for order in (2, 3):
                config = {**SD15, "algorithm_type": algorithm, "solver_type": solver, "solver_order": order}
                yield name, f"{algorithm}_{solver}_{order}", {**config, "final_sigmas_type": "sigma_min"}, 6, 0
    for steps in (2, 7, 8, 9):
        yield name, "third_zero", {**SD15, "solver_order": 3}, steps, 0
    yield name, "third_sigma_min", {**SD15, "solver_order": 3, "final_sigmas_type": "sigma_min"}, 8, 0
    yield name, "first_order", {**SD15, "solver_order": 1}, 5, 0
    yield name, "lower_order_final", {**SD15, "lower_order_final": True, "final_sigmas_type": "sigma_min"}, 6, 0
    yield name, "clipped", {**SD15, "lambda_min_clipped": -2.0}, 6, 0
    yield name, "of_unipc", {**SD15, "_class_name": "UniPCMultistepScheduler", "solver_type": "bh2"}, 6, 0


def deis_cases():
    name = "DEISMultistepScheduler"
    for order in (1, 2, 3):
        yield name, f"order_{order}", {**SD15, "solver_order": order}, 7, 0
        yield name, f"order_{order}", {**SD15, "solver_order": order}, 16, 0
    yield name, "not_lower_order_final", {**SD15, "solver_order": 3, "lower_order_final": False}, 6, 0
    yield name, "karras_long", {**SD15, "use_karras_sigmas": True}, 16, 0
    yield name, "of_dpm", {**SD15, "solver_type": "heun", "algorithm_type": "dpmsolver++"}, 6, 0


def edm_cases():
    name = "EDMEulerScheduler"
    yield name, "defaults", {}, 6, 0
    yield name, "sd15", SD15, 7, 0
    yield name, "sd21", SD21, 8, 0
    yield name, "exponential", {"sigma_schedule": "exponential"}, 6, 0
    yield name, "exponential_one_step", {"sigma_schedule": "exponential"}, 1, 0
    yield name, "options", {"sigma_min": 0.1, "sigma_max": 10.0, "sigma_data": 0.8, "rho": 5.0}, 6, 0
    yield name, "final_sigma_min", {"final_sigmas_type": "sigma_min"}, 6, 0


def distilled_cases():
    for name in ("LCMScheduler", "TCDScheduler"):
        yield name, "four_steps", SD15, 4, 0
        yield name, "original_steps", {**SD15, "original_inference_steps": 100}, 9, 0
    yield "LCMScheduler", "clip", {**SD15, "clip_sample": True, "clip_sample_range": 0.7}, 4, 0
    yield "LCMScheduler", "timestep_scaling", {**SD15, "timestep_scaling": 0.001}, 4, 0
    yield "TCDScheduler", "eta", SD15, 4, 0.3
    yield "TCDScheduler", "eta", SD21, 5, 1.0
    yield "TCDScheduler", "eta_sample", {**SD, "prediction_type": "sample"}, 4, 0.5


def custom_cases():
    """Yields (class, what the case is about, configuration, eta, set_timesteps' own timesteps or sigmas)."""
    some = {"timesteps": [999, 736, 455, 124, 24]}
    for name in (
        "DDPMScheduler",
        "DPMSolverMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "EulerDiscreteScheduler",
        "HeunDiscreteScheduler",
        "LCMScheduler",
        "TCDScheduler",
    ):
        yield name, "timesteps", SD15, 0.3, some
        yield name, "one_timestep", SD15, 0, {"timesteps": [879]}
    yield "DDPMScheduler", "timesteps_to_zero", SD21, 0, {"timesteps": [900, 301, 0]}
    stochastic = {**SD15, "algorithm_type": "sde-dpmsolver++", "final_sigmas_type": "sigma_min"}
    yield "DPMSolverMultistepScheduler", "timesteps_sde", {**stochastic, "lambda_min_clipped": -2.0}, 0, some
    yield "DPMSolverSinglestepScheduler", "timesteps_third", {**SD15, "solver_order": 3}, 0, some
    yield "EulerDiscreteScheduler", "timesteps_leading", {**SD, "timestep_spacing": "leading"}, 0, some
    yield "EulerDiscreteScheduler", "timesteps_log_linear", {**SD, "interpolation_type": "log_linear"}, 0, some
    yield "HeunDiscreteScheduler", "timesteps_leading", {**SD21, "timestep_spacing": "leading"}, 0, some
    sigmas = {"sigmas": [14.615, 3.861, 1.396, 0.652, 0.029]}
    yield "EulerDiscreteScheduler", "sigmas", SD15, 0, sigmas
    yield "EulerDiscreteScheduler", "sigmas_karras", {**SD15, "use_karras_sigmas": True}, 0, sigmas
    yield "EulerDiscreteScheduler", "sigmas_leading", {**SD21, "timestep_spacing": "leading"}, 0, {"sigmas": [9.0, 0.5, 0.0]}
    yield "EDMEulerScheduler", "sigmas", {}, 0, {"sigmas": [0.0, 0.25, 0.7, 0.9]}
    yield "EDMEulerScheduler", "sigmas_exponential", {"sigma_schedule": "exponential"}, 0, {"sigmas": [0.0, 0.1, 0.2]}


def make_scheduler(name, config):
    """By way of the class that the configuration names, as a folder of that class would be."""
    owner = getattr(diffusers, config.get("_class_name", name)).from_config(config)
    return getattr(diffusers, name).from_config(owner.config)


def generators():
    return [torch.Generator("cpu").manual_seed(row) for row in range(ROWS)]


def draw(rows):
    return torch.cat([torch.randn((1, *SHAPE), generator=generator) for generator in rows])


class BrownianMotion:
    """The noise of DPMSolverSDEScheduler from the rows' generators in place of torchsde's tree: one draw to the middle
    of a step, one from there to its end, joined for the whole step. Time is sigma."""

    def __init__(self, draw):
        self.draw = draw
        self.first = None

    def __call__(self, start, end):
        if self.first is None:
            self.middle, self.first = end, self.draw()
            return self.first
        first, second = (start - self.middle).sqrt(), (self.middle - end).sqrt()
        joined = (first * self.first + second * self.draw()) / (start - end).sqrt()
        self.first = None
        return joined


def set_timesteps(scheduler, steps, own):
    """EDMEulerScheduler takes its sigmas as a tensor only."""
    if isinstance(scheduler, diffusers.EDMEulerScheduler):
        own = {key: torch.tensor(values) for key, values in own.items()}
    scheduler.set_timesteps(**own) if own else scheduler.set_timesteps(steps)


def run(scheduler, steps, eta, bias, own):
    rows = generators()
    set_timesteps(scheduler, steps, own)
    sample = draw(rows) * scheduler.init_noise_sigma
    if isinstance(scheduler, diffusers.DPMSolverSDEScheduler):
        scheduler.noise_sampler = BrownianMotion(lambda: draw(rows))
    extra = {}
    if isinstance(scheduler, (diffusers.DDIMScheduler, diffusers.TCDScheduler)):
        extra["eta"] = eta
    if "generator" in scheduler.step.__code__.co_varnames:
        extra["generator"] = rows
    trajectory = []
    for t in scheduler.timesteps:
        model_input = scheduler.scale_model_input(sample, t)
        output = 0.3 * model_input + 0.2 * math.sin(t / 150) + bias
        sample = scheduler.step(output, t, sample, **extra).prev_sample
        trajectory.append(sample[:1])
    return torch.stack(trajectory)


def main():
    warnings.filterwarnings("ignore")
    diffusers.logging.set_verbosity_error()
    shared = generators()
    bias = torch.randn((1, *SHAPE), generator=torch.Generator("cpu").manual_seed(ROWS))
    tensors = {"noise": torch.stack([draw(shared) for _ in range(DRAWS)]), "bias": bias}
    runs = []
    spaced = [(*case, {}) for case in cases()]
    custom = [(*case[:3], len(*case[4].values()), *case[3:]) for case in custom_cases()]
    for name, about, config, steps, eta, own in spaced + custom:
        scheduler = make_scheduler(name, config)
        trajectory = run(scheduler, steps, eta, bias, own)
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
                **{f"own_{key}": values for key, values in own.items()},
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
