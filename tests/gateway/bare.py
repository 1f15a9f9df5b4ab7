"""LiteLLM as it comes, with a key of its own and nothing of ours around it: what many organisations run."""

import contextlib
import os
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from claude_byoc.gateway.local import HOST, Process, free_port, spawn
from tests.gateway.readable import ORIGIN
from tests.gateway.running import PROVIDER_KEY, Fake

MASTER_KEY = "sk-the-master-key"


@dataclass
class Bare:
    """`url` is its base, MASTER_KEY the one credential that it takes without a database."""

    url: str
    process: Process


@contextlib.contextmanager
def bare_litellm(folder: Path, python: Path, upstream: Fake, models: list[str]) -> Generator[Bare]:
    """Run it before the fake upstream, with the one setting for cross-origin requests that it has."""
    port = free_port()
    entries = [
        {
            "model_name": model,
            "litellm_params": {
                "model": f"anthropic/{model}",
                "api_base": upstream.url,
                "api_key": PROVIDER_KEY,
            },
        }
        for model in models
    ]
    config = folder / "config.yaml"
    retries = {"num_retries": 0, "disable_cooldowns": True}
    config.write_text(
        yaml.safe_dump(
            {
                "model_list": entries,
                "general_settings": {"master_key": MASTER_KEY},
                "router_settings": retries,
            }
        )
    )
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
        "LITELLM_CORS_ORIGINS": ORIGIN,
        "ANTHROPIC_API_BASE": upstream.url,
        "ANTHROPIC_API_KEY": PROVIDER_KEY,
    }
    command = [str(python.parent / "litellm"), "--config", str(config), "--host", HOST, "--port", str(port)]
    process = spawn("litellm", command, folder / "litellm.log", environment)
    url = f"http://{HOST}:{port}"
    try:
        until = time.monotonic() + 180
        while True:
            assert process.child.poll() is None, process.tail()
            assert time.monotonic() < until, process.tail()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{url}/health/liveliness", trust_env=False, timeout=5).status_code == 200:
                    break
            time.sleep(0.1)
        yield Bare(url, process)
    finally:
        process.stop()
