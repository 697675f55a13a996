"""Trains the Shapes pipeline from scratch: VAE first, then text encoder and UNet together.

    python train.py --output pipeline --work /tmp/shapes

One GPU. Stages last as many minutes as they are given, and learning rates follow the clock, so a
slower device ends in the same time with less training. With --minutes a call stops early; the same
call again goes on from the checkpoints in the work folder.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from diffusers.models import upsampling
from torch.nn import functional as F
from transformers import CLIPTokenizer

import models
import world
from attention_loss import measure_attention
from shapes_tokenizer import MAX_LENGTH, save_tokenizer

RENDERED_AT_ONCE = 1000
VAE_IMAGES = 30_000
VAE_BATCH = 96
VAE_LEARNING_RATE = 1e-3
KL_WEIGHT = 1e-5
WARM_UP_STEPS = 300
EMA_DECAY = 0.9995
UNCONDITIONAL = 0.1  # share of prompts left empty, for classifier-free guidance
ATTENTION_WEIGHT = 0.01  # of the attention loss beside the denoising loss
MOST_SNR = 5  # "Efficient Diffusion Training via Min-SNR Weighting Strategy", Hang et al., 2023
LOGGED_STEPS = 250
CHECKPOINT_SECONDS = 240
COMPILING_STEPS = 4  # of a call; their time does not count

# Asked for 2.1 in the middle of the forward, in a way that torch.compile cannot follow.
upsampling.is_torch_version = lambda operation, version: False


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="the diffusers folder to write")
    parser.add_argument("--work", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop this call after so long")
    parser.add_argument("--vae-minutes", type=float, default=2)
    parser.add_argument("--unet-minutes", type=float, default=20)
    parser.add_argument("--images", type=int, default=250_000, help="pictures that the UNet sees")
    parser.add_argument("--batch", type=int, default=256, help="of the UNet")
    parser.add_argument("--learning-rate", type=float, default=8e-4, help="of UNet and text encoder")
    parser.add_argument("--start-from", type=Path, help="a folder: its VAE as it is, the other weights to begin with")
    parser.add_argument("--device", default="cuda")
    return parser.parse_args()


# ---------------------------------------------------------------- shared by both stages

class Stage:
    """The clock and the checkpoint of one stage; modules and optimizers go by name."""

    def __init__(self, name, work, minutes, deadline, **parts):
        self.name, self.file, self.parts = name, work / f"{name}.pt", parts
        self.step, self.seconds, self.wanted = 0, 0.0, 60 * minutes
        self.deadline, self.compiling = deadline, COMPILING_STEPS
        if self.file.exists():
            self.load()
        self.last = self.saved = time.time()

    def load(self):
        state = torch.load(self.file, map_location="cpu")
        self.step, self.seconds = state["step"], state["seconds"]
        for name, part in self.parts.items():
            part.load_state_dict(state[name])

    def save(self):
        state = {name: part.state_dict() for name, part in self.parts.items()}
        unfinished = self.file.with_suffix(".tmp")
        torch.save({"step": self.step, "seconds": self.seconds, **state}, unfinished)
        unfinished.replace(self.file)
        self.saved = time.time()
        print(f"{self.name}: {self.step} steps in {self.seconds:.0f} s", flush=True)

    def goes_on(self):
        """Before each step; False once the stage or the call has had its time."""
        now = time.time()
        if self.compiling:
            self.compiling -= 1
        else:
            self.seconds += now - self.last
        self.last = now
        if now - self.saved > CHECKPOINT_SECONDS:
            self.save()
        return not self.finished() and now < self.deadline

    def finished(self):
        return self.seconds >= self.wanted

    def rate(self):
        """The share of the learning rate: up for some steps, down along a cosine of the time."""
        progress = min(1, self.seconds / self.wanted)
        return min(1, (self.step + 1) / WARM_UP_STEPS) * (0.01 + 0.99 * (1 + math.cos(math.pi * progress)) / 2)

    def update(self, optimizer, learning_rate, parameters, loss):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * self.rate()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        self.step += 1

    def log(self, losses):
        """Prints named losses now and then; reading them waits for the device."""
        if self.step % LOGGED_STEPS == 1:
            values = " ".join(f"{name} {value.item():.4f}" for name, value in losses.items())
            print(f"{self.name}: step {self.step}, {self.seconds:.0f} s, {values}", flush=True)


def adam(parameters, device):
    return torch.optim.AdamW(parameters, lr=0, betas=(0.9, 0.99), weight_decay=0.01, fused=device == "cuda")


def mixed_precision(device):
    return torch.autocast(device, torch.bfloat16)


def render_all(count, seed, device):
    """Yields scenes and their pictures, some at a time."""
    generator = torch.Generator(device).manual_seed(seed)
    templates = world.shape_templates().to(device)
    scenes = world.random_scenes(count, generator)
    for start in range(0, count, RENDERED_AT_ONCE):
        some = scenes[start:start + RENDERED_AT_ONCE]
        yield some, world.render(some, templates)


# ---------------------------------------------------------------- VAE

def train_vae(args, deadline):
    if args.start_from:
        return AutoencoderKL.from_pretrained(args.start_from / "vae").float().to(args.device).requires_grad_(False)
    vae = models.new_vae().to(args.device, memory_format=torch.channels_last)
    optimizer = adam(vae.parameters(), args.device)
    stage = Stage("vae", args.work, args.vae_minutes, deadline, vae=vae, optimizer=optimizer)
    if not stage.finished():
        images = torch.cat([to_bytes(images) for _, images in render_all(VAE_IMAGES, 1, args.device)])
        while stage.goes_on():
            rows = torch.randint(len(images), (VAE_BATCH,), device=args.device)
            losses = vae_losses(vae, from_bytes(images[rows]), args.device)
            stage.update(optimizer, VAE_LEARNING_RATE, vae.parameters(), losses["l1"] + losses["mse"] + losses["kl"])
            stage.log(losses)
        stage.save()
    return vae.eval().requires_grad_(False)


def to_bytes(images):
    return ((images + 1) * 127.5).round().to(torch.uint8)


def from_bytes(images):
    return (images.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def vae_losses(vae, images, device):
    with mixed_precision(device):
        latents = vae.encode(images).latent_dist
        decoded = vae.decode(latents.sample()).sample
    decoded = decoded.float()
    kl = latents.kl().mean() / latents.mean[0].numel()
    return {"l1": F.l1_loss(decoded, images), "mse": F.mse_loss(decoded, images), "kl": KL_WEIGHT * kl}


# ---------------------------------------------------------------- what the UNet learns from

class Pool:
    """Encoded pictures, scaled to a standard deviation of 1, with their prompts and boxes."""

    def __init__(self, vae, tokenizer, args):
        file = args.work / "pool.pt"
        if not file.exists():
            torch.save(encode_pictures(vae, tokenizer, args), file)
        pool = torch.load(file, map_location=args.device)
        std = pool["latents"][:20_000].float().std().item()
        self.scaling_factor = vae.config.scaling_factor if args.start_from else 1 / std
        self.latents = pool["latents"] * self.scaling_factor
        self.prompts, self.boxes, self.present = pool["prompts"], pool["boxes"], pool["present"]
        self.empty_prompt = token_ids(tokenizer, [""]).to(args.device)

    def batch(self, size):
        """Latents (B, 4, 32, 32), prompts (B, 77), boxes (B, 3, 4), which of them the prompt names (B, 3)."""
        rows = torch.randint(len(self.latents), (size,), device=self.latents.device)
        dropped = torch.rand(size, 1, device=rows.device) < UNCONDITIONAL
        prompts = torch.where(dropped, self.empty_prompt, self.prompts[rows])
        latents = self.latents[rows].float().contiguous(memory_format=torch.channels_last)
        return latents, prompts, self.boxes[rows], (self.present[rows] & ~dropped).float()


@torch.no_grad()
def encode_pictures(vae, tokenizer, args):
    latents, prompts, boxes, present = [], [], [], []
    for scenes, images in render_all(args.images, 2, args.device):
        with mixed_precision(args.device):
            encoded = vae.encode(images.contiguous(memory_format=torch.channels_last)).latent_dist.mean
        latents.append(encoded.half())
        prompts.append(token_ids(tokenizer, [world.prompt(scene) for scene in scenes.rows()]))
        boxes.append(scenes.boxes)
        present.append(scenes.present())
    return {name: torch.cat(values) for name, values in
            {"latents": latents, "prompts": prompts, "boxes": boxes, "present": present}.items()}


def token_ids(tokenizer, prompts):
    ids = tokenizer(prompts, padding="max_length", max_length=MAX_LENGTH, truncation=True).input_ids
    return torch.tensor(ids)


# ---------------------------------------------------------------- text encoder and UNet

class Denoiser(torch.nn.Module):
    """Text encoder and UNet as one model that is trained together."""

    def __init__(self, text_encoder, unet):
        super().__init__()
        self.text_encoder, self.unet = text_encoder, unet


def new_denoiser(args, vocabulary):
    denoiser = Denoiser(models.new_text_encoder(vocabulary), models.new_unet())
    if args.start_from:
        for name in ("text_encoder", "unet"):
            module = getattr(denoiser, name)
            module.load_state_dict(type(module).from_pretrained(args.start_from / name).float().state_dict())
    return denoiser.to(args.device, memory_format=torch.channels_last)


def train_denoiser(args, deadline, pool, vocabulary):
    denoiser = new_denoiser(args, vocabulary)
    average = copy.deepcopy(denoiser).requires_grad_(False)
    parameters = list(denoiser.parameters())
    optimizer = adam(parameters, args.device)
    stage = Stage("unet", args.work, args.unet_minutes, deadline,
                  denoiser=denoiser, average=average, optimizer=optimizer)
    objective = Objective(denoiser, args.device)
    while stage.goes_on():
        losses = objective.losses(*pool.batch(args.batch))
        total = losses["denoising"] + ATTENTION_WEIGHT * losses["attention"]
        stage.update(optimizer, args.learning_rate, parameters, total)
        move_average(average, denoiser, stage.step)
        stage.log(losses)
    stage.save()
    return average


class Objective:
    """The losses of one batch; both models are compiled, into CUDA graphs: launching the kernels one
    by one takes longer than running them."""

    def __init__(self, denoiser, device):
        self.device = device
        self.text_encoder = denoiser.text_encoder
        self.words = measure_attention(denoiser.unet)
        self.forward = torch.compile(self.predict, fullgraph=True, dynamic=False, mode="reduce-overhead")
        self.unet = denoiser.unet
        self.alphas = models.new_scheduler().alphas_cumprod.to(device)

    def losses(self, latents, prompts, boxes, present):
        timesteps = torch.randint(len(self.alphas), (len(latents),), device=self.device)
        alpha = self.alphas[timesteps][:, None, None, None]
        noise = torch.randn_like(latents)
        noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        with mixed_precision(self.device):
            predicted, attention = self.forward(noisy, timesteps, prompts, boxes, present)
        errors = (predicted.float() - noise).square().mean((1, 2, 3))
        snr = self.alphas[timesteps] / (1 - self.alphas[timesteps])
        return {"denoising": (errors * (MOST_SNR / snr).clamp(max=1)).mean(), "attention": attention}

    def predict(self, noisy, timesteps, prompts, boxes, present):
        self.words.start(boxes, present)
        predicted = self.unet(noisy, timesteps, self.text_encoder(prompts)[0]).sample
        return predicted, self.words.loss()


@torch.no_grad()
def move_average(average, module, step):
    decay = min(EMA_DECAY, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(module.parameters()), 1 - decay)


# ---------------------------------------------------------------- all of it

def main():
    args = arguments()
    deadline = time.time() + 60 * args.minutes
    torch.manual_seed(time.time_ns())
    torch.set_float32_matmul_precision("high")
    args.work.mkdir(parents=True, exist_ok=True)
    vocabulary = save_tokenizer(args.output / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(args.output / "tokenizer")
    vae = train_vae(args, deadline)
    pool = Pool(vae, tokenizer, args)
    print(f"pool: {len(pool.latents)} pictures, scaling factor {pool.scaling_factor:.4f}", flush=True)
    average = train_denoiser(args, deadline, pool, vocabulary)
    vae.register_to_config(scaling_factor=pool.scaling_factor)
    models.save_pipeline(args.output, vae, average.text_encoder, average.unet)


if __name__ == "__main__":
    main()
