#!/usr/bin/env bash
# requirements.lock, and those of the side environments: exact versions with hashes for every platform, without
# index addresses.
# The engine and its SDK are held at one version; see docs/decisions/0001-engine.md.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "uv is needed to resolve the lock: pip install uv" >&2; exit 1; }
uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
  --python-version 3.11 --all-extras --group dev pyproject.toml \
  --constraint <(printf '%s\n' pulumi==3.259.0 pulumi-aws==7.51.1 pulumi-azure-native==3.29.0 \
    pulumi-azuread==6.11.1 pulumi-gcp==10.2.0 pulumi-random==4.21.4 pulumi-policy==1.21.0) \
  --output-file requirements.lock

for wanted in tests/side_envs/*.in; do
  uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 "$wanted" --output-file "${wanted%.in}.lock"
done
