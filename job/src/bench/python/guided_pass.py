"""The guided pass of a batch: diffusers' UNet up to the last attention that the loss reads, and the loss.

Functions of tensors without side effects, so that torch.compile takes each as one graph.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional

from layouts import map_size, object_mask


# ---------------------------------------------------------------- the UNet, as far as it is needed

def guided_maps(unet, sample, timestep, text):
    """The probabilities of the mid block's and the first cross-attending up block's cross-attentions.

    sample (B, C, h, w), timestep (), text (B, T, D) -> list of (B, heads, N, T) in the order of a forward pass.
    """
    emb = unet.time_embedding(unet.get_time_embed(sample, timestep))
    hidden, skips = through_down_blocks(unet, unet.conv_in(sample), emb, text)
    maps = []
    hidden = through_mid_block(unet.mid_block, hidden, emb, text, maps)
    uneven = any(side % 2 ** unet.num_upsamplers for side in sample.shape[-2:])
    for block in unet.up_blocks:
        count = len(block.resnets)
        skips, of_block = skips[:-count], skips[-count:]
        if hasattr(block, "attentions"):
            through_last_block(block, hidden, of_block, emb, text, maps)
            return maps
        size = skips[-1].shape[2:] if uneven else None
        hidden = block(hidden_states=hidden, temb=emb, res_hidden_states_tuple=of_block, upsample_size=size)
    raise ValueError("No up block of the UNet has cross-attention")


def through_down_blocks(unet, hidden, emb, text):
    """Untouched diffusers blocks, whose attention is fused; also gives what the up blocks are joined with."""
    skips = (hidden,)
    for block in unet.down_blocks:
        if hasattr(block, "attentions"):
            hidden, of_block = block(hidden_states=hidden, temb=emb, encoder_hidden_states=text)
        else:
            hidden, of_block = block(hidden_states=hidden, temb=emb)
        skips += of_block
    return hidden, skips


def through_mid_block(block, hidden, emb, text, maps):
    hidden = block.resnets[0](hidden, emb)
    for transformer, resnet in zip(block.attentions, block.resnets[1:]):
        hidden = through_transformer(transformer, hidden, text, maps)
        hidden = resnet(hidden, emb)
    return hidden


def through_last_block(block, hidden, skips, emb, text, maps):
    """An up block that ends at the probabilities of its last attention: nothing after them reaches the loss."""
    last = len(block.attentions) - 1
    for i, (resnet, transformer) in enumerate(zip(block.resnets, block.attentions)):
        hidden = resnet(torch.cat([hidden, skips[-1 - i]], 1), emb)
        hidden = through_transformer(transformer, hidden, text, maps, ends=i == last)


def through_transformer(transformer, hidden, text, maps, ends=False):
    """diffusers' Transformer2DModel, (B, C, h, w) -> (B, C, h, w); if it ends here, None."""
    batch, channels, height, width = hidden.shape
    residual = hidden
    hidden = transformer.norm(hidden)
    if transformer.use_linear_projection:
        hidden = transformer.proj_in(hidden.permute(0, 2, 3, 1).flatten(1, 2))
    else:
        hidden = transformer.proj_in(hidden).permute(0, 2, 3, 1).flatten(1, 2)  # (B, N, C)
    last = len(transformer.transformer_blocks) - 1
    for i, block in enumerate(transformer.transformer_blocks):
        hidden = through_transformer_block(block, hidden, text, maps, ends and i == last)
    if ends:
        return None
    if transformer.use_linear_projection:
        hidden = transformer.proj_out(hidden)
    hidden = hidden.view(batch, height, width, channels).permute(0, 3, 1, 2)
    if not transformer.use_linear_projection:
        hidden = transformer.proj_out(hidden)
    return hidden + residual


def through_transformer_block(block, hidden, text, maps, ends):
    """diffusers' BasicTransformerBlock, (B, N, C) -> (B, N, C); if it ends here, None."""
    hidden = block.attn1(block.norm1(hidden), text if block.only_cross_attention else None) + hidden
    query = block.norm2(hidden)
    probabilities = cross_attention_map(block.attn2, query, text)
    maps.append(probabilities)
    if ends:
        return None
    hidden = attend(block.attn2, probabilities, text) + hidden
    return block.ff(block.norm3(hidden)) + hidden


def heads(attn, states):
    """(B, N, C) -> (B, heads, N, C / heads)"""
    return states.unflatten(-1, (attn.heads, -1)).transpose(1, 2)


def cross_attention_map(attn, hidden, text):
    """(B, N, C), (B, T, D) -> (B, heads, N, T), float32."""
    query, key = heads(attn, attn.to_q(hidden)), heads(attn, attn.to_k(text))
    if attn.upcast_attention:
        query, key = query.float(), key.float()
    return torch.matmul(query * attn.scale, key.transpose(-1, -2)).float().softmax(-1)


def attend(attn, probabilities, text):
    """(B, heads, N, T), (B, T, D) -> (B, N, C)"""
    value = heads(attn, attn.to_v(text))
    joined = torch.matmul(probabilities.to(value.dtype), value).transpose(1, 2).flatten(2)
    return attn.to_out[0](joined)


# ---------------------------------------------------------------- the loss

@dataclass
class Layouts:
    """The layouts of B rows as tensors. K is the most (object, token) pairs that a row has.

    A row with fewer pairs is filled up with pairs of weight 0.
    """

    selectors: torch.Tensor  # (B, T, K): 1 where the pair's token is
    weights: torch.Tensor  # (B, K): the weights of a row add up to 1
    masks: dict  # N -> (B, N, K): 1 in the cells of the pair's object

    @staticmethod
    def of(rows, latent_height, latent_width, text_length, position_counts, device):
        pairs = [[(obj, token) for obj in row.objects for token in obj.tokens] for row in rows]
        most = max(map(len, pairs))
        selectors = torch.zeros(len(rows), text_length, most)
        weights = torch.zeros(len(rows), most)
        masks = {positions: torch.zeros(len(rows), positions, most) for positions in position_counts}
        selectors[:, 0] = 1  # a pair of weight 0 reads the start token, so that it is finite
        for row, of_row in enumerate(pairs):
            for k, (obj, token) in enumerate(of_row):
                selectors[row, :, k] = functional.one_hot(torch.tensor(token), text_length)
                weights[row, k] = 1 / (len(rows[row].objects) * len(obj.tokens))
                for positions, mask in masks.items():
                    size = map_size(latent_height, latent_width, positions)
                    mask[row, :, k] = object_mask(obj, *size).flatten()
        return Layouts(selectors.to(device), weights.to(device),
                       {positions: mask.to(device) for positions, mask in masks.items()})


def layout_losses(maps, selectors, weights, masks):
    """maps: list of (B, heads, N, T), float32; the others as in Layouts -> (B), each in 0..1."""
    losses = 0
    for of_layer in maps:
        chosen = torch.matmul(of_layer, selectors[:, None])  # (B, heads, N, K)
        mask = masks[of_layer.shape[2]][:, None]  # (B, 1, N, K)
        inside = (chosen * mask).sum(2) / chosen.sum(2)  # (B, heads, K)
        losses = losses + (((1 - inside) ** 2).mean(1) * weights).sum(1)  # (B)
    return losses / len(maps)


def guided_losses(unet, sample, timestep, text, selectors, weights, masks):
    """The losses of a batch, (B); the gradient of their sum holds each row's own."""
    return layout_losses(guided_maps(unet, sample, timestep, text), selectors, weights, masks)
