"""Makes all fixtures anew: models first, then what is computed from them."""

import runpy
from pathlib import Path

SCRIPTS = ["tiny_models.py", "tiny_prompts.py", "component_fixtures.py", "pipeline_fixtures.py", "option_fixtures.py", "deep_cache_fixtures.py", "folder_fixtures.py", "lora_fixtures.py",
           "single_file_fixtures.py", "checkpoint_fixtures.py",
           "detector_fixtures.py", "ip_adapter_fixtures.py", "guided_fixtures.py",
           "scheduler_fixtures.py", "clip_fixtures.py", "detection_fixtures.py",
           "safety_fixtures.py",
           "flop_fixtures.py"]


def main():
    here = Path(__file__).resolve().parent
    for script in SCRIPTS:
        print(script, flush=True)
        runpy.run_path(str(here / script), run_name="__main__")


if __name__ == "__main__":
    main()
