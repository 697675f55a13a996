#!/usr/bin/env bash
# Tells Spark which GPUs this machine has, as Spark wants to hear it:
# {"name": "gpu", "addresses": ["0","1"]}
set -euo pipefail
addresses="$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd, -)"
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
