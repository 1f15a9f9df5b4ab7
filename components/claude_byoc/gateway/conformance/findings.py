"""What can be wrong with an answer, in plain words: what people notice, and what to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claude_byoc.contract.entra import ADDIN_ORIGIN


@dataclass(frozen=True)
class Kind:
    """One way of being wrong. `breaks`: the add-in cannot work with it, rather than works worse."""

    breaks: bool
    means: str
    cure: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "silent": Kind(
            True,
            "There is no HTTP answer at all; the add-in shows a network error.",
            "Let the gateway answer every request within the time that the load balancer gives it.",
        ),
        "reset": Kind(
            True,
            "After a failing request the connection is cut: behind a load balancer somebody else's next request fails.",
            "Answer failures as errors without resetting the connection, or put a front before it that does.",
        ),
        "unreadable": Kind(
            True,
            "The browser hides this answer from the add-in, which shows a network error whatever it says.",
            f"Send Access-Control-Allow-Origin: {ADDIN_ORIGIN} exactly once on every answer, errors too.",
        ),
        "preflight": Kind(
            True,
            "The browser never sends the real request.",
            "Answer OPTIONS with 204 and without a credential; echo the headers that it asks for.",
        ),
        "private": Kind(
            True,
            "Browsers that guard private networks do not let the add-in call this address.",
            "Answer such a preflight with Access-Control-Allow-Private-Network: true.",
        ),
        "private-later": Kind(
            False,
            "It matters once the gateway moves to a private address.",
            "Answer such a preflight with Access-Control-Allow-Private-Network: true.",
        ),
        "insecure": Kind(
            True,
            "The add-in is an https page, which may not call http; Cowork takes https alone.",
            "Serve the gateway over https with a certificate that people's devices trust.",
        ),
        "open": Kind(
            True,
            "Whoever reaches the address can spend the organisation's money.",
            "Ask for a credential on every address that reaches a model.",
        ),
        "no-credential": Kind(
            True,
            "The token is taken in no header that an add-in or Cowork can send it in.",
            "Take it as x-api-key or as Authorization: Bearer; check that it is valid.",
        ),
        "one-header": Kind(
            False,
            "A client that is set to the other header gets an error.",
            "Set gateway_auth_header (add-in) and the desktop profile to the header that works, or take both.",
        ),
        "no-format": Kind(
            True,
            "No address of an API format that the add-in speaks was found below this URL.",
            "Give the base URL, without /v1/messages; serve POST /v1/messages there.",
        ),
        "status": Kind(
            False,
            "People read of a wrong cause: a server's failure or a bad request where their key is meant.",
            "Answer with the status that is expected here.",
        ),
        "shape": Kind(
            False,
            "The add-in cannot show the message, only that something failed.",
            'Answer errors as {"type": "error", "error": {"type": ..., "message": ...}}.',
        ),
        "hidden": Kind(
            False,
            "The add-in cannot see how long to wait after a 429, nor the id that support asks for.",
            "Send Access-Control-Expose-Headers: request-id, retry-after.",
        ),
        "models": Kind(
            False,
            "The add-in and Cowork offer no models of their own accord.",
            "Serve GET /v1/models in Anthropic's shape, or list the models in the settings.",
        ),
        "answer": Kind(
            True,
            "A valid request gets no answer of a model.",
            "Look into the gateway's log: the model's name, its credential for the upstream, its quota.",
        ),
        "stream": Kind(
            True,
            "The add-in asks for streams and gets none, or one that does not end.",
            "Pass the upstream's event stream on as it is: no buffering, no compression, no translation.",
        ),
        "count": Kind(
            False,
            "Token counts are estimated, so that long documents may be cut too early or too late.",
            "Serve POST /v1/messages/count_tokens.",
        ),
    }
)


@dataclass(frozen=True)
class Finding:
    """Something wrong: `kind` in KINDS, `detail` what was seen. It never holds a credential."""

    kind: str
    detail: str

    @property
    def breaks(self) -> bool:
        """Tell whether the add-in cannot work with it."""
        return KINDS[self.kind].breaks
