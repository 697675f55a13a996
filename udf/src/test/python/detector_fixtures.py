"""Writes ../resources/fixtures/detectors: tiny OWL-ViT, OWLv2 and CLIP folders with random weights, pictures, and
what transformers computes and finds with them.

Image processors are those of Pillow and scipy (``*Pil``), which transformers 5 keeps beside its torchvision ones.
Weights are rounded to float16 before anything is computed, and stored so.
"""

import itertools
import json
import shutil

import numpy as np
import torch
from PIL import Image
from transformers import (CLIPConfig, CLIPModel, CLIPTokenizer, Owlv2Config, Owlv2ForObjectDetection, Owlv2Processor,
                          OwlViTConfig, OwlViTForObjectDetection, OwlViTProcessor)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.owlv2.image_processing_pil_owlv2 import Owlv2ImageProcessorPil
from transformers.models.owlvit.image_processing_pil_owlvit import OwlViTImageProcessorPil
from transformers.pipelines import ZeroShotObjectDetectionPipeline

from folders import FIXTURES, save_json, save_tensors
from tiny_tokenizer import save_tokenizer

OUT = FIXTURES / "detectors"
THRESHOLD = 0.1
MARGIN = 1e-3  # no score is so near to the threshold, and no two labels are so near to each other
SIZES = {"wide": (96, 64), "square": (64, 64), "tall": (50, 121), "small": (23, 31)}  # (width, height)
LABELS = [["a red circle", "a cat"], ["a photo of a blue square", "two dogs", "a boat"], ["a bird"], ["a cat", "a cup"]]
RESIZED = {"wide": (64, 64), "tall": (37, 80), "small": (64, 90), "square": (64, 17)}


def picture(width, height, seed):
    """Smooth waves with some hard edges: what resampling treats differently."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    channels = []
    for _ in range(3):
        a, b, c = random.uniform(0.05, 0.4, 3)
        wave = 127 + 90 * np.sin(a * x + b * y + 9 * c) + 60 * ((x // 7 + y // 11) % 3 - 1)
        channels.append(np.clip(wave, 0, 255))
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def pictures():
    return {name: picture(*size, seed) for seed, (name, size) in enumerate(SIZES.items())}


def text_sizes(vocab_size, width):
    return {"vocab_size": vocab_size, "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": 2,
            "num_attention_heads": 4, "bos_token_id": vocab_size - 2, "eos_token_id": vocab_size - 1}


def vision_sizes(width, image, patch):
    return {"hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": 2, "num_attention_heads": 4,
            "image_size": image, "patch_size": patch}


def owl_config(config_class, vocab_size, width, image, patch):
    # The class head compares with text of the text model's width, so the projection has it, too.
    return config_class(text_config=text_sizes(vocab_size, 24), vision_config=vision_sizes(width, image, patch),
                        projection_dim=24)


def random_model(model_class, config, seed):
    torch.manual_seed(seed)
    model = model_class(config).eval()
    for name, parameter in model.named_parameters():
        norm = "norm" in name or "layrnorm" in name
        torch.nn.init.normal_(parameter, std=0.25, mean=1.0 if norm and name.endswith("weight") else 0.0)
        if name.endswith("logit_shift.bias"):
            torch.nn.init.constant_(parameter, -1.5)  # so that some patches show something, not all
        if name.endswith("logit_scale.weight"):
            torch.nn.init.normal_(parameter, std=0.8)
        parameter.data = parameter.data.half().float()
    return model


def save_model(folder, model):
    model.half().save_pretrained(folder)
    model.float()


def tokenizer_files(folder, max_length):
    size = save_tokenizer(folder, "!" if max_length == 16 else "<|endoftext|>")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config | {"model_max_length": max_length}) + "\n")
    return size


def found(outputs, labels):
    return [{"label": labels[label], "score": score.item(), "box": box.tolist()}
            for score, label, box in zip(outputs["scores"], outputs["labels"], outputs["boxes"])]


def has_margins(model, processor, images):
    """Whether rounding changes no decision: a threshold, or the best of several labels."""
    for image, labels in zip(images.values(), LABELS):
        with torch.no_grad():
            logits = model(**processor(text=[labels], images=image, return_tensors="pt")).logits
        scores = torch.sigmoid(logits)
        best = scores.topk(min(2, len(labels)), -1).values
        near = (scores - THRESHOLD).abs().min() < MARGIN
        tied = len(labels) > 1 and ((best[..., 0] - best[..., 1])[best[..., 0] > THRESHOLD] < MARGIN).any()
        share = (scores > THRESHOLD).float().mean()
        if near or tied or not 0.02 < share < 0.5:
            return False
    return True


def find_model(model_class, config, processor, images):
    """The first seed with which nothing hangs on rounding."""
    for seed in itertools.count():
        model = random_model(model_class, config, seed)
        if has_margins(model, processor, images):
            return model


def detections(model, processor, images):
    """What the pipeline finds with each label alone, and the processor with all together."""
    pipeline = ZeroShotObjectDetectionPipeline(model=model, tokenizer=processor.tokenizer,
                                               image_processor=processor.image_processor, framework="pt")
    cases = []
    for (name, image), labels in zip(images.items(), LABELS):
        inputs = processor(text=[labels], images=image, return_tensors="pt")
        with torch.no_grad():
            outputs = model(**inputs)
        together = processor.image_processor.post_process_object_detection(
            outputs, THRESHOLD, target_sizes=[(image.height, image.width)])[0]
        alone = []
        for label in labels:  # what the pipeline does, before it cuts boxes to whole pixels
            with torch.no_grad():
                single = model(**processor(text=[[label]], images=image, return_tensors="pt"))
            result = processor.image_processor.post_process_object_detection(
                single, THRESHOLD, target_sizes=[(image.height, image.width)])[0]
            alone += found(result, [label])
        piped = pipeline(image, candidate_labels=labels, threshold=THRESHOLD)
        assert sorted((p["label"], round(p["score"], 5)) for p in piped) == sorted(
            (a["label"], round(a["score"], 5)) for a in alone)
        cases.append({"image": name, "labels": labels, "alone": alone, "together": found(together, labels),
                      "pipeline": piped})
    return cases


def expected_outputs(model, processor, images, keep_pixels):
    tensors = {}
    for (name, image), labels in zip(images.items(), LABELS):
        inputs = processor(text=[labels], images=image, return_tensors="pt")
        with torch.no_grad():
            outputs = model(**inputs)
        tensors[f"{name}.logits"] = outputs.logits[0]
        tensors[f"{name}.boxes"] = outputs.pred_boxes[0]
        tensors[f"{name}.text_embeds"] = outputs.text_embeds[0]
        if keep_pixels:
            tensors[f"{name}.pixels"] = inputs.pixel_values[0]
    return tensors


def write_owl(name, kind, config_class, model_class, processor_class, image_processor, sizes, images):
    folder = OUT / name
    vocab_size = tokenizer_files(folder, 16)
    processor = processor_class(image_processor=image_processor, tokenizer=CLIPTokenizer.from_pretrained(folder))
    model = find_model(model_class, owl_config(config_class, vocab_size, *sizes), processor, images)
    save_model(folder, model)
    if kind == "transformers 5":
        processor.save_pretrained(folder)
    else:
        image_processor.save_pretrained(folder)
    small = sizes[1] <= 64
    save_tensors(OUT / f"{name}.safetensors", expected_outputs(model, processor, images, small))
    save_json(OUT / f"{name}.json", detections(model, processor, images))


def write_clip(images):
    folder = OUT / "clip"
    vocab_size = tokenizer_files(folder, 77)
    config = CLIPConfig(text_config=text_sizes(vocab_size, 24), vision_config=vision_sizes(32, 32, 8), projection_dim=20)
    model = random_model(CLIPModel, config, 3)
    save_model(folder, model)
    image_processor = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    image_processor.save_pretrained(folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    tensors, cases = {}, []
    for (name, image), labels in zip(images.items(), LABELS):
        pixels = image_processor(image, return_tensors="pt").pixel_values
        tokens = tokenizer(labels, padding=True, return_tensors="pt")
        with torch.no_grad():
            outputs = model(pixel_values=pixels, **tokens)
        cosines = (outputs.image_embeds @ outputs.text_embeds.T)[0]
        tensors[f"{name}.pixels"] = pixels[0]
        tensors[f"{name}.image_embeds"] = outputs.image_embeds[0]
        tensors[f"{name}.text_embeds"] = outputs.text_embeds
        cases.append({"image": name, "labels": labels, "scores": (100 * cosines.clamp(min=0)).tolist(),
                      "cosines": cosines.tolist()})
    save_tensors(OUT / "clip.safetensors", tensors)
    save_json(OUT / "clip.json", cases)


def write_resized(images):
    tensors = {}
    for name, size in RESIZED.items():
        resized = images[name].resize(size, Image.Resampling.BICUBIC)
        tensors[name] = torch.from_numpy(np.array(resized))  # (height, width, 3)
    save_tensors(OUT / "resized.safetensors", tensors)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    images = pictures()
    for name, image in images.items():
        image.save(OUT / f"{name}.png")
    write_resized(images)
    square = {"height": 64, "width": 64}
    write_owl("owlvit", "transformers 4", OwlViTConfig, OwlViTForObjectDetection, OwlViTProcessor,
              OwlViTImageProcessorPil(size=square), (32, 64, 16), images)
    write_owl("owlv2", "transformers 5", Owlv2Config, Owlv2ForObjectDetection, Owlv2Processor,
              Owlv2ImageProcessorPil(size=square), (32, 64, 16), images)
    # The grid and the positions of google/owlvit-base-patch32, with narrow layers.
    write_owl("owlvit-grid", "transformers 4", OwlViTConfig, OwlViTForObjectDetection, OwlViTProcessor,
              OwlViTImageProcessorPil(), (16, 768, 32), {"wide": images["wide"]})
    write_clip(images)


if __name__ == "__main__":
    main()
