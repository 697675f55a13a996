"""Time and memory of one guided 512x512 image at the size of Stable Diffusion 1.5, in Python.

Random weights: the arithmetic is the same, the picture is noise. `--save FOLDER` writes the pipeline
(float16, 2 GB) so that Boxwright can run the very same; the folder does not belong into the repository.

    python reference_512.py --save /tmp/sd15-random
    python reference_512.py --load /tmp/sd15-random --steps 2 --iterations 2
"""

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from layout_guidance_reference import PAPER, Object, Row, generate
from tiny_models import SD1_SCHEDULER, save_pipeline
from tiny_tokenizer import END, save_tokenizer

ROW = Row("cat", "a cat playing with a ball",
          [Object([2], [(0.1, 0.2, 0.5, 0.8)]), Object([6], [(0.55, 0.4, 0.95, 0.8)])], seed=1)


def save(folder):
    """SD 1.5 by its published configs; only the tokenizer is the tiny one."""
    torch.manual_seed(0)
    vocabulary = save_tokenizer(folder / "tokenizer", pad_token=END)
    unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4, sample_size=512)
    text_encoder = CLIPTextModel(CLIPTextConfig(
        vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
        projection_dim=768, bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1))
    save_pipeline(folder, unet, vae, text_encoder, SD1_SCHEDULER)


def measure(folder, steps, iterations):
    """The guidance never stops early, so that the work does not depend on the weights."""
    started = time.perf_counter()
    pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.scheduler = EulerDiscreteScheduler.from_config(pipeline.scheduler.config)
    loaded = time.perf_counter()
    preset = replace(PAPER, loss_threshold=0, max_iterations_per_step=iterations)
    result = generate(pipeline, ROW, preset, steps, height=512, width=512)
    done = time.perf_counter()
    print(f"steps {steps}, updates {sum(map(len, result.losses))}, threads {torch.get_num_threads()}")
    print(f"loading {loaded - started:.1f} s, image {done - loaded:.1f} s")
    print(f"peak resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--save", type=Path, help="write the random pipeline to this new folder")
    parser.add_argument("--load", type=Path, help="make the image with the pipeline of this folder")
    parser.add_argument("--steps", type=int, default=2, help="denoising steps (default %(default)s)")
    parser.add_argument("--iterations", type=int, default=2, help="updates a step (default %(default)s)")
    arguments = parser.parse_args()
    if arguments.save:
        save(arguments.save)
    if arguments.load:
        measure(arguments.load, arguments.steps, arguments.iterations)


if __name__ == "__main__":
    main()
