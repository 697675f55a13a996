"""CLIP's tokenizer with the words of the Shapes world: each is one token, all else falls into pieces."""

import json
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, models, trainers

import world

START = "<|startoftext|>"
END = "<|endoftext|>"
MAX_LENGTH = 77


def byte_symbols():
    """The printable characters that stand for bytes 0..255, in CLIP's order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(256 - len(printable))]


def learn_merges():
    """Until every word of the world is one symbol."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    symbols = byte_symbols()
    trainer = trainers.BpeTrainer(
        vocab_size=10_000, min_frequency=1, show_progress=False, end_of_word_suffix="</w>",
        # Named beforehand: else equally frequent merges come in another order every time.
        special_tokens=symbols + [symbol + "</w>" for symbol in symbols])
    tokenizer.train_from_iterator(world.all_words(), trainer)
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.model.save(folder)
        return (Path(folder) / "merges.txt").read_text().splitlines()[1:]


def save_tokenizer(folder):
    """Writes vocab.json, merges.txt and the two small configs; returns the size of the vocabulary."""
    symbols, merges = byte_symbols(), learn_merges()
    tokens = symbols + [symbol + "</w>" for symbol in symbols]
    tokens += [merge.replace(" ", "") for merge in merges] + [START, END]
    folder.mkdir(parents=True, exist_ok=True)
    write = lambda name, value: (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    write("vocab.json", {token: i for i, token in enumerate(tokens)})
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    write("special_tokens_map.json", special)
    write("tokenizer_config.json",
          {**special, "add_prefix_space": False, "do_lower_case": True, "errors": "replace",
           "model_max_length": MAX_LENGTH, "tokenizer_class": "CLIPTokenizer"})
    return len(tokens)
