"""Layout guidance as fast as PyTorch and diffusers' modules let us: all rows in one pass.

- rows with different layouts share the guided passes; the loss is a vector, one entry a row
- a guided pass ends at the last attention that the loss reads
- attention is fused wherever no map is needed
- weights in float16 on a GPU; latents, loss and scheduler stay in float32
- nothing in the loop waits for the GPU; losses are read at the end
"""

import os
from concurrent.futures import ThreadPoolExecutor

import torch
from diffusers.models.attention_processor import AttnProcessor2_0

from guided_pass import Layouts, guided_losses
from layouts import Pictures
from models import guidance_variances
from reference_peer import to_png


class BatchedPeer:
    """Makes the pictures of a batch together."""

    name = "batched"

    def __init__(self, model, settings, stages, channels_last=None, compiled=False):
        """channels_last: None means if it is compiled for a GPU. Else group norm copies back and forth."""
        self.model = model
        self.settings = settings
        self.stages = stages
        on_gpu = model.device.type == "cuda"
        self.channels_last = compiled and on_gpu if channels_last is None else channels_last
        for module in (model.unet, model.vae, model.text_encoder):
            module.requires_grad_(False)
        model.unet.set_attn_processor(AttnProcessor2_0())
        torch.backends.cudnn.benchmark = True  # shapes are the same in every step
        if self.channels_last:
            model.unet.to(memory_format=torch.channels_last)
            model.vae.to(memory_format=torch.channels_last)
        prepare = (lambda function: torch.compile(function, dynamic=False)) if compiled else (lambda f: f)
        self.unet = prepare(model.unet)
        self.guided_losses = prepare(guided_losses)
        self.decode_latents = prepare(model.vae.decode)
        self.png_threads = ThreadPoolExecutor(os.cpu_count())
        self.no_text = None

    @torch.no_grad()
    def generate(self, rows):
        """B rows -> Pictures of B."""
        # 1. Encode each distinct prompt once
        text, no_text = self.encode(rows)  # (B, T, D) each
        self.stages.lap("encode")

        # 2. Prepare the latents
        settings = self.settings
        scheduler = self.model.new_scheduler(settings.scheduler, settings.steps)
        noise = torch.cat([self.model.noise(row.seed, settings.height, settings.width) for row in rows])
        latents = noise * scheduler.init_noise_sigma  # (B, C, h, w), float32
        layouts = self.layouts(rows, latents)
        both_texts = torch.cat([no_text, text])  # (2B, T, D)

        # 3. Guide and denoise
        losses = []
        variances = guidance_variances(scheduler)
        for i, timestep in enumerate(scheduler.timesteps):
            if i < settings.max_guidance_steps:
                for _ in range(settings.max_iterations_per_step):
                    latents, of_rows = self.update(latents, scheduler, timestep, text, layouts, variances[i])
                    losses.append(of_rows)
            self.stages.lap("guide")
            predicted = self.predict_noise(latents, scheduler, timestep, both_texts)
            self.stages.lap("denoise")
            latents = scheduler.step(predicted, timestep, latents).prev_sample
            self.stages.lap("schedule")

        # 4. Decode
        pixels = self.decode(latents)
        self.stages.lap("decode")
        png = list(self.png_threads.map(to_png, pixels))
        self.stages.lap("png")
        losses = torch.stack(losses).cpu() if losses else torch.empty(0, len(rows))
        return Pictures(latents, pixels, losses, png)

    def encode(self, rows):
        """-> prompts' and the empty prompt's states, (B, T, D) each. The latter are kept for good."""
        if self.no_text is None:
            self.no_text = self.encode_texts([""])  # (1, T, D)
        distinct = list(dict.fromkeys(row.prompt for row in rows))
        states = self.encode_texts(distinct)
        places = torch.tensor([distinct.index(row.prompt) for row in rows], device=states.device)
        return states[places], self.no_text.expand(len(rows), -1, -1)

    def encode_texts(self, texts):
        ids = torch.tensor([self.model.token_ids(text) for text in texts], device=self.model.device)
        return self.model.text_encoder(ids)[0]

    def layouts(self, rows, latents):
        """The maps' sizes are those of the latents, halved (rounding up) by each level of the UNet."""
        height, width = latents.shape[-2:]
        blocks = list(self.model.unet.up_blocks)
        first = next(i for i, block in enumerate(blocks) if hasattr(block, "attentions"))
        deepest = len(blocks) - 1
        positions = [level_positions(height, width, level) for level in (deepest, deepest - first)]
        return Layouts.of(rows, height, width, len(self.model.token_ids("")), positions, latents.device)

    def model_input(self, scaled):
        """In the weights' type and memory format."""
        memory_format = torch.channels_last if self.channels_last else torch.contiguous_format
        return scaled.to(dtype=self.model.dtype, memory_format=memory_format)

    def update(self, latents, scheduler, timestep, text, layouts, variance):
        """One update of all rows, (B, C, h, w); also gives their losses, (B)."""
        with torch.enable_grad():
            x = latents.detach().requires_grad_(True)
            sample = self.model_input(scheduler.scale_model_input(x, timestep))
            losses = self.guided_losses(
                self.model.unet, sample, timestep, text, layouts.selectors, layouts.weights, layouts.masks)
            gradient, = torch.autograd.grad(self.settings.loss_scale * losses.sum(), x)
        return latents - gradient * variance, losses.detach()

    def predict_noise(self, latents, scheduler, timestep, both_texts):
        """The ordinary prediction with classifier-free guidance, both halves in one pass."""
        scaled = self.model_input(scheduler.scale_model_input(latents, timestep))
        both = self.unet(torch.cat([scaled] * 2), timestep, both_texts, return_dict=False)[0].float()
        without, with_text = both.chunk(2)
        return torch.lerp(without, with_text, self.settings.guidance_scale)

    def decode(self, latents):
        """(B, C, h, w) -> (B, H, W, 3), uint8, on the host."""
        unscaled = self.model_input(latents / self.model.vae.config.scaling_factor)
        image = self.decode_latents(unscaled, return_dict=False)[0].float()
        pixels = (image / 2 + 0.5).clamp_(0, 1).permute(0, 2, 3, 1) * 255
        return pixels.round_().to(torch.uint8).cpu()


def level_positions(height, width, level):
    for _ in range(level):
        height, width = (height + 1) // 2, (width + 1) // 2
    return height * width
