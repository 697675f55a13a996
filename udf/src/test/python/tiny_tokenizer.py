"""A small but real CLIP byte-pair encoding, learned from a handful of sentences.

The vocabulary has CLIP's order: the 256 byte symbols (so that "!" is 0), the same at the end of a
word, the merges, the start token, the end token.
"""

import itertools
import json
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

MOST_MERGES = 500
START = "<|startoftext|>"
END = "<|endoftext|>"
MAX_LENGTH = 77
WORD = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def sentences():
    colours = ["red", "green", "blue", "yellow", "purple", "orange", "black", "white"]
    shapes = ["circle", "square", "triangle", "star", "ring", "cross"]
    animals = ["cat", "dog", "horse", "bird", "rabbit", "sheep", "cow", "elephant", "zebra", "bear"]
    things = ["ball", "table", "chair", "car", "bicycle", "boat", "apple", "banana", "cup", "clock"]
    places = ["on the table", "in the garden", "on the beach", "in the snow", "under a tree"]
    relations = ["to the left of", "to the right of", "above", "below", "next to", "behind"]
    yield from (f"a photo of a {thing}" for thing in animals + things)
    yield from (f"a {colour} {shape} on a {ground} background"
                for colour, shape, ground in itertools.product(colours, shapes, ["white", "grey"]))
    yield from (f"a {animal} playing with a {colour} {thing}"
                for animal, colour, thing in itertools.product(animals, colours, things))
    yield from (f"a {first} {relation} a {second}"
                for first, relation, second in itertools.product(animals, relations, things))
    yield from (f"two {animal}s and an old {thing} {place}"
                for animal, thing, place in itertools.product(animals, things, places))
    yield "it's a low quality, blurry, ugly picture with bad anatomy; we don't want this"
    yield "high resolution oil painting of a city street at night, digital art, highly detailed"


def byte_symbols():
    """The printable characters that stand for bytes 0..255, in CLIP's order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(256 - len(printable))]


def learn_merges(count):
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORD), behavior="removed", invert=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=8 * MOST_MERGES, min_frequency=1, show_progress=False, end_of_word_suffix="</w>",
        # Named beforehand: else equally frequent merges come in another order every time.
        special_tokens=byte_symbols() + [symbol + "</w>" for symbol in byte_symbols()])
    tokenizer.train_from_iterator(sentences(), trainer)
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.model.save(folder)
        lines = (Path(folder) / "merges.txt").read_text().splitlines()[1:]
    return lines[:count]


def save_tokenizer(folder, pad_token):
    """Writes vocab.json, merges.txt and the two small configs, as old diffusers folders have them."""
    symbols = byte_symbols()
    merges = learn_merges(MOST_MERGES)
    tokens = symbols + [symbol + "</w>" for symbol in symbols]
    tokens += [merge.replace(" ", "") for merge in merges] + [START, END]
    assert len(set(tokens)) == len(tokens)
    folder.mkdir(parents=True, exist_ok=True)
    write = lambda name, value: (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    write("vocab.json", {token: i for i, token in enumerate(tokens)})
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": pad_token}
    write("special_tokens_map.json", special)
    write("tokenizer_config.json",
          {**special, "add_prefix_space": False, "do_lower_case": True, "errors": "replace",
           "model_max_length": MAX_LENGTH, "tokenizer_class": "CLIPTokenizer"})
    return len(tokens)
