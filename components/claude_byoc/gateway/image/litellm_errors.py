"""A callback of LiteLLM's: it keeps what LiteLLM drops from an upstream's error, such as how long to wait."""

from typing import Any

from litellm.integrations.custom_logger import (  # pyright: ignore[reportMissingImports] -- in LiteLLM's image alone
    CustomLogger,
)

from .caller import current_call

_KEPT = ("retry-after", "request-id")


class UpstreamError(CustomLogger):  # pyright: ignore[reportUntypedBaseClass] -- as above
    """Notes the headers of an upstream's error in the current call, for the application to send."""

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],  # noqa: ARG002 -- LiteLLM's signature
        original_exception: Exception,
        user_api_key_dict: Any,  # noqa: ARG002, ANN401 -- LiteLLM's signature
        traceback_str: str | None = None,  # noqa: ARG002 -- LiteLLM's signature
    ) -> None:
        """Note them; LiteLLM has them in one place or the other, by upstream."""
        call = current_call.get(None)
        response = getattr(original_exception, "response", None)
        headers = getattr(original_exception, "litellm_response_headers", None) or getattr(
            response, "headers", None
        )
        if call is None or headers is None:
            return
        for name in _KEPT:
            if isinstance(value := headers.get(name), str) and value.isprintable():
                call.upstream_headers[name] = value


callback = UpstreamError()
