"""Guided rows by layout_guidance_reference: losses, latents, images, maps and scores."""

import math
from dataclasses import asdict, replace

import diffusers
import textual_inversion_fixtures
import torch

from component_fixtures import load
from deep_cache_fixtures import DeepCache
from folders import FIXTURES, GOLDEN, SD1, SD2, save_json, save_tensors
from ip_adapter_fixtures import ReferenceImage
from layout_guidance_reference import (
    PAPER, PRESETS, Object, Row, generate, guided_layers, held_out_layers, object_mask)
from lora_fixtures import merge

ROWS = [
    Row("one_object", "a red circle on a white background", [Object([2, 3], [(0.5, 0.45, 1.0, 1.0)])], 2),
    Row("two_objects", "a cat playing with a ball",
        [Object([2], [(0.1, 0.2, 0.5, 0.8)]), Object([6], [(0.55, 0.4, 0.95, 0.8)])], 2, "blurry, ugly"),
    Row("three_objects", "two zebras and an old clock on the table",
        [Object([2], [(0.05, 0.1, 0.3, 0.5), (0.6, 0.0, 0.95, 0.4)]),  # two boxes: only the paper takes them
         Object([5, 6], [(0.3, 0.5, 0.7, 0.9)]),
         Object([9], [(0.55, 0.6, 0.95, 0.66), (0.02, 0.9, 0.08, 0.97)])], 2),  # a flat box and a small one
    Row("finishes_early", "a photo of a dog", [Object([5], [(0.0, 0.0, 0.85, 1.0)])], 3),
    Row("no_object", "a blue star", [], 4),
]
LEARNED_ROW = Row("learned_token", "a <style> cat with a ball",  # <style> has four vectors
                  [Object([6], [(0.1, 0.2, 0.5, 0.8)]), Object([9], [(0.55, 0.4, 0.95, 0.8)])], 2)
BY_ID = {row.id: row for row in [*ROWS, LEARNED_ROW]}
DEFAULTS = {"model": "sd1", "preset": "paper", "steps": 6, "guidance_scale": 7.5, "height": 192, "width": 192,
            "loras": []}
CASES = [
    {"name": "paper_euler", "scheduler": "EulerDiscreteScheduler", "rows": [row.id for row in ROWS]},
    {"name": "tflcg_euler", "scheduler": "EulerDiscreteScheduler", "preset": "tflcg",
     "rows": ["one_object", "two_objects", "finishes_early"]},
    {"name": "paper_euler_lora", "scheduler": "EulerDiscreteScheduler", "loras": [["peft.safetensors", 0.5]],
     "rows": ["one_object", "two_objects"]},
    {"name": "none_euler", "scheduler": "EulerDiscreteScheduler", "preset": "none", "rows": ["two_objects"]},
    {"name": "paper_pndm", "scheduler": "PNDMScheduler",
     "rows": ["two_objects", "three_objects"]},
    {"name": "paper_ddim", "scheduler": "DDIMScheduler", "height": 192, "width": 256, "rows": ["two_objects"]},
    {"name": "paper_lms", "scheduler": "LMSDiscreteScheduler", "guidance_scale": 1.0,
     "rows": ["two_objects", "three_objects"]},
    {"name": "paper_dpm_solver", "scheduler": "DPMSolverMultistepScheduler", "height": 256, "width": 256,
     "rows": ["one_object"]},
    {"name": "paper_heun", "scheduler": "HeunDiscreteScheduler", "rows": ["two_objects"]},
    {"name": "paper_unipc", "scheduler": "UniPCMultistepScheduler", "rows": ["two_objects"]},
    {"name": "sd2_paper_ddim", "model": "sd2", "scheduler": "DDIMScheduler",
     "rows": ["one_object", "three_objects"]},
]
IMAGE_CASES = [
    {"name": "paper_euler_image", "scheduler": "EulerDiscreteScheduler", "image": ["plain", "wide", 0.3],
     "rows": ["two_objects"]},
]
LEARNED_CASES = [
    {"name": "paper_euler_textual_inversion", "scheduler": "EulerDiscreteScheduler",
     "textual_inversions": [["style.safetensors", None]], "rows": ["learned_token"]},
]
DEEP_CACHE_CASES = [
    {"name": "euler", "scheduler": "EulerDiscreteScheduler", "max_guidance_steps": 2, "cache_interval": 3, "steps": 8,
     "height": 64, "width": 64, "rows": ["one_object"]},
    {"name": "heun_lora", "scheduler": "HeunDiscreteScheduler", "max_guidance_steps": 2, "cache_interval": 3,
     "loras": [["peft.safetensors", 0.5]], "height": 64, "width": 64, "rows": ["one_object"]},
    {"name": "ddim_image", "scheduler": "DDIMScheduler", "max_guidance_steps": 2, "cache_interval": 2,
     "image": ["plain", "wide", 0.15], "height": 64, "width": 64, "rows": ["one_object"]},
]
GUIDED_LATENTS = 1  # of each row, from the first guided step on: later ones follow from them
MARGIN = 1e-4  # no decision may hang on less than this


def run(case, row, dtype):
    """The reference in a given precision; the noise is drawn in float32 whatever it is."""
    pipeline = load({"sd1": SD1, "sd2": SD2}[case["model"]])
    merge(pipeline, case["loras"])
    textual_inversion_fixtures.add(pipeline, case.get("textual_inversions", []))
    for module in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        module.to(dtype)
    pipeline.scheduler = getattr(diffusers, case["scheduler"]).from_config(pipeline.scheduler.config)
    image = ReferenceImage(pipeline.unet, *case["image"], dtype) if "image" in case else None
    preset = PRESETS[case["preset"]]
    preset = replace(preset, max_guidance_steps=case.get("max_guidance_steps", preset.max_guidance_steps))
    deep_cache = DeepCache(pipeline, case["cache_interval"]) if "cache_interval" in case else None
    return generate(pipeline, row, preset, case["steps"], case["height"], case["width"], case["guidance_scale"], image,
                    deep_cache)


def check_stable(case, row, result):
    """A result that depends on rounding cannot be held against another program."""
    exact = run(case, row, torch.float64)
    where = f"{case['name']}.{row.id}"
    torch.testing.assert_close(result.latents.double(), exact.latents, rtol=0,
                               atol=2e-5 * exact.latents.abs().max().item(), msg=lambda m: f"{where}: {m}")
    assert (result.image.int() - exact.image.int()).abs().max() <= 1, where
    assert [len(losses) for losses in result.losses] == [len(losses) for losses in exact.losses], where
    threshold = PRESETS[case["preset"]].loss_threshold
    assert all(abs(loss - threshold) > MARGIN for losses in result.losses for loss in losses), where
    for of_token, cells in scored_maps(result, row):
        if of_token.numel() == 1:
            continue
        strongest = of_token.flatten().sort(descending=True).values
        gaps = (strongest[:-1] - strongest[1:])[[0, min(cells, strongest.numel() - 1) - 1]]
        assert gaps.min() > 1e-5 * strongest[0], f"{where}: nearly equal cells"
    for group, scores in result.scores.items():
        for ours, theirs in zip(scores["objects"], exact.scores[group]["objects"]):
            assert all(math.isclose(ours[name], theirs[name], abs_tol=1e-5) for name in ours), f"{where}: {group}"


def scored_maps(result, row):
    """Every map (h, w) that is scored, with the number of cells its object covers."""
    layers = guided_layers(result.maps) + held_out_layers(result.maps) if row.objects else []
    for layer in layers:
        for obj in row.objects:
            for token in obj.tokens:
                of_token = result.maps[layer][..., token]
                yield of_token, int(object_mask(obj, *of_token.shape, PAPER).sum())


def tensors_of(result, row):
    tensors = {"latents": result.latents, "image": result.image}
    for step, latents in result.guided_latents[:GUIDED_LATENTS]:
        tensors[f"guided.{step}"] = latents
    if row.objects:
        for layer in guided_layers(result.maps) + held_out_layers(result.maps):
            for i, obj in enumerate(row.objects):
                tensors[f"map.{i}.{layer}"] = result.maps[layer][..., obj.tokens].mean(-1)
    return tensors


def numbers_of(result):
    flat = [loss for losses in result.losses for loss in losses]
    return {"losses": result.losses, "loss_first": flat[0] if flat else None, "loss_last": flat[-1] if flat else None,
            "guidance_iterations": len(flat), "scores": result.scores}


def write(some_cases, file, rows=ROWS, only_latents=False):
    tensors, cases = {}, []
    for case in ({**DEFAULTS, **case} for case in some_cases):
        case["results"] = {}
        for row in (BY_ID[id] for id in case["rows"]):
            result = run(case, row, torch.float32)
            check_stable(case, row, result)
            case["results"][row.id] = numbers_of(result)
            for name, tensor in tensors_of(result, row).items():
                if name == "latents" or not only_latents:
                    tensors[f"{case['name']}.{row.id}.{name}"] = tensor
            print(case["name"], row.id, [[round(loss, 3) for loss in losses] for losses in result.losses])
        cases.append(case)
    save_tensors(file.with_suffix(".safetensors"), tensors)
    save_json(file.with_suffix(".json"), {"rows": [asdict(row) for row in rows], "cases": cases})


def main():
    torch.set_num_threads(1)
    write(CASES, GOLDEN / "guided")
    write(IMAGE_CASES, FIXTURES / "ip-adapter/guided")
    write(LEARNED_CASES, FIXTURES / "textual_inversions/guided", [LEARNED_ROW])
    write(DEEP_CACHE_CASES, FIXTURES / "deep-cache/guided", [BY_ID["one_object"]], only_latents=True)


if __name__ == "__main__":
    main()
