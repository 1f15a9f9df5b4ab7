"""What uvicorn serves: the application around LiteLLM's own."""

import logging
import os
from pathlib import Path

import litellm  # pyright: ignore[reportMissingImports] -- exists in LiteLLM's image alone
from litellm.proxy.proxy_server import app as litellm_app  # pyright: ignore[reportMissingImports] -- as above

from . import bootstrap
from .app import Gateway
from .credentials import Credentials
from .limits import Limits
from .own import Own
from .settings import Settings, load
from .telemetry import Forwarder, collector_headers
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


def limits(settings: Settings) -> Limits | None:
    """Return the limits that the settings name."""
    if settings.limits is None:
        return None
    if not settings.limits.shared:
        return Limits(settings.limits)
    from .shared_counts import SharedCounts  # noqa: PLC0415 -- needs Redis's client, which nothing else does

    return Limits(settings.limits, SharedCounts(os.environ["GATEWAY_REDIS_URL"]))


def own_routes(settings: Settings) -> dict[str, Own]:
    """Return what is answered without LiteLLM."""
    found: dict[str, Own] = {}
    if settings.bootstrap:
        found |= bootstrap.routes(settings.bootstrap)
    if settings.telemetry:
        headers = collector_headers(os.environ.get("GATEWAY_COLLECTOR_HEADERS", ""))
        found |= Forwarder(settings.telemetry, headers).routes()
    return found


logging.getLogger("LiteLLM").setLevel(logging.ERROR)
_settings = load(Path(os.environ["GATEWAY_SETTINGS"]))
app = Gateway(
    litellm_app,
    _settings,
    Credentials(_settings),
    price,
    limits=limits(_settings),
    own=own_routes(_settings),
)
