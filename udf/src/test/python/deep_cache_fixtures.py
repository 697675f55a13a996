"""Small pictures of diffusers' StableDiffusionPipeline with DeepCache, by the helper of the authors' library.

`fixtures/deep-cache/golden.json` has a case a line, with what differs from the defaults of `pipeline_fixtures.py`.
`golden.safetensors` has the pictures in that order, (N, H, W, 3), and their latents, (N, 4, h, w).
"""

import json

import torch
from DeepCache import DeepCacheSDHelper
from diffusers.callbacks import SDCFGCutoffCallback

import pipeline_fixtures
from component_fixtures import load
from folders import FIXTURES, SD1, SD2, save_tensors

OUT = FIXTURES / "deep-cache"
CASES = {
    "ddim": {"scheduler": "DDIMScheduler", "cache_interval": 3},
    "euler": {"scheduler": "EulerDiscreteScheduler", "cache_interval": 2},
    "pndm": {"scheduler": "PNDMScheduler", "cache_interval": 2},  # repeats a timestep
    "heun": {"scheduler": "HeunDiscreteScheduler", "cache_interval": 3},  # repeats all timesteps but the first
    "kdpm2": {"scheduler": "KDPM2DiscreteScheduler", "cache_interval": 2},  # two calls a step, each with its own timestep
    "timesteps": {"scheduler": "EulerDiscreteScheduler", "cache_interval": 3, "timesteps": [999, 736, 455, 124, 24]},
    "no_classifier_free_guidance": {"scheduler": "DDIMScheduler", "cache_interval": 3, "guidance_scale": 1.0},
    "cfg_cutoff": {"scheduler": "DDIMScheduler", "cache_interval": 3, "cutoff_step_ratio": 0.6},
    "callback": {"scheduler": "DDIMScheduler", "cache_interval": 3, "changes_latents_after": 3},
    "sd2": {"model": "sd2", "scheduler": "EulerDiscreteScheduler", "cache_interval": 2},
}
SMALL = {"steps": 7, "height": 16, "width": 16}


class DeepCache(DeepCacheSDHelper):
    """The helper. It starts anew when the number of rows changes, as after SDCFGCutoffCallback; there the library fails."""

    def __init__(self, pipeline, interval):
        super().__init__(pipeline)
        self.set_params(cache_interval=interval, cache_branch_id=0)
        self.rows = None

    def wrap_unet_forward(self):
        super().wrap_unet_forward()
        forward = self.pipe.unet.forward

        def forward_rows(sample, *args, **kwargs):
            if len(sample) != self.rows:
                self.rows, self.start_timestep, self.cached_output = len(sample), None, {}
            return forward(sample, *args, **kwargs)

        self.pipe.unet.forward = forward_rows


def make_callback(case):
    """Ends classifier-free guidance, or makes the latents of a step smaller."""
    after = case.get("changes_latents_after")
    if after is None:
        return SDCFGCutoffCallback(cutoff_step_ratio=case["cutoff_step_ratio"], cutoff_step_index=None)

    def change(_pipeline, step, _timestep, tensors):
        return {**tensors, "latents": 0.5 * tensors["latents"]} if step == after else tensors

    return change


def make(case):
    """The picture of a case, (1, H, W, 3), and its latents, (1, 4, h, w)."""
    case = {**pipeline_fixtures.DEFAULTS, **case}
    pipeline = load({"sd1": SD1, "sd2": SD2}[case["model"]])
    pipeline.set_progress_bar_config(disable=True)
    DeepCache(pipeline, case["cache_interval"]).enable()
    return pipeline_fixtures.call(pipeline, case)


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    pipeline_fixtures.make_callback = make_callback
    images, latents, lines = [], [], []
    for name, changes in CASES.items():
        case = {"name": name, **SMALL, **changes}
        for made, all_made in zip(make(case), (images, latents)):
            all_made.append(made)
        whole, _ = make({**case, "cache_interval": 1})
        print(name, "changes the picture by", (images[-1].int() - whole.int()).abs().max().item())
        assert not images[-1].equal(whole), name
        lines.append(json.dumps(case))
    save_tensors(OUT / "golden.safetensors", {"images": torch.cat(images), "latents": torch.cat(latents)})
    text = ",\n".join(lines)
    (OUT / "golden.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
