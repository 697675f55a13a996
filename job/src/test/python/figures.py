"""Makes random detections and computes the figures of layout benchmarks from them.

Written from the definitions of the benchmarks' authors, independently of the Java code, which must
get the same numbers: FiguresFixtureTest compares. Average precision is that of pycocotools.
"""

import contextlib
import io
import itertools
import json
import math
import random
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

OUTPUT = Path(__file__).resolve().parents[1] / "resources" / "figures" / "figures.json"
RESAMPLES = 40
SEED = 1


class JavaRandom:
    """java.util.Random, as its documentation defines it."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def next_bits(self, bits):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self.state >> (48 - bits)

    def next_int(self, bound):
        if bound & (bound - 1) == 0:
            return (bound * self.next_bits(31)) >> 31
        while True:
            bits = self.next_bits(31)
            value = bits % bound
            if bits - value + bound - 1 < 1 << 31:
                return value


# Boxes


def to_pixels(image, box):
    size = [image["width"], image["height"]] * 2
    return [edge * length for edge, length in zip(box, size)]


def overlap(a, b, pixel):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]) + pixel)
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]) + pixel)
    area = lambda box: (box[2] - box[0] + pixel) * (box[3] - box[1] + pixel)
    return width * height / (area(a) + area(b) - width * height)


def centre(box):
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def found(image, label):
    return [one for one in image["detections"] if one["label"] == label]


def by_score(detections):
    return sorted(detections, key=lambda one: -one["score"])


def suppress(detections, limit):
    """Class-aware non-maximum suppression."""
    kept = []
    for label in sorted({one["label"] for one in detections}):
        left = by_score([one for one in detections if one["label"] == label])
        while left:
            best = left.pop(0)
            kept.append(best)
            left = [one for one in left if overlap(best["box"], one["box"], 0) < limit]
    return kept


# Means


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def ratio(above, below):
    return above / below if below else None


def scaled(scale, value):
    return None if value is None else scale * value


def prompts_of(images):
    groups = {}
    for image in images:
        groups.setdefault(image["id"], []).append(image)
    return list(groups.values())


# 7Bench, C-Bench, O-Bench


def accuracy_curve(image, tenths):
    ious = []
    for asked in image["objects"]:
        boxes = [[int(edge) for edge in to_pixels(image, one["box"])] for one in found(image, asked["phrase"])]
        for box in asked["boxes"]:
            target = to_pixels(image, box)
            ious.append(max([overlap(box, target, 1) for box in boxes], default=0.0))
    if not any(found(image, asked["phrase"]) for asked in image["objects"]):
        return [0.0 for _ in tenths], mean(ious)
    return [np.mean([1 if iou >= tenth / 10 else 0 for iou in ious]) for tenth in tenths], mean(ious)


def layout_accuracy(tenths):
    def compute(images, _):
        curves = [accuracy_curve(image, tenths) for image in images]
        accuracies = np.mean([curve for curve, _ in curves], axis=0)
        figures = {"layout_score": np.trapezoid(accuracies, [tenth / 10 for tenth in tenths])}
        for tenth, accuracy in zip(tenths, accuracies):
            figures[f"accuracy@{tenth / 10:.1f}"] = accuracy
        figures["mean_iou"] = mean(iou for _, iou in curves)
        return figures

    return compute


# Average precision


def average_precision(images, _):
    phrases = sorted({asked["phrase"] for image in images for asked in image["objects"]})
    truths, results, pictures = [], [], []
    for number, image in enumerate(images, start=1):
        pictures.append({"id": number, "width": image["width"], "height": image["height"]})

        def entry(label, box):
            left, top, right, bottom = to_pixels(image, box)
            size = [left, top, right - left, bottom - top]
            return {"image_id": number, "category_id": phrases.index(label) + 1, "bbox": size}

        for asked in image["objects"]:
            for box in asked["boxes"]:
                truth = entry(asked["phrase"], box)
                truth.update(id=len(truths) + 1, iscrowd=0, area=truth["bbox"][2] * truth["bbox"][3])
                truths.append(truth)
        for one in image["detections"]:
            if one["label"] in phrases:
                results.append(entry(one["label"], one["box"]) | {"score": one["score"]})
    categories = [{"id": number} for number in range(1, len(phrases) + 1)]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": pictures, "annotations": truths, "categories": categories}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {"AP": evaluation.stats[0], "AP50": evaluation.stats[1], "AP75": evaluation.stats[2]}


# VISOR


def related(image):
    """The two things of a relation, the first one's name first, or nothing."""
    for thing in image["expected"]:
        if thing["relation"]:
            other = image["expected"][thing["relative_to"]]
            return thing["label"], thing["relation"], other["label"]
    return None


def obeys_centroids(relation, a, b):
    (ax, ay), (bx, by) = centre(a), centre(b)
    return {"left of": ax < bx, "right of": ax > bx, "above": ay < by, "below": ay > by}[relation]


def visor(images, _):
    both, right, by_prompt = [], [], {}
    for image in images:
        if not related(image):
            continue
        first, relation, second = related(image)
        pairs = list(itertools.product(found(image, first), found(image, second)))
        obeyed = any(obeys_centroids(relation, a["box"], b["box"]) for a, b in pairs)
        both.append(int(bool(pairs)))
        right.append(int(bool(pairs) and obeyed))
        by_prompt.setdefault(image["id"], []).append(right[-1])
    accuracy = scaled(100, mean(both))
    conditional = scaled(100, ratio(sum(right), sum(both)))
    figures = {
        "OA": accuracy,
        "VISOR_cond": conditional,
        "VISOR_uncond": None if conditional is None else conditional * accuracy / 100,
    }
    if accuracy == 0:
        figures["VISOR_uncond"] = 0
    for count in range(1, 5):
        shares = [sum(values) >= count for values in by_prompt.values()]
        figures[f"VISOR_{count}"] = scaled(100, mean(shares))
    return figures


# LMD


def lmd_right(image):
    kept = suppress(image["detections"], 0.15)
    for thing in image["expected"]:
        count = len([one for one in kept if one["label"] == thing["label"]])
        least = thing["min_count"] if thing["min_count"] is not None else (0 if thing["max_count"] == 0 else 1)
        if count < least or (thing["max_count"] is not None and count > thing["max_count"]):
            return 0
    if related(image):
        first, relation, second = related(image)
        pick = lambda label: by_score([one for one in kept if one["label"] == label])[0]["box"]
        return int(obeys_centroids(relation, pick(first), pick(second)))
    return 1


def lmd(images, categories):
    right = [(image["category"], lmd_right(image)) for image in images]
    return {
        "accuracy": scaled(100, mean(value for _, value in right)),
        "mean_accuracy": scaled(100, category_mean(right, categories)),
    }


def category_mean(values, categories):
    means = [mean(value for name, value in values if name == category) for category in categories]
    return None if None in means or not means else mean(means)


# COCO-MIG


def coco_mig(images, _):
    values = {"miou": [], "position_miou": [], "position_success": [], "instance_success": [], "image_success": []}
    for image in images:
        all_right = True
        for asked in image["objects"]:
            thing = next(t for t in image["expected"] if asked["phrase"] == f"{t['color']} {t['label']}")
            kept = suppress(found(image, thing["label"]), 0.8)
            for box in asked["boxes"]:
                iou = max([overlap(one["box"], box, 0) for one in kept], default=0.0)
                share = next(
                    s["share"] for s in image["colors"] if s["box"] == box and s["color"] == thing["color"]
                )
                position, color = iou >= 0.5, share >= 0.2
                values["position_miou"].append(iou)
                values["position_success"].append(position)
                values["instance_success"].append(position and color)
                values["miou"].append(0 if position and not color else iou)
                all_right = all_right and position and color
        values["image_success"].append(all_right)
    return {name: mean(numbers) for name, numbers in values.items()}


# NSR-1K


def nsr_relation(a, b):
    (ax, ay), (bx, by) = centre(a), centre(b)
    distance = math.hypot(ax - bx, ay - by)
    if distance == 0:
        return None
    cosine, sine = (ax - bx) / distance, (by - ay) / distance
    limit = math.sqrt(2) / 2
    if cosine > limit:
        return "right of"
    if sine > limit:
        return "above"
    if cosine < -limit:
        return "left of"
    if sine < -limit:
        return "below"
    return None


def nsr_1k(images, _):
    spatial, exact, precision, recall, right, wanted = [], [], [], [], 0, 0
    for image in images:
        if related(image):
            first, relation, second = related(image)
            seen = {
                nsr_relation(to_pixels(image, a["box"]), to_pixels(image, b["box"]))
                for a, b in itertools.product(found(image, first), found(image, second))
            }
            accepted = {"left of", "right of"} if relation == "next to" else {relation}
            spatial.append(bool(seen & accepted))
            continue
        counts = [(thing["max_count"], len(found(image, thing["label"]))) for thing in image["expected"]]
        wanted += len(counts)
        if image["category"] == "comparison":
            (n1, seen1), (n2, seen2) = counts
            if n1 == n2:
                good = seen1 == n1 and seen2 == n2
            else:
                good = seen1 == n1 and (seen2 - n1) * (n2 - n1) > 0
            right += int(good)
            exact.append(good)
        else:
            right += sum(n == seen for n, seen in counts)
            exact.append(all(n == seen for n, seen in counts))
            shared = sum(min(n, seen) for n, seen in counts)
            precision.append(shared / sum(seen for _, seen in counts) if shared else 0)
            recall.append(shared / sum(n for n, _ in counts) if shared else 0)
    return {
        "spatial_accuracy": scaled(100, mean(spatial)),
        "counting_accuracy": scaled(100, ratio(right, wanted)),
        "counting_exact": scaled(100, mean(exact)),
        "counting_precision": scaled(100, mean(precision)),
        "counting_recall": scaled(100, mean(recall)),
    }


# HRS


def hrs_holds(relation, a, b):
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return {
        "right of": a[2] > b[2],
        "left of": a[0] < b[0],
        "above": a[1] < b[1] or a[3] < b[3],
        "below": a[3] > b[3] or a[1] > b[1],
        "larger than": area(a) > area(b),
        "smaller than": area(a) < area(b),
    }[relation]


def hrs(images, _):
    true_positives = false_positives = false_negatives = counted = 0
    spatial, size = [], []
    for image in images:
        relations = [thing for thing in image["expected"] if thing["relation"]]
        if not relations:
            counted += 1
            for thing in image["expected"]:
                wanted, seen = thing["max_count"], len(found(image, thing["label"]))
                true_positives += min(wanted, seen)
                false_positives += max(seen - wanted, 0)
                false_negatives += max(wanted - seen, 0)
            continue
        good = all(found(image, thing["label"]) for thing in image["expected"])
        for thing in relations if good else []:
            pick = lambda label: by_score(found(image, label))[0]["box"]
            other = image["expected"][thing["relative_to"]]["label"]
            good = good and hrs_holds(
                thing["relation"], to_pixels(image, pick(thing["label"])), to_pixels(image, pick(other))
            )
        (size if "than" in relations[0]["relation"] else spatial).append(good)
    precision = scaled(100, ratio(true_positives, true_positives + false_positives))
    recall = scaled(100, ratio(true_positives, true_positives + false_negatives))
    f1 = None
    if counted and true_positives + false_positives + false_negatives:
        f1 = 2 * precision * recall / (precision + recall) if true_positives else 0
    return {
        "counting_precision": precision,
        "counting_recall": recall,
        "counting_f1": f1,
        "spatial_accuracy": scaled(100, mean(spatial)),
        "size_accuracy": scaled(100, mean(size)),
    }


# GenEval


def geneval_relations(a, b):
    a, b = np.array(a).reshape(2, 2), np.array(b).reshape(2, 2)
    offset = a.mean(axis=0) - b.mean(axis=0)
    sizes = (a[1] - a[0]) + (b[1] - b[0])
    revised = np.maximum(np.abs(offset) - 0.1 * sizes, 0) * np.sign(offset)
    if np.all(np.abs(revised) < 1e-3):
        return set()
    dx, dy = revised / np.linalg.norm(offset)
    names = {"left of": dx < -0.5, "right of": dx > 0.5, "above": dy < -0.5, "below": dy > 0.5}
    return {name for name, holds in names.items() if holds}


def geneval_right(image):
    limit = 0.9 if image["category"] == "counting" else 0.3
    detected = lambda label: by_score([one for one in found(image, label) if one["score"] > limit])[:16]
    groups = []
    for thing in image["expected"]:
        least = 1 if thing["min_count"] is None else thing["min_count"]
        seen = detected(thing["label"])
        if len(seen) < least or (thing["max_count"] is not None and len(seen) > thing["max_count"]):
            return 0
        groups.append([to_pixels(image, one["box"]) for one in seen[:least]])
    for thing, group in zip(image["expected"], groups):
        if thing["relation"]:
            for a, b in itertools.product(group, groups[thing["relative_to"]]):
                if thing["relation"] not in geneval_relations(a, b):
                    return 0
    return 1


def geneval(images, categories):
    judged = [image for image in images if not any(thing["color"] for thing in image["expected"])]
    right = [(image["category"], geneval_right(image)) for image in judged]
    prompts = prompts_of(judged)
    return {
        "accuracy": scaled(100, mean(value for _, value in right)),
        "mean_accuracy": scaled(100, category_mean(right, categories)),
        "prompt_accuracy": scaled(100, mean(any(geneval_right(i) for i in prompt) for prompt in prompts)),
    }


# CLIP


def clip(images, _):
    boxes = [mean(image["clip"]["boxes"]) for image in images if image["clip"] and image["clip"]["boxes"]]
    return {
        "clip_score": mean(image["clip"]["image"] for image in images if image["clip"]),
        "local_clip_score": mean(boxes),
    }


# Random images


def random_box(rng):
    left, top = rng.uniform(0, 0.7), rng.uniform(0, 0.7)
    edges = [left, top, left + rng.uniform(0.1, 0.3), top + rng.uniform(0.1, 0.3)]
    return [round(edge, 4) for edge in edges]


def move(rng, box, amount):
    moved = [min(max(edge + rng.uniform(-amount, amount), 0), 1) for edge in box]
    if moved[2] - moved[0] < 0.02 or moved[3] - moved[1] < 0.02:
        return box
    return [round(edge, 4) for edge in moved]


def detection(rng, label, box, least=0.1):
    return {"label": label, "score": round(rng.uniform(least, 1), 6), "box": box}


def thing(label, least=None, most=None, color=None, relation=None, other=None):
    return {
        "label": label,
        "min_count": least,
        "max_count": most,
        "color": color,
        "relation": relation,
        "relative_to": other,
    }


def picture(prompt, index, **values):
    image = {
        "id": f"{prompt:03d}",
        "image_index": index,
        "category": None,
        "status": "OK",
        "objects": [],
        "expected": [],
        "detections": [],
        "width": 512,
        "height": 512,
        "clip": None,
        "colors": [],
    }
    return image | values


def layout_images(rng, phrases, prompts):
    images = []
    for prompt in range(prompts):
        names = rng.sample(phrases, rng.randint(1, 3))
        objects = [{"phrase": name, "boxes": [random_box(rng) for _ in range(rng.randint(1, 2))]} for name in names]
        for index in range(2):
            detections = []
            for asked in objects:
                for box in asked["boxes"]:
                    for _ in range(rng.choice([0, 1, 1, 2])):
                        near = move(rng, box, rng.choice([0.005, 0.03, 0.1]))
                        detections.append(detection(rng, asked["phrase"], near))
                if rng.random() < 0.3:
                    detections.append(detection(rng, asked["phrase"], random_box(rng)))
            clip_scores = {
                "image": round(rng.uniform(10, 40), 3),
                "boxes": [round(rng.uniform(10, 40), 3) for _ in objects] if index else [],
            }
            images.append(
                picture(
                    prompt,
                    index,
                    category=["object_binding", "small_bboxes"][prompt % 2],
                    objects=objects,
                    detections=detections,
                    clip=clip_scores if prompt != 1 else None,
                    width=[512, 640][prompt % 2],
                )
            )
    images[0]["detections"] = []
    images[5]["status"] = "ERROR"
    return images


def scattered(rng, label, most):
    return [detection(rng, label, random_box(rng)) for _ in range(rng.randint(0, most))]


def visor_images(rng):
    images = []
    for prompt in range(12):
        relation = rng.choice(["left of", "right of", "above", "below"])
        expected = [thing("cat", relation=relation, other=1), thing("bench")]
        if prompt == 3:
            expected = [thing("cat"), thing("bench")]
        for index in range(4):
            detections = scattered(rng, "cat", 2) + scattered(rng, "bench", 1)
            images.append(picture(prompt, index, expected=expected, detections=detections))
    return images


def lmd_images(rng):
    images = []
    for prompt in range(24):
        category = ["negation", "numeracy", "attribution", "spatial"][prompt % 4]
        expected = {
            "negation": [thing("cat", 0, 0)],
            "numeracy": [thing("cat", 2, 2)],
            "attribution": [thing("a red cat"), thing("a blue dog")],
            "spatial": [thing("cat", relation=rng.choice(["left of", "above"]), other=1), thing("dog")],
        }[category]
        detections = []
        for one in expected:
            for _ in range(rng.choice([0, 1, 2, 2])):
                box = random_box(rng)
                detections.append(detection(rng, one["label"], box, 0.15))
                if rng.random() < 0.6:
                    detections.append(detection(rng, one["label"], move(rng, box, 0.05), 0.15))
        images.append(picture(prompt, 0, category=category, expected=expected, detections=detections))
    return images


def coco_mig_images(rng):
    images = []
    colors = ["red", "green", "blue", "yellow"]
    for prompt in range(12):
        count = 2 + prompt % 2
        names = list(zip(rng.sample(colors, count), rng.sample(["cat", "dog", "car", "cup"], count)))
        objects = [{"phrase": " ".join(name), "boxes": [random_box(rng)]} for name in names]
        expected = [thing(label, color=color) for color, label in names]
        for index in range(2):
            detections, shares = [], []
            for (color, label), asked in zip(names, objects):
                box = asked["boxes"][0]
                for _ in range(rng.choice([0, 1, 2, 3])):
                    detections.append(detection(rng, label, move(rng, box, rng.choice([0.01, 0.05, 0.15])), 0.25))
                shares.append({"box": box, "color": color, "share": round(rng.uniform(0, 0.6), 3)})
            images.append(
                picture(
                    prompt,
                    index,
                    category=f"L{count}",
                    objects=objects,
                    expected=expected,
                    detections=detections,
                    colors=shares,
                )
            )
    return images


def nsr_images(rng):
    images = []
    kinds = ["spatial", "single-category", "two-categories", "comparison"]
    for prompt in range(40):
        kind = kinds[prompt % 4]
        if kind == "spatial":
            relation = rng.choice(["left of", "right of", "above", "below", "next to"])
            expected = [thing("cat", relation=relation, other=1), thing("dog")]
        else:
            labels = ["cat"] if kind == "single-category" else ["cat", "dog"]
            expected = [thing(label, n, n) for label in labels for n in [rng.randint(1, 2)]]
        detections = []
        for one in expected:
            likely = one["max_count"] or 1
            for _ in range(rng.choice([0, likely, likely, likely, 3])):
                detections.append(detection(rng, one["label"], random_box(rng)))
        images.append(
            picture(prompt, 0, category=kind, expected=expected, detections=detections, width=640, height=384)
        )
    return images


def hrs_images(rng):
    images = []
    for prompt in range(36):
        kind = ["counting", "spatial", "size"][prompt % 3]
        if kind == "counting":
            expected = [thing(label, n, n) for label in ["cat", "dog"] for n in [rng.randint(1, 4)]]
        else:
            names = ["left of", "right of", "above", "below"] if kind == "spatial" else ["larger than", "smaller than"]
            expected = [thing("cat", relation=rng.choice(names), other=1), thing("dog")]
            if prompt % 2:
                expected[0]["relation"], expected[0]["relative_to"] = rng.choice(names), 1
                expected.append(thing("bird", relation=rng.choice(names), other=0))
        detections = []
        for one in expected:
            for _ in range(rng.choice([0, 1, 2, 2, 3])):
                detections.append(detection(rng, one["label"], random_box(rng)))
        images.append(
            picture(prompt, 0, category=kind, expected=expected, detections=detections, width=640, height=384)
        )
    return images


def geneval_images(rng):
    images = []
    kinds = ["single_object", "two_object", "counting", "position", "colors"]
    for prompt in range(30):
        kind = kinds[prompt % 5]
        expected = {
            "single_object": [thing("bench", 1)],
            "two_object": [thing("bench", 1), thing("cow", 1)],
            "counting": [thing("bench", 2), thing("bench", 0, 2)],
            "position": [
                thing("bench", 1),
                thing("cow", 1, relation=rng.choice(["left of", "right of", "above", "below"]), other=0),
            ],
            "colors": [thing("bench", 1, color="red")],
        }[kind]
        for index in range(2):
            detections = []
            for label in sorted({one["label"] for one in expected}):
                for _ in range(rng.choice([1, 2, 3])):
                    one = detection(rng, label, random_box(rng), 0.1)
                    if kind == "counting" and rng.random() < 0.8:
                        one["score"] = round(rng.uniform(0.9, 1), 6)
                    detections.append(one)
            images.append(
                picture(prompt, index, category=kind, expected=expected, detections=detections, width=640)
            )
    return images


# Figures with intervals


def resample(prompts, compute, categories, known):
    """Percentile intervals over prompts, drawn by Java's generator."""
    generator = JavaRandom(SEED)
    drawn = {name: [] for name in known}
    for _ in range(RESAMPLES):
        counts = [0] * len(prompts)
        for _ in prompts:
            counts[generator.next_int(len(prompts))] += 1
        images = []
        for prompt, count in zip(prompts, counts):
            for copy in range(count):
                images += [image | {"id": f"{image['id']}#{copy}"} for image in prompt]
        figures = compute(images, categories)
        for name in known:
            if figures[name] is not None:
                drawn[name].append(float(figures[name]))
    return {name: np.percentile(values, [2.5, 97.5]).tolist() for name, values in drawn.items()}


def figures_of(benchmark, images, compute):
    made = [image for image in images if image["status"] == "OK"]
    made = [image for image in made if is_judged(benchmark, image)]
    rows = []
    names = sorted({image["category"] for image in made if image["category"]})
    for category in [None] + names:
        part = [image for image in made if category in (None, image["category"])]
        categories = list(dict.fromkeys(image["category"] for image in part if image["category"]))
        figures = {name: value for name, value in compute(part, categories).items() if value is not None}
        intervals = resample(prompts_of(part), compute, categories, figures)
        for name, value in figures.items():
            if category and name in ("mean_accuracy",):
                continue
            rows.append(
                {
                    "name": name,
                    "category": category,
                    "value": float(value),
                    "low": intervals[name][0],
                    "high": intervals[name][1],
                }
            )
    return {"images": images, "figures": rows}


def is_judged(benchmark, image):
    if benchmark == "visor":
        return bool(related(image))
    if benchmark == "geneval":
        return not any(one["color"] for one in image["expected"])
    if benchmark == "clip":
        return image["clip"] is not None
    return True


def main():
    rng = random.Random(15)
    layouts = layout_images(rng, ["a cat", "a dog", "a car", "two birds"], 10)
    tables = {
        "7bench": (layouts, layout_accuracy(range(1, 10))),
        "c-bench": (layouts, layout_accuracy(range(0, 11))),
        "coco-ap": (layouts, average_precision),
        "visor": (visor_images(rng), visor),
        "lmd": (lmd_images(rng), lmd),
        "coco-mig": (coco_mig_images(rng), coco_mig),
        "nsr-1k": (nsr_images(rng), nsr_1k),
        "hrs": (hrs_images(rng), hrs),
        "geneval": (geneval_images(rng), geneval),
        "clip": (layouts, clip),
    }
    results = {name: figures_of(name, *table) for name, table in tables.items()}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [f'"resamples": {RESAMPLES}', f'"seed": {SEED}']
    lines += [f"{json.dumps(name)}: {json.dumps(result)}" for name, result in results.items()]
    OUTPUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    for name, result in results.items():
        print(name, [(f["name"], f["category"], round(f["value"], 3)) for f in result["figures"] if not f["category"]])


if __name__ == "__main__":
    main()
