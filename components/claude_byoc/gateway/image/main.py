"""What uvicorn serves: the application around LiteLLM's own."""

import logging
import os
from pathlib import Path

import litellm  # pyright: ignore[reportMissingImports] -- exists in LiteLLM's image alone
from litellm.proxy.proxy_server import app as litellm_app  # pyright: ignore[reportMissingImports] -- as above

from .app import Gateway
from .credentials import Credentials
from .settings import load
from .usage import Usage


def price(usage: Usage) -> float | None:
    """Return what the request cost in US dollars by LiteLLM's price list; None for a model that it lacks."""
    try:
        sent, received = litellm.cost_per_token(
            model=usage.model,
            prompt_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_creation_tokens,
            completion_tokens=usage.output_tokens,
            cache_read_input_tokens=usage.cache_read_tokens,
            cache_creation_input_tokens=usage.cache_creation_tokens,
        )
    except Exception:  # noqa: BLE001 -- LiteLLM raises what it likes for a model that it does not know
        return None
    return round(sent + received, 6)


logging.getLogger("LiteLLM").setLevel(logging.ERROR)
_settings = load(Path(os.environ["GATEWAY_SETTINGS"]))
app = Gateway(litellm_app, _settings, Credentials(_settings), price)
