"""A tiny safety checker, what diffusers' own class finds with it in pictures, and pictures that its pipeline makes black.

Images are prepared by transformers' ``CLIPImageProcessorPil``, which resamples with Pillow's bicubic filter, as the
processors of transformers 4 do. Thresholds are chosen from the cosines, so that each rule decides about one picture:

| picture | rule |
|---|---|
| wide | a concept is above its threshold: flagged |
| tall | a concept is 0.005 below its threshold, but special care lowers all thresholds by 0.01: flagged |
| square | special care alone flags nothing |
| small | a concept is 0.0003 above its threshold, which is rounded to 0: not flagged |
| first | the first image that the pipeline makes is flagged, the second one is not |

Nothing hangs on the last bits: no other concept comes nearer than 0.02 to its threshold.
"""

import itertools
import shutil

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker, cosine_distance
from transformers import CLIPConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from component_fixtures import load
from folders import FIXTURES, SD1, save_json, save_tensors

OUT = FIXTURES / "safety"
DETECTORS = FIXTURES / "detectors"
PICTURES = ["wide", "square", "tall", "small"]
PROMPT, SEEDS, STEPS, SIZE, GUIDANCE_SCALE = "a cat playing with a ball", [1, 2], 2, 64, 7.5
NEVER = 2.0  # a threshold that no cosine reaches
FAR = 0.02


def vision_sizes():
    return {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "image_size": 32, "patch_size": 8}


def random_checker(seed):
    torch.manual_seed(seed)
    checker = StableDiffusionSafetyChecker(CLIPConfig(vision_config=vision_sizes(), projection_dim=20)).eval()
    for name, parameter in checker.named_parameters():
        norm = "norm" in name or "layrnorm" in name
        torch.nn.init.normal_(parameter, std=0.25, mean=1.0 if norm and name.endswith("weight") else 0.0)
        parameter.data = parameter.data.half().float()
    checker.concept_embeds_weights.data.fill_(NEVER)
    checker.special_care_embeds_weights.data.fill_(NEVER)
    return checker


def cosines(checker, pixels):
    """The cosines of each picture with the special and the usual concepts."""
    with torch.no_grad():
        embeds = checker.visual_projection(checker.vision_model(pixels)[1])
        return (cosine_distance(embeds, checker.special_care_embeds), cosine_distance(embeds, checker.concept_embeds))


def lead(column, place):
    """How far a picture is ahead of all others in a concept."""
    others = torch.cat([column[:place], column[place + 1:]])
    return (column[place] - others.max()).item()


def choose_thresholds(checker, names, special, usual):
    """Sets the thresholds, or returns False if the cosines leave no room."""
    free = set(range(usual.shape[1]))
    rules = {"wide": -0.03, "tall": 0.005, "small": -0.0003, "first": -0.03}  # of the threshold above the cosine
    for name, above in rules.items():
        place = names.index(name)
        concept = max(free, key=lambda k: lead(usual[:, k], place))
        free.remove(concept)
        if lead(usual[:, concept], place) < 0.03 + FAR + 0.01:
            return False
        checker.concept_embeds_weights.data[concept] = usual[place, concept] + above
    for concept in range(special.shape[1]):
        column = special[:, concept]
        first, second, third = column.sort(descending=True).indices[:3].tolist()
        if {names[first], names[second]} == {"tall", "square"} and column[second] - column[third] > 2 * FAR + 0.01:
            checker.special_care_embeds_weights.data[concept] = column[second] - FAR
            return True
    return False


def find_checker(images):
    processor = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    pixels = torch.cat([processor(image, return_tensors="pt").pixel_values for image in images.values()])
    for seed in itertools.count():
        checker = random_checker(seed)
        special, usual = cosines(checker, pixels)
        if choose_thresholds(checker, list(images), special, usual):
            print("seed", seed)
            return checker, processor, pixels, special, usual


def make(pipeline):
    pipeline.set_progress_bar_config(disable=True)
    with torch.no_grad():
        return pipeline([PROMPT] * len(SEEDS), height=SIZE, width=SIZE, num_inference_steps=STEPS,
                        guidance_scale=GUIDANCE_SCALE, output_type="np",
                        generator=[torch.Generator("cpu").manual_seed(seed) for seed in SEEDS])


def to_bytes(image):
    return (image * 255).round().astype("uint8")


def rename_as_transformers_4(file):
    """Writes the names that files have which people download: vision_model twice, and a buffer."""
    tensors = {name.replace("vision_model.", "vision_model.vision_model.", 1): tensor
               for name, tensor in load_file(file).items()}
    tensors["vision_model.vision_model.embeddings.position_ids"] = torch.arange(17)[None]
    save_file(tensors, file, metadata={"format": "pt"})


def main():
    torch.set_num_threads(1)
    plain = [to_bytes(image) for image in make(load(SD1)).images]
    images = {name: Image.open(DETECTORS / f"{name}.png").convert("RGB") for name in PICTURES}
    images |= {"first": Image.fromarray(plain[0]), "second": Image.fromarray(plain[1])}
    checker, processor, pixels, special, usual = find_checker(images)
    with torch.no_grad():
        _, flagged = checker(clip_input=pixels, images=torch.ones(len(images), 3, 2, 2))
    flags = dict(zip(images, flagged))
    if flags != {"wide": True, "square": False, "tall": True, "small": False, "first": True, "second": False}:
        raise SystemExit(f"not what the rules say: {flags}")

    pipeline = load(SD1)
    pipeline.register_modules(safety_checker=checker, feature_extractor=processor)
    output = make(pipeline)
    if output.nsfw_content_detected != [True, False] or output.images[0].any():
        raise SystemExit("the pipeline does not make the first image black")

    shutil.rmtree(OUT, ignore_errors=True)
    checker.save_pretrained(OUT / "safety_checker")
    rename_as_transformers_4(OUT / "safety_checker/model.safetensors")
    processor.save_pretrained(OUT / "feature_extractor")
    tensors = {"special_cosines": special, "cosines": usual, "pixels": pixels[:len(PICTURES)],
               "first_unchecked": torch.from_numpy(plain[0])}
    for name, image in zip(("first", "second"), output.images):
        tensors[name] = torch.from_numpy(to_bytes(image))
    save_tensors(OUT / "safety.safetensors", tensors)
    save_json(OUT / "safety.json", {"pictures": PICTURES, "nsfw": flags, "prompt": PROMPT, "seeds": SEEDS,
                                    "steps": STEPS, "size": SIZE, "guidance_scale": GUIDANCE_SCALE})


if __name__ == "__main__":
    main()
