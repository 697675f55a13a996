"""Holds the two peers against each other, so that the measured ones are known to compute the same."""

from dataclasses import replace

import torch

from batched_peer import BatchedPeer
from layouts import Settings, varied_rows
from models import load
from reference_peer import ReferencePeer
from stages import Stages

# Of the largest latent. What fused attention, another order of sums and a batch do stays well below; a cell,
# a token, a head or a step that is wrong is well above.
TOLERANCE = 1e-3
ROWS = 5  # more than one of a layout

FEW = {"steps": 4, "max_guidance_steps": 2, "max_iterations_per_step": 2}
CASES = {
    "even size": Settings(**FEW, height=192, width=192),
    "a size that the UNet does not halve evenly": Settings(**FEW, height=184, width=200),
    "a scheduler of the other scaling": Settings(**FEW, height=192, width=192, scheduler="DDIMScheduler"),
}


def pictures_of(peer_class, name, device, settings, **options):
    """Each peer has a model of its own, for both change it."""
    model = load(name, torch.float32, device)
    return peer_class(model, settings, Stages(device), **options).generate(varied_rows(ROWS))


def largest_difference(one, other):
    return (one.double() - other.double()).abs().max().item()


def check_case(name, device, settings, **options):
    """The differences of one case, and what is wrong with them."""
    reference = pictures_of(ReferencePeer, name, device, settings)
    batched = pictures_of(BatchedPeer, name, device, settings, **options)
    unguided = pictures_of(BatchedPeer, name, device, replace(settings, max_guidance_steps=0), **options)
    differences = {
        "latents": largest_difference(reference.latents, batched.latents),
        "losses": largest_difference(reference.losses, batched.losses),
        "pixels": largest_difference(reference.pixels, batched.pixels),
        "guidance": largest_difference(unguided.latents, batched.latents),
    }
    scale = reference.latents.abs().max().item()
    wrong = []
    if not differences["latents"] <= TOLERANCE * scale:
        wrong.append("latents differ")
    if not differences["losses"] <= TOLERANCE:
        wrong.append("losses differ")
    if not differences["pixels"] <= 1:
        wrong.append("pictures differ")
    if not differences["guidance"] > 100 * TOLERANCE * scale:
        wrong.append("guidance moves so little that the check says nothing about it")
    return differences, scale, wrong


def check(name, device, **options):
    """Prints every case; true if the peers agree in all."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    good = True
    for case, settings in CASES.items():
        differences, scale, wrong = check_case(name, device, settings, **options)
        numbers = ", ".join(f"{key} {value:.2g}" for key, value in differences.items())
        print(f"{case}: {'; '.join(wrong) or 'same'} ({numbers}; latents up to {scale:.2g})")
        good = good and not wrong
    return good
