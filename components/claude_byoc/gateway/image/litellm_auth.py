"""LiteLLM's `custom_auth`: tells LiteLLM whom the application found, and keeps the request as it was sent."""

from typing import Any, cast

# These exist in LiteLLM's image alone.
from litellm.proxy._types import (  # pyright: ignore[reportMissingImports] -- see above
    LitellmUserRoles,
    ProxyException,
    UserAPIKeyAuth,
)
from litellm.proxy.common_utils.http_parsing_utils import (  # pyright: ignore[reportMissingImports] -- see above
    _read_request_body,  # LiteLLM keeps the parsed body here alone
)
from litellm.types.passthrough_endpoints.pass_through_endpoints import (  # pyright: ignore[reportMissingImports] -- see above
    LITELLM_PASS_THROUGH_RAW_BODY_STATE_KEY,
)

from .caller import current_call

_PASS_THROUGH = ("/anthropic/", "/vertex_ai/")


async def user_api_key_auth(request: Any, api_key: str) -> object:  # noqa: ANN401 -- a Request of LiteLLM's web framework
    """Return the caller in LiteLLM's terms; raise ProxyException (401) for a request from elsewhere."""
    call = current_call.get(None)
    if call is None:
        raise ProxyException("No caller is known.", "authentication_error", "", 401)
    body: object = await _read_request_body(request=request)
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    model = fields.get("model")
    call.stream = call.stream or fields.get("stream") is True
    if isinstance(model, str) and not call.model:
        call.model = model[:200]
        if not call.takes(model):
            text = f"model: {call.model} is not offered by this gateway; GET /v1/models lists those."
            raise ProxyException(text, "not_found_error", "model", 404)
    if request.url.path.startswith(_PASS_THROUGH) and (raw := await request.body()):
        # Without it LiteLLM writes the parsed body anew, and leaves out what it takes for parameters of its own
        # (`metadata` among them).
        setattr(request.state, LITELLM_PASS_THROUGH_RAW_BODY_STATE_KEY, raw)
    return UserAPIKeyAuth(
        api_key=api_key,
        user_id=call.caller.user,
        team_id=call.caller.team or None,
        key_alias=call.caller.name,
        user_role=LitellmUserRoles.INTERNAL_USER,
    )
