"""What makes a manifest value right or wrong; `check_manifest` judges a whole set with it."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from claude_byoc.contract.access_policies import check_access_policies
from claude_byoc.contract.manifest_keys import FEATURES, MANIFEST_KEYS, URL_LIMIT, ManifestKey
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.manifest_values import (
    check_available_models,
    check_inference_headers,
    check_mcp_servers,
)
from claude_byoc.contract.problems import Problem, nearest, shown_name

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_JSON_SPACE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OUTER_SPACE = re.compile(r"\A[\s\ufeff]|[\s\ufeff]\Z")
_PROVIDER_CREDENTIAL = re.compile(
    r"sk-ant-|GOCSPX-|(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}|AIza[0-9A-Za-z_-]{30,}|ya29\.|-----BEGIN "
)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
_LATIN_1 = 0xFF


def check_value(key: str, value: str) -> list[Problem]:
    """Return every problem of one value, judged alone.

    Texts never quote the value, whatever the key: a secret in the wrong place is still a secret.
    """
    spec = MANIFEST_KEYS.get(key)
    if spec is None:
        meant = nearest(key, MANIFEST_KEYS)
        return [
            Problem(
                shown_name(key),
                "is not a manifest key",
                "one of " + ", ".join(MANIFEST_KEYS),
                f"did you mean {meant}?" if meant else "remove it",
            )
        ]
    return _check_text(spec, value) or _check_meaning(spec, value)


def check_manifest(host: str, values: Mapping[str, str | None]) -> list[Problem]:
    """Return every problem of each known value, then those between keys."""
    found: list[Problem] = []
    for name, value in values.items():
        if value is not None or name not in MANIFEST_KEYS:
            found += check_value(name, value or "")
    return found + check_set(host, values)


def _check_text(spec: ManifestKey, value: str) -> list[Problem]:  # noqa: PLR0911 - one return per rule
    """Return the first breach of what no key's value may be; further ones would follow from it."""

    def refuse(wrong: str, cure: str, allowed: str = spec.shape) -> list[Problem]:
        return [Problem(spec.name, wrong, allowed, cure)]

    json_like = spec.kind != "text" or spec.name == "available_models"
    control = _CONTROL_BUT_JSON_SPACE if json_like and spec.kind != "url" else _CONTROL
    if _SURROGATE.search(value):
        return refuse("holds a character that is not valid Unicode", "give the value as UTF-8 text")
    if len(value) > URL_LIMIT:
        return refuse(
            f"has {len(value)} characters, more than a manifest URL can hold",
            "deliver it through bootstrap_url, or shorten it",
            f"{spec.shape}; less than {URL_LIMIT} characters with everything else",
        )
    if not value.strip(" \t\r\n\ufeff"):
        return refuse("is empty", "give a value, or leave the key out")
    if match := control.search(value):
        return refuse(
            f"holds the control character U+{ord(match.group()):04X} at position {match.start() + 1}",
            "remove it: it often comes from copying, or from the end of a file",
        )
    if _OUTER_SPACE.search(value) and not json_like:
        return refuse("begins or ends with white space", "remove the white space")
    if _is_provider_credential(spec.name, value):
        return refuse(
            "is a model provider's own credential, which must never reach people's devices",
            "have the gateway issue a token and give that",
            "only gateway-issued tokens",
        )
    return []


def _is_provider_credential(name: str, value: str) -> bool:
    if name == "google_client_secret":
        return value.startswith("sk-ant-")
    if name == "gateway_token" and value.removeprefix("Bearer ").startswith(("AKIA", "ya29.")):
        return True
    return _PROVIDER_CREDENTIAL.search(value) is not None


def _check_meaning(spec: ManifestKey, value: str) -> list[Problem]:
    flags = re.DOTALL | (re.IGNORECASE if spec.ignore_case else 0)
    found: list[Problem] = []
    if not re.fullmatch(spec.pattern, value, flags):
        if spec.unusual is None or not re.fullmatch(spec.unusual, value, flags):
            return [
                Problem(
                    spec.name,
                    "does not have the right form",
                    spec.shape,
                    f"for example {spec.example}" if not spec.secret else "check the value at its source",
                )
            ]
        found.append(Problem(spec.name, spec.unusual_why, spec.shape, "check that it is meant so", "warning"))
    if spec.kind == "url":
        found += _check_url(spec, value)
    check = _VALUE_RULES.get(spec.name)
    return found + check(value) if check else found


def _check_url(spec: ManifestKey, value: str) -> list[Problem]:
    templated = spec.name == "bootstrap_url"
    # Another key's value may stand in any place, the host included.
    plain = _PLACEHOLDER.sub("x", value) if templated else value
    if templated and not plain.startswith("https://"):
        plain = "https://" + plain

    def refuse(wrong: str, cure: str) -> list[Problem]:
        return [Problem(spec.name, wrong, spec.shape, cure)]

    try:
        parts = urlsplit(plain)
        host, user, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        return refuse("is not a valid URL", f"for example {spec.example}")
    if re.search(r"[\s\\\"<>]", value) or not host:
        return refuse("is not a valid URL", f"for example {spec.example}")
    if user is not None:
        return refuse(
            "holds a user name or password, which everybody with the manifest could read",
            "remove everything between https:// and @",
        )
    if parts.fragment or (parts.query and not templated):
        return refuse("has a `?` or `#` part, to which no path can be appended", "give the base URL alone")
    return _check_url_end(spec, value) if not templated else _check_placeholders(value)


def _check_url_end(spec: ManifestKey, value: str) -> list[Problem]:
    path = value.rstrip("/")
    for ending in ("/v1/messages", "/v1/models"):
        if spec.name == "gateway_url" and path.endswith(ending):
            return [Problem(spec.name, f"ends with {ending}", spec.shape, f"remove {ending}")]
    if spec.name == "otlp_endpoint" and path.endswith("/v1/traces"):
        return [
            Problem(
                spec.name,
                "ends with /v1/traces, which the add-in appends once more",
                spec.shape,
                "remove /v1/traces",
                "warning",
            )
        ]
    return []


def _check_placeholders(value: str) -> list[Problem]:
    unknown = [name for name in _PLACEHOLDER.findall(value) if name not in MANIFEST_KEYS]
    return [
        Problem(
            "bootstrap_url",
            f"names {{{{{shown_name(name)}}}}}, which stays in the URL as it is",
            "{{key}} with a manifest key, such as {{gcp_region}}",
            f"did you mean {{{{{meant}}}}}?"
            if (meant := nearest(name, MANIFEST_KEYS))
            else "remove it, or use a known key",
            "warning",
        )
        for name in unknown
    ]


def _check_features(value: str) -> list[Problem]:
    return [
        Problem(
            "disabled_features",
            f"names a feature (number {number}) not known here; the add-in ignores it",
            ", ".join(sorted(FEATURES)),
            f"did you mean {meant}?" if (meant := nearest(name, FEATURES)) else "check the name",
            "warning",
        )
        for number, name in enumerate(value.split(","), 1)
        if name not in FEATURES
    ]


def _check_scope(value: str) -> list[Problem]:
    sign_in = {"openid", "profile", "email", "offline_access"}
    scopes = [scope for scope in re.split(r"[,\s]+", value) if scope and scope not in sign_in]
    resources = {scope.rpartition("/")[0] for scope in scopes}
    if len(resources) <= 1:
        return []
    return [
        Problem(
            "entra_scope",
            f"names scopes of {len(resources)} resources; Entra issues a token for one",
            MANIFEST_KEYS["entra_scope"].shape,
            "keep the scopes of the gateway, of the bootstrap endpoint or of Foundry alone",
        )
    ]


def _check_token(value: str) -> list[Problem]:
    spec = MANIFEST_KEYS["gateway_token"]
    if re.match(r"bearer\s", value, re.IGNORECASE):
        wrong = "begins with `Bearer`, which the add-in writes itself"
        return [Problem(spec.name, wrong, spec.shape, "remove `Bearer `", "warning")]
    if any(ord(char) > _LATIN_1 for char in value):
        wrong = "holds characters that a browser cannot send in a header"
        return [Problem(spec.name, wrong, spec.shape, "check how the token was copied", "warning")]
    return []


def _check_otlp_headers(value: str) -> list[Problem]:
    spec = MANIFEST_KEYS["otlp_headers"]
    if all(re.match(r"[^=\s]+=", pair.strip()) for pair in value.split(",")):
        return []
    wrong = "has a part without `name=`"
    return [Problem(spec.name, wrong, spec.shape, "join `name=value` pairs by commas", "warning")]


_VALUE_RULES: Mapping[str, Callable[[str], list[Problem]]] = {
    "access_policies": check_access_policies,
    "available_models": check_available_models,
    "disabled_features": _check_features,
    "entra_scope": _check_scope,
    "gateway_token": _check_token,
    "inference_headers": check_inference_headers,
    "mcp_servers": check_mcp_servers,
    "otlp_headers": _check_otlp_headers,
}

__all__ = ["check_manifest", "check_set", "check_value"]
