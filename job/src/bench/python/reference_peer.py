"""Layout guidance as people run it: one row at a time, the whole UNet, attention that is stored everywhere.

Written from the description in "Training-Free Layout Control with Cross-Attention Guidance" (Chen, Laina and
Vedaldi, 2023, section 3.2) in the manner of the authors' published loop.
"""

import io

import torch
from PIL import Image

from layouts import Pictures, map_size, object_mask
from models import guidance_variances


class StoringAttention:
    """A diffusers attention processor that computes the probabilities and keeps those of cross-attention."""

    def __init__(self, name, maps):
        self.name = name
        self.maps = maps

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None):
        """hidden_states (B, N, C), encoder_hidden_states (B, T, D) or None for self-attention -> (B, N, C)."""
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))  # (B * heads, N, C / heads)
        key = attn.head_to_batch_dim(attn.to_k(context))  # (B * heads, T, C / heads)
        value = attn.head_to_batch_dim(attn.to_v(context))
        probabilities = attn.get_attention_scores(query, key, attention_mask)  # (B * heads, N, T)
        if encoder_hidden_states is not None:
            self.maps[self.name] = probabilities
        joined = attn.batch_to_head_dim(torch.bmm(probabilities, value))  # (B, N, C)
        return attn.to_out[1](attn.to_out[0](joined))


def layout_loss(maps, objects, latent_height, latent_width):
    """maps: guided layers' (heads, N, T) of one row -> a number in 0..1, float32."""
    loss = 0
    for layer in maps:
        height, width = map_size(latent_height, latent_width, layer.shape[1])
        for obj in objects:
            mask = object_mask(obj, height, width).to(layer.device).flatten()  # (N)
            object_loss = 0
            for token in obj.tokens:
                of_token = layer[:, :, token].float()  # (heads, N)
                inside = (of_token * mask).sum(1) / of_token.sum(1)  # (heads)
                object_loss = object_loss + ((1 - inside) ** 2).mean()
            loss = loss + object_loss / len(obj.tokens)
    return loss / (len(maps) * len(objects))


class ReferencePeer:
    """Makes pictures one after the other."""

    name = "reference"

    def __init__(self, model, settings, stages):
        self.model = model
        self.settings = settings
        self.stages = stages
        self.maps = {}
        model.unet.set_attn_processor({
            name: StoringAttention(name, self.maps) for name in model.unet.attn_processors})
        first_up = next(i for i, block in enumerate(model.unet.up_blocks) if hasattr(block, "attentions"))
        self.guided = [name for name in model.unet.attn_processors
                       if ".attn2." in name and name.startswith(("mid_block.", f"up_blocks.{first_up}."))]

    def generate(self, rows):
        results = [self.generate_row(row) for row in rows]
        return Pictures(
            latents=torch.cat([result.latents for result in results]),
            pixels=torch.cat([result.pixels for result in results]),
            losses=torch.cat([result.losses for result in results], 1),
            png=[picture for result in results for picture in result.png])

    @torch.no_grad()
    def generate_row(self, row):
        """One row -> Pictures of one."""
        # 1. Encode the prompt
        text, no_text = self.encode(row.prompt), self.encode("")  # (1, T, D) each
        self.stages.lap("encode")

        # 2. Prepare the latents
        settings = self.settings
        scheduler = self.model.new_scheduler(settings.scheduler, settings.steps)
        noise = self.model.noise(row.seed, settings.height, settings.width)
        latents = (noise * scheduler.init_noise_sigma).to(self.model.dtype)  # (1, C, h, w)

        # 3. Guide and denoise
        losses = []
        variances = guidance_variances(scheduler)
        for i, timestep in enumerate(scheduler.timesteps):
            if i < settings.max_guidance_steps:
                for _ in range(settings.max_iterations_per_step):
                    latents, loss = self.update(latents, scheduler, timestep, text, row.objects, variances[i])
                    losses.append(loss)
            self.stages.lap("guide")
            predicted = self.predict_noise(latents, scheduler, timestep, text, no_text)
            self.stages.lap("denoise")
            latents = scheduler.step(predicted, timestep, latents).prev_sample
            self.stages.lap("schedule")

        # 4. Decode
        pixels = self.decode(latents)
        self.stages.lap("decode")
        png = to_png(pixels[0])
        self.stages.lap("png")
        return Pictures(latents, pixels, torch.tensor(losses).reshape(-1, 1), [png])

    def encode(self, text):
        ids = torch.tensor([self.model.token_ids(text)], device=self.model.device)
        return self.model.text_encoder(ids)[0]

    def update(self, latents, scheduler, timestep, text, objects, variance):
        """One update of the latents (1, C, h, w) along the gradient of the loss; also says the loss."""
        with torch.enable_grad():
            x = latents.detach().requires_grad_(True)
            self.maps.clear()
            self.model.unet(scheduler.scale_model_input(x, timestep), timestep, encoder_hidden_states=text)
            maps = [self.maps[name] for name in self.guided]
            loss = layout_loss(maps, objects, *latents.shape[-2:])
            gradient, = torch.autograd.grad(self.settings.loss_scale * loss, x)
        self.maps.clear()
        return latents - gradient * variance, loss.item()

    def predict_noise(self, latents, scheduler, timestep, text, no_text):
        """The ordinary prediction with classifier-free guidance; (1, C, h, w) -> (1, C, h, w)."""
        scaled = scheduler.scale_model_input(latents, timestep)
        both = self.model.unet(
            torch.cat([scaled] * 2), timestep, encoder_hidden_states=torch.cat([no_text, text])).sample
        without, with_text = both.chunk(2)
        return without + self.settings.guidance_scale * (with_text - without)

    def decode(self, latents):
        """(1, C, h, w) -> (1, H, W, 3), uint8, on the host."""
        image = self.model.vae.decode(latents / self.model.vae.config.scaling_factor).sample
        pixels = (image.float() / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255
        return pixels.round().to(torch.uint8).cpu()


def to_png(pixels):
    """(H, W, 3), uint8 -> bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(buffer, format="PNG")
    return buffer.getvalue()
