#!/usr/bin/env bash
# Tells Spark which GPUs this machine has, in Spark's own format:
# {"name": "gpu", "addresses": ["0","1"]}
set -euo pipefail
addresses="$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd, -)"
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
