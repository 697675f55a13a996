"""Makes ../resources/fixtures/clip: tiny CLIP tokenizers and text encoders, and what transformers
does with them.

    pip install -r requirements.txt && python clip_fixtures.py
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import models, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

OUT = Path(__file__).parent.parent / "resources" / "fixtures" / "clip"

# What the merges are learned from.
CORPUS = """
a photo of a cat and a dog on the left, the cat's tail, it's the dog's ball, they're here, we've seen
a red circle above a blue square, a green triangle below a yellow star, a realistic photograph
an astronaut riding a horse on the moon, an oil painting of a castle in the mountains, digital art
high quality, detailed, 4k, 8k, trending, i'm sure you'll like what i'd paint, don't you?
a woman walking her dog near the river, two people sitting on a bench, a car parked in the street
""" * 3

PROMPTS = [
    "",
    " ",
    "a photo of a cat",
    "A Photo Of A CAT",
    "it's the dog's ball, they're here; we've, I'd, I'll, I'm, don't",
    "4k 8K 12345 3.14 x2",
    "  a   photo \t of\n\na  cat \r\n",
    "a <b>red</b> circle &amp; a &#39;square&#39; <br/>",
    "café CAFÉ cafe\u0301 naïve Ångström ÅNGSTRÖM straße",
    "\u0130stanbul Ωμέγα ΣΊΣΥΦΟΣ ﬁne",
    "一只猫和一只狗 こんにちは 안녕하세요",
    "مرحبا שלום नमस्ते",
    "🐱 and 👩‍🚀 on 🏳️‍🌈",
    "non\u00a0breaking\u2003em\u200bzero",
    "hello! a cat!!! really?!",
    "<|startoftext|>a cat<|endoftext|> and a dog",
    "<|STARTOFTEXT|> a <|EndOfText|>",
    "under_score-hyphen/slash\\back (round) [square] {curly} #hash @at $5 100%",
    "“quoted” ‘single’ – dash — long … dots",
    "½ ² ① Ⅷ ٣",
    "a photo of a cat and a dog, " * 10,
    "a " * 75,
    "a " * 76,
    "CAFÉ 一只猫! " * 30,
    "tail\u0000null",
]


def train_bpe():
    """A vocabulary in CLIP's order: bytes, bytes that end a word, merges, start, end."""
    tokenizer = CLIPTokenizer()._tokenizer
    tokenizer.model = models.BPE(end_of_word_suffix="</w>")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    symbols = alphabet + [byte + "</w>" for byte in alphabet]
    trainer = trainers.BpeTrainer(
        vocab_size=len(symbols) + 200, end_of_word_suffix="</w>", show_progress=False,
        special_tokens=symbols)  # named beforehand: else equally frequent merges change places
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainer)
    merges = [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]
    tokens = symbols + ["".join(merge) for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert tokens[0] == "!" and len(set(tokens)) == len(tokens)
    return {token: i for i, token in enumerate(tokens)}, merges


def write_json(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False))


def write_vocabulary(folder, vocab, merges):
    folder.mkdir(parents=True)
    write_json(folder / "vocab.json", vocab)
    lines = ["#version: 0.2"] + [" ".join(merge) for merge in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def added_token(content):
    properties = {"lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    return {"content": content, **properties}


def write_old_tokenizer(folder, vocab, merges, pad_token):
    """The files of the Stable Diffusion 1 and 2 repositories."""
    write_vocabulary(folder, vocab, merges)
    named = {
        "bos_token": added_token("<|startoftext|>"),
        "eos_token": added_token("<|endoftext|>"),
        "unk_token": added_token("<|endoftext|>"),
    }
    write_json(folder / "special_tokens_map.json", {**named, "pad_token": pad_token})
    config = {key: {"__type": "AddedToken", **token} for key, token in named.items()}
    config |= {"model_max_length": 77, "pad_token": "<|endoftext|>", "do_lower_case": True}
    write_json(folder / "tokenizer_config.json", config | {"tokenizer_class": "CLIPTokenizer"})


def write_transformers4_tokenizer(folder, vocab, merges):
    """The files that transformers 4 saved."""
    write_vocabulary(folder, vocab, merges)
    decoder = {
        str(vocab[token]): {**added_token(token), "normalized": normalized, "special": True}
        for token, normalized in [("<|startoftext|>", True), ("<|endoftext|>", False)]
    }
    config = {"added_tokens_decoder": decoder, "model_max_length": 77}
    config |= {"bos_token": "<|startoftext|>", "tokenizer_class": "CLIPTokenizer"}
    config |= {key: "<|endoftext|>" for key in ["eos_token", "unk_token", "pad_token"]}
    write_json(folder / "tokenizer_config.json", config)


def expected_tokens(folder):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    result = []
    for prompt in PROMPTS:
        whole = tokenizer(prompt, padding="longest").input_ids
        cut = tokenizer(prompt, truncation=True).input_ids
        padded = tokenizer(prompt, padding="max_length", max_length=77, truncation=True).input_ids
        result.append(
            {
                "prompt": prompt,
                "ids": padded,
                "tokens": tokenizer.convert_ids_to_tokens(cut),
                # as StableDiffusionPipeline.encode_prompt warns of it
                "removed_text": tokenizer.batch_decode([whole[76:-1]])[0] if len(whole) > 77 else "",
            }
        )
    return result


def text_encoder(vocab, hidden_act, layers):
    torch.manual_seed(layers)
    config = CLIPTextConfig(
        vocab_size=len(vocab),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=4,
        hidden_act=hidden_act,
        bos_token_id=vocab["<|startoftext|>"],
        eos_token_id=vocab["<|endoftext|>"],
    )
    model = CLIPTextModel(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def write_text_encoder(folder, model, expected):
    model.save_pretrained(folder)
    ids = torch.tensor([row["ids"] for row in expected if row["prompt"]][:4])
    with torch.no_grad():
        hidden = model(ids).last_hidden_state
    save_file({"input_ids": ids, "last_hidden_state": hidden}, folder / "expected.safetensors")


def write_old_names(folder, model):
    """The names and the buffer that transformers 4 saved."""
    tensors = {f"text_model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    vocab, merges = train_bpe()
    write_old_tokenizer(OUT / "sd1" / "tokenizer", vocab, merges, "<|endoftext|>")
    write_old_tokenizer(OUT / "sd2" / "tokenizer", vocab, merges, "!")
    write_transformers4_tokenizer(OUT / "transformers4" / "tokenizer", vocab, merges)
    saved = OUT / "transformers5" / "tokenizer"
    CLIPTokenizer.from_pretrained(OUT / "sd2" / "tokenizer").save_pretrained(saved)
    expected = {}
    for folder in sorted(OUT.iterdir()):
        expected[folder.name] = expected_tokens(folder / "tokenizer")
        write_json(folder / "tokens.json", expected[folder.name])
    sd1 = text_encoder(vocab, "quick_gelu", 2)
    write_text_encoder(OUT / "sd1" / "text_encoder", sd1, expected["sd1"])
    write_old_names(OUT / "sd1" / "text_encoder", sd1)
    sd2 = text_encoder(vocab, "gelu", 3)
    write_text_encoder(OUT / "sd2" / "text_encoder", sd2, expected["sd2"])


if __name__ == "__main__":
    main()
