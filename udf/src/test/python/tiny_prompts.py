"""Makes datasets/tiny-random/prompts.parquet, the prompt table of the demo."""

import pyarrow
import pyarrow.parquet
from transformers import CLIPTokenizer

from folders import ROOT, SD1

# prompt, negative prompt, [(phrase, box), ...]; a phrase that comes twice is one object with two boxes
ROWS = [
    ("a cat playing with a ball", None, [("cat", (0.05, 0.2, 0.5, 0.85)), ("ball", (0.55, 0.4, 0.95, 0.8))]),
    ("a red circle on a white background", None, [("red circle", (0.5, 0.5, 1.0, 1.0))]),
    ("a blue square on a grey background", "blurry, low quality", [("blue square", (0.1, 0.1, 0.6, 0.6))]),
    ("a dog to the left of a chair", None, [("dog", (0.0, 0.3, 0.45, 0.95)), ("chair", (0.55, 0.25, 1.0, 0.95))]),
    ("a bird above a boat", None, [("bird", (0.25, 0.05, 0.75, 0.4)), ("boat", (0.1, 0.5, 0.9, 0.95))]),
    ("two zebras and an old clock", None,
     [("zebras", (0.0, 0.4, 0.35, 1.0)), ("zebras", (0.65, 0.4, 1.0, 1.0)), ("old clock", (0.35, 0.0, 0.65, 0.35))]),
    ("a cup, an apple and a banana on the table", "ugly",
     [("cup", (0.05, 0.1, 0.35, 0.5)), ("apple", (0.4, 0.1, 0.65, 0.45)), ("banana", (0.3, 0.6, 0.95, 0.9))]),
    ("a green star next to a yellow ring", None,
     [("green star", (0.0, 0.25, 0.5, 0.75)), ("yellow ring", (0.5, 0.25, 1.0, 0.75))]),
    ("a photo of a horse", None, [("horse", (0.2, 0.2, 0.8, 0.9))]),
    ("an elephant behind a tree in the snow", None,
     [("elephant", (0.3, 0.2, 1.0, 0.8)), ("tree", (0.0, 0.0, 0.3, 1.0))]),
    ("oil painting of a city street at night", None, []),
    ("a purple triangle", None, []),
]

SCHEMA = pyarrow.schema([
    ("id", pyarrow.string()),
    ("prompt", pyarrow.string()),
    ("negative_prompt", pyarrow.string()),
    ("phrases", pyarrow.list_(pyarrow.string())),
    ("token_indices", pyarrow.list_(pyarrow.list_(pyarrow.int32()))),
    ("bboxes", pyarrow.list_(pyarrow.list_(pyarrow.float64()))),
    ("seed", pyarrow.int64()),
])


def token_indices(tokenizer, prompt, phrase):
    tokens = tokenizer(prompt).input_ids
    wanted = tokenizer(phrase).input_ids[1:-1]
    starts = [i for i in range(len(tokens)) if tokens[i:i + len(wanted)] == wanted]
    assert len(starts) == 1, (prompt, phrase)
    return list(range(starts[0], starts[0] + len(wanted)))


def main():
    tokenizer = CLIPTokenizer.from_pretrained(SD1 / "tokenizer")
    rows = [{
        "id": f"tiny-{number:02}",
        "prompt": prompt,
        "negative_prompt": negative_prompt,
        "phrases": [phrase for phrase, _ in layout],
        "token_indices": [token_indices(tokenizer, prompt, phrase) for phrase, _ in layout],
        "bboxes": [list(box) for _, box in layout],
        "seed": number,
    } for number, (prompt, negative_prompt, layout) in enumerate(ROWS)]
    table = pyarrow.Table.from_pylist(rows, SCHEMA)
    pyarrow.parquet.write_table(table, ROOT / "datasets/tiny-random/prompts.parquet")


if __name__ == "__main__":
    main()
