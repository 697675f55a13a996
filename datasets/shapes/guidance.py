"""Layout guidance for many rows at once ("Training-Free Layout Control with Cross-Attention
Guidance", Chen, Laina and Vedaldi, 2023), for measuring the Shapes pipeline quickly.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Settings:
    """The guidance of the paper and how it is sampled around it."""

    loss_scale: float = 30
    loss_threshold: float = 0.2
    max_guidance_steps: int = 10
    max_iterations_per_step: int = 5
    rounding: str = "truncate"  # of box edges to cells: truncate or half_even
    steps: int = 30
    guidance_scale: float = 7.5


GUIDED = ("mid_block.", "up_blocks.1.")
HELD_OUT = ("down_blocks.1.", "up_blocks.2.")
ROUNDINGS = {"truncate": torch.trunc, "half_even": torch.round}


class Words:
    """E entries, one for each word of each object of each row."""

    def __init__(self, rows, device):
        entries = [(i, token, box, 1 / (len(row["bboxes"]) * len(tokens)))
                   for i, row in enumerate(rows)
                   for tokens, box in zip(row["token_indices"], row["bboxes"]) for token in tokens]
        self.count = len(rows)
        self.rows, self.tokens, self.boxes, self.weights = (
            torch.tensor(values, device=device) for values in zip(*entries))

    def mask(self, positions, rounding):
        """(E, N): 1 in the cells that the boxes cover."""
        size = round(positions ** 0.5)
        edges = ROUNDINGS[rounding](self.boxes * size)  # (E, 4)
        cells = torch.arange(size, device=edges.device)
        x, y = ((cells >= edges[:, i, None]) & (cells < edges[:, i + 2, None]) for i in (0, 1))
        return (y[:, :, None] & x[:, None]).flatten(1).float()

    def shares(self, probabilities, rounding):
        """Of (B, heads, N, T): the share of each word's attention inside its box, (E, heads)."""
        of_words = probabilities[self.rows, :, :, self.tokens].float()  # (E, heads, N)
        mask = self.mask(of_words.shape[2], rounding)
        return (of_words * mask[:, None]).sum(2) / of_words.sum(2)

    def of_rows(self, values):
        """(E) -> (B): means over a row's objects and their words."""
        return torch.zeros(self.count, device=values.device).index_add(0, self.rows, values * self.weights)


class Attention:
    """The cross-attention maps of the latest forward, (B, heads, N, T) by layer."""

    def __init__(self, unet):
        self.maps = {}
        unet.set_attn_processor({
            path: StoringAttnProcessor(path.removesuffix(".processor"), self.maps) if ".attn2." in path else processor
            for path, processor in unet.attn_processors.items()})

    def guided(self):
        return [m for path, m in self.maps.items() if path.startswith(GUIDED)]


class StoringAttnProcessor:
    def __init__(self, path, maps):
        self.path, self.maps = path, maps

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        query, key, value = (
            projection(x).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for projection, x in ((attn.to_q, hidden_states), (attn.to_k, encoder_hidden_states),
                                  (attn.to_v, encoder_hidden_states)))
        probabilities = (attn.scale * query @ key.transpose(-1, -2)).float().softmax(-1)
        self.maps[self.path] = probabilities
        return attn.to_out[0]((probabilities.to(value.dtype) @ value).transpose(1, 2).flatten(2))


class Sampler:
    """Makes pictures of rows of the prompt table and remembers where the words of the last ones looked."""

    def __init__(self, pipeline):
        self.pipeline = pipeline
        self.device = pipeline.unet.device
        self.attention = Attention(pipeline.unet)

    def encode(self, texts):
        ids = self.pipeline.tokenizer(texts, padding="max_length", max_length=77, truncation=True).input_ids
        return self.pipeline.text_encoder(torch.tensor(ids, device=self.device))[0]

    @torch.no_grad()
    def generate(self, rows, settings):
        """(B, H, W, 3), uint8."""
        words = Words(rows, self.device)
        text, empty = self.encode([row["prompt"] for row in rows]), self.encode([""] * len(rows))
        scheduler = self.pipeline.scheduler
        scheduler.set_timesteps(settings.steps)
        latents = self.noise(rows) * scheduler.init_noise_sigma
        self.last_losses = torch.full((len(rows),), torch.inf, device=self.device)
        self.passes, self.sums = 0, {}
        for i, timestep in enumerate(scheduler.timesteps):
            if i < settings.max_guidance_steps:
                latents = self.guide(latents, i, timestep, text, words, settings)
            predicted = self.predict(latents, timestep, text, empty, settings.guidance_scale)
            self.add_maps(words)
            latents = scheduler.step(predicted, timestep, latents).prev_sample
        return self.decode(latents)

    def noise(self, rows):
        size = self.pipeline.unet.config.sample_size
        return torch.cat([
            torch.randn(1, 4, size, size, generator=torch.Generator().manual_seed(row["seed"])) for row in rows
        ]).to(self.device)

    def guide(self, latents, i, timestep, text, words, settings):
        variance = self.pipeline.scheduler.sigmas[i].item() ** 2
        for _ in range(settings.max_iterations_per_step):
            active = self.last_losses > settings.loss_threshold
            if not active.any():
                break
            with torch.enable_grad():
                x = latents.detach().requires_grad_(True)
                losses = self.losses(x, timestep, text, words, settings)
                gradient, = torch.autograd.grad(settings.loss_scale * losses.sum(), x)
            latents = torch.where(active[:, None, None, None], latents - gradient * variance, latents)
            self.last_losses = torch.where(active, losses.detach(), self.last_losses)
            self.passes += 1
        return latents

    def losses(self, latents, timestep, text, words, settings):
        """(B): the mean over maps, objects, words and heads of (1 - r)^2."""
        self.pipeline.unet(self.pipeline.scheduler.scale_model_input(latents, timestep), timestep, text)
        maps = self.attention.guided()
        return sum(words.of_rows(((1 - words.shares(m, settings.rounding)) ** 2).mean(1)) for m in maps) / len(maps)

    def predict(self, latents, timestep, text, empty, guidance_scale):
        model_input = self.pipeline.scheduler.scale_model_input(latents, timestep)
        without = self.pipeline.unet(model_input, timestep, empty).sample
        with_text = self.pipeline.unet(model_input, timestep, text).sample
        return without + guidance_scale * (with_text - without)

    def add_maps(self, words):
        """Adds up the words' maps, means over heads, (E, N) by layer."""
        for path, probabilities in self.attention.maps.items():
            self.sums[path] = self.sums.get(path, 0) + probabilities[words.rows, :, :, words.tokens].mean(1)

    def lift(self, rows, prefixes):
        """How many times more attention lies in the boxes than if it were spread evenly: mean over rows."""
        words = Words(rows, self.device)
        layers = [m for path, m in self.sums.items() if path.startswith(prefixes)]
        lifts = []
        for of_words in layers:
            mask = words.mask(of_words.shape[1], "truncate")
            share = (of_words * mask).sum(1) / of_words.sum(1)
            lifts.append(words.of_rows(share / mask.mean(1)).mean().item())
        return sum(lifts) / len(lifts)

    def decode(self, latents):
        vae = self.pipeline.vae
        images = torch.cat([vae.decode(some).sample for some in (latents / vae.config.scaling_factor).split(50)])
        return ((images / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
