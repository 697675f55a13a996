"""What teaches the UNet's cross-attention where things are: a small loss beside the denoising loss.

The model sees too little to learn by itself, as large ones do, that a word's attention lies on its
object. So training compares each word's map, as a distribution over positions, with one spread evenly
over the box of its object: their cross-entropy, less that of a map spread over the whole picture. Where
noise hides the object, the best map shows where it may be, which is what layout guidance pulls at.

(The share of attention inside the box would not do: a map of a single cell has the most of it, and
guidance then moves that cell into the box and leaves the object's size and centre alone.)
"""

import math

import torch
from torch.nn import functional as F

from world import MOST_OBJECTS, token_indices


class ObjectWords:
    """Where the objects of a batch are, and the losses of the forward in progress."""

    def __init__(self):
        self.tokens = [token for i in range(MOST_OBJECTS) for token in token_indices(i)]  # K of them
        self.losses = []

    def start(self, boxes, present):
        """boxes (B, 3, 4); present (B, 3): which objects the prompt names, as 1 or 0."""
        each = len(self.tokens) // MOST_OBJECTS
        self.boxes, self.weights = boxes.repeat_interleave(each, 1), present.repeat_interleave(each, 1)
        self.losses = []

    def add(self, probabilities):
        """Of one layer: (B, heads, N, T)."""
        of_words = self.select_words(probabilities).clamp(min=1e-12)  # (B, heads, N, K)
        spread = of_words.log() - of_words.sum(2, keepdim=True).log()
        coverage = self.coverage(probabilities.shape[2])
        wanted = coverage / coverage.sum(2, keepdim=True).clamp(min=1e-6)
        even = math.log(probabilities.shape[2])
        self.losses.append((-(wanted * spread).sum(2) - even).mean(1))

    def select_words(self, probabilities):
        """(B, heads, N, T) -> (B, heads, N, K), by a product: the gradient of an index is slow."""
        tokens = torch.tensor(self.tokens, device=probabilities.device)
        return probabilities @ F.one_hot(tokens, probabilities.shape[-1]).to(probabilities.dtype).T

    def coverage(self, positions):
        """(B, 1, N, K): the share of each cell that a box covers."""
        size = round(positions ** 0.5)
        cells = torch.arange(size, device=self.boxes.device)[None, :, None, None]
        low, high = self.boxes[:, None, :, :2] * size, self.boxes[:, None, :, 2:] * size  # (B, 1, K, 2)
        x, y = (torch.minimum(high, cells + 1) - torch.maximum(low, cells)).clamp(0, 1).unbind(-1)  # (B, size, K)
        return (y[:, :, None] * x[:, None]).flatten(1, 2)[:, None]

    def loss(self):
        """Mean over words, heads and layers."""
        return (torch.stack(self.losses).mean(0) * self.weights).sum() / self.weights.sum().clamp(min=1)


class MeasuredAttnProcessor:
    """Plain multi-head attention that shows its probabilities to ObjectWords."""

    def __init__(self, words):
        self.words = words

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        query, key, value = (
            projection(x).unflatten(-1, (attn.heads, -1)).transpose(1, 2)  # (B, heads, N, C)
            for projection, x in ((attn.to_q, hidden_states), (attn.to_k, encoder_hidden_states),
                                  (attn.to_v, encoder_hidden_states)))
        probabilities = (attn.scale * query @ key.transpose(-1, -2)).float().softmax(-1)
        self.words.add(probabilities)
        return attn.to_out[0]((probabilities.to(value.dtype) @ value).transpose(1, 2).flatten(2))


def measure_attention(unet):
    """Puts measuring processors into all cross-attentions; returns what they report to."""
    words = ObjectWords()
    unet.set_attn_processor({
        path: MeasuredAttnProcessor(words) if ".attn2." in path else processor
        for path, processor in unet.attn_processors.items()})
    return words
