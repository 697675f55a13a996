"""An attention processor that hands out the probabilities it computes."""


class StoringAttnProcessor:
    """Plain multi-head attention; calls store(path, probabilities (B, heads, N, T)).

    An image prompt adds image.attend(path, query (B, heads, N, C)) to what was found in the text.
    """

    def __init__(self, path, store, image=None):
        self.path = path
        self.store = store
        self.image = image

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = (
            projection(x).unflatten(-1, (attn.heads, -1)).transpose(1, 2)  # (B, heads, N, C)
            for projection, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context)))
        probabilities = (attn.scale * query @ key.transpose(-1, -2)).softmax(-1)
        self.store(self.path, probabilities)
        found = probabilities @ value
        if self.image is not None:
            found = found + self.image.attend(self.path, query)
        return attn.to_out[0](found.transpose(1, 2).flatten(2))


def is_cross_attention(path):
    return path.endswith(".attn2.processor")


def store_attention(unet, store, wanted=is_cross_attention, image=None):
    """Puts storing processors where wanted(path) and leaves the others as they are."""
    unet.set_attn_processor({
        path: StoringAttnProcessor(path.removesuffix(".processor"), store, image) if wanted(path) else processor
        for path, processor in unet.attn_processors.items()})
