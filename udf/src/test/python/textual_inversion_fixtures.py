"""Pictures and token ids of the Stable Diffusion 1.x folder with textual inversions.

`fixtures/textual_inversions` gets small files: one vector and four, with a token's name and, as other programs write it,
without. `golden/textual_inversions.*` has what diffusers makes of them: ids of prompts, and a picture of each case.
"""

import torch
from safetensors.torch import save_file

from component_fixtures import load
from folders import GOLDEN, SD1, save_json, save_tensors

FOLDER = GOLDEN.parent / "textual_inversions"
CASES = {
    "one_vector": {"files": [["toy.safetensors", None]], "prompt": "a <toy> playing with a ball"},
    "four_vectors": {"files": [["style.safetensors", None]], "prompt": "a cat in <style> with a ball"},
    "negative_prompt": {"files": [["style.safetensors", None]], "prompt": "a cat",
                        "negative_prompt": "a ball in <style>"},
    "two_renamed": {"files": [["toy.safetensors", "mytoy"], ["nameless.safetensors", "<other>"]],
                    "prompt": "mytoy and <other>, mytoys"},
    "not_used": {"files": [["style.safetensors", None]], "prompt": "a cat"},
}
DEFAULTS = {"negative_prompt": "", "seed": 7, "steps": 4, "height": 64, "width": 64, "guidance_scale": 7.5}
# In lower case: with transformers 5, diffusers 0.42.1 expands no other.
PROMPTS = ["<style>", "<style> cat", "a<style>b", "<style><style> <toy>", "cat <style>_1 x", "<toy>s <TOY> toy",
           "<style>, " * 20]


def save_files():
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(5)
    width = load(SD1).text_encoder.config.hidden_size
    for name, key, shape in [("toy", "<toy>", (width,)), ("style", "<style>", (4, width)),
                             ("nameless", "emb_params", (2, width))]:
        vectors = torch.randn(shape, generator=generator) * 0.5
        save_file({key: vectors.half() if name == "style" else vectors}, FOLDER / f"{name}.safetensors")


def load_with(files):
    pipeline = load(SD1)
    pipeline.set_progress_bar_config(disable=True)
    add(pipeline, files)
    return pipeline


def add(pipeline, files):
    for name, token in files:
        pipeline.load_textual_inversion(FOLDER / name, token=token)


def token_ids(pipeline, prompt):
    converted = pipeline.maybe_convert_prompt(prompt, pipeline.tokenizer)
    return pipeline.tokenizer(converted, padding="max_length", truncation=True).input_ids


@torch.no_grad()
def picture(pipeline, case):
    image = pipeline(
        prompt=case["prompt"], negative_prompt=case["negative_prompt"], height=case["height"], width=case["width"],
        num_inference_steps=case["steps"], guidance_scale=case["guidance_scale"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]), output_type="np").images[0]
    return torch.from_numpy((image * 255).round().astype("uint8"))


def main():
    torch.set_num_threads(1)
    save_files()
    tensors, cases = {}, []
    for name, changes in CASES.items():
        case = {"name": name, **DEFAULTS, **changes}
        pipeline = load_with(case["files"])
        tensors[name] = picture(pipeline, case)
        case["ids"] = token_ids(pipeline, case["prompt"])
        cases.append(case)
    files = [["toy.safetensors", None], ["style.safetensors", None]]
    pipeline = load_with(files)
    prompts = [{"prompt": prompt, "ids": token_ids(pipeline, prompt)} for prompt in PROMPTS]
    save_tensors(GOLDEN / "textual_inversions.safetensors", tensors)
    save_json(GOLDEN / "textual_inversions.json", {"cases": cases, "files": files, "prompts": prompts})


if __name__ == "__main__":
    main()
