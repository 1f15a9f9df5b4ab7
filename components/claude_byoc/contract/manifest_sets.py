"""What makes a set of manifest values right or wrong: the rules between keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from claude_byoc.contract.aws import partition
from claude_byoc.contract.entra import ANTHROPIC_APP_ID
from claude_byoc.contract.manifest_keys import DOCS, HOSTS, MANIFEST_KEYS, WIZARD, ManifestKey
from claude_byoc.contract.manifest_values import model_ids
from claude_byoc.contract.models import check_models, outlook_takes
from claude_byoc.contract.problems import Problem

Values = Mapping[str, str | None]


def check_set(host: str, values: Values) -> list[Problem]:
    """Return every problem between keys.

    `host` is `office` or `outlook`. A value of None is a key that will be there with a value not yet
    known: rules that need the value pass over it. Single values are `check_value`'s work.
    """
    if host not in HOSTS:
        return [Problem("host", "has no manifest", " or ".join(HOSTS), "choose one of them")]
    found: list[Problem] = []
    for name in values:
        spec = MANIFEST_KEYS.get(name)
        if spec is None:
            continue
        if host not in spec.hosts:
            found.append(
                Problem(
                    name,
                    f"is not supported for {host}: Amazon Bedrock direct does not work there",
                    f"only for {', '.join(spec.hosts)}",
                    "leave it out; connect Outlook through a gateway, Vertex AI or Foundry",
                )
            )
        found += _check_companions(spec, values)
    for rule in SET_RULES:
        found += rule.check(host, values)
    return found


def _check_companions(spec: ManifestKey, values: Values) -> list[Problem]:
    found: list[Problem] = []
    for other, wanted in spec.requires:
        known = values.get(other)
        if other in values and (wanted is None or known is None or known == wanted):
            continue
        need = f"{other}={wanted}" if wanted else other
        found.append(Problem(spec.name, f"requires {need}", f"together with {need}", f"add {need}"))
    for other, _ in spec.expects:
        if other not in values:
            found.append(
                Problem(
                    spec.name,
                    f"is of no use without {other}",
                    f"together with {other}",
                    f"add {other}, unless extension attributes or the bootstrap endpoint bring it",
                    "warning",
                )
            )
    return found


def _check_entra_token(_host: str, values: Values) -> list[Problem]:
    if "gateway_auth_source" not in values:
        return []
    found = [
        Problem(
            name,
            "is ignored: gateway_auth_source sends the person's Entra token instead",
            "one of the two",
            f"leave {name} out",
            "warning",
        )
        for name in ("gateway_token", "azure_api_key")
        if name in values
    ]
    if (values.get("gateway_auth_header") or "").lower() == "x-api-key":
        found.append(
            Problem(
                "gateway_auth_header",
                "is ignored: an Entra token always travels in the authorization header",
                "`authorization` with gateway_auth_source",
                "set authorization, or leave it out",
                "warning",
            )
        )
    return found


def _check_cloud(_host: str, values: Values) -> list[Problem]:
    if values.get("graph_cloud") in (None, "global"):
        return []
    if "graph_client_id" not in values:
        return [
            Problem(
                "graph_cloud",
                "requires graph_client_id: Anthropic's app exists in the global cloud only",
                "global, or together with graph_client_id",
                "register an Entra app of your own and add graph_client_id",
            )
        ]
    if (values["graph_client_id"] or "").lower() != ANTHROPIC_APP_ID:
        return []
    return [
        Problem(
            "graph_client_id",
            "is Anthropic's app, which exists in the global cloud only",
            "an Entra app of your own, or graph_cloud=global",
            "register one in the tenant's own cloud and give its id",
        )
    ]


def _check_partition(_host: str, values: Values) -> list[Problem]:
    arn, region = values.get("aws_role_arn"), values.get("aws_region")
    if not arn or not region or not arn.startswith("arn:"):
        return []
    role, place = arn.split(":")[1], partition(region)
    if role == place:
        return []
    return [
        Problem(
            "aws_role_arn",
            f"belongs to another partition than aws_region ({place})",
            "a role and a Region of the same partition",
            "use a us-gov- Region with an arn:aws-us-gov role, any other with an arn:aws role",
        )
    ]


def _check_vertex_format(_host: str, values: Values) -> list[Problem]:
    if (values.get("gateway_api_format") or "").lower() != "vertex":
        return []
    missing = [name for name in ("gcp_project_id", "gcp_region") if name not in values]
    # Both are keys that extension attributes (with entra_sso) and the bootstrap endpoint may bring.
    later = "bootstrap_url" in values or values.get("entra_sso", "0") != "0"
    return [
        Problem(
            "gateway_api_format",
            f"vertex requires {name}: the add-in builds the path from it",
            "together with gcp_project_id and gcp_region",
            f"add {name}",
            "warning" if later else "error",
        )
        for name in missing
    ]


def _check_gateway_path(_host: str, values: Values) -> list[Problem]:
    url = (values.get("gateway_url") or "").rstrip("/")
    if (
        not url.endswith("/v1")
        or (values.get("gateway_api_format", "anthropic") or "").lower() != "anthropic"
    ):
        return []
    return [
        Problem(
            "gateway_url",
            "ends with /v1, and the add-in appends /v1/messages",
            MANIFEST_KEYS["gateway_url"].shape,
            "remove /v1 unless the gateway expects it twice",
            "warning",
        )
    ]


def _check_outlook_models(host: str, values: Values) -> list[Problem]:
    ids = model_ids(values.get("available_models") or "")
    taken = [outlook_takes(model) for model in ids]
    if host != "outlook" or not ids or any(taken):
        return []
    sure = None not in taken
    return [
        Problem(
            "available_models",
            "names no model that Outlook takes" if sure else "names no model that surely works in Outlook",
            "at least one of: Opus 4.7 or later, Sonnet 5 or later",
            "add one of them, or leave the key out",
            "error" if sure else "warning",
        )
    ]


# Key -> the platform that its presence tells, where no gateway stands between.
_DIRECT = {"aws_role_arn": "bedrock", "google_client_id": "vertex", "azure_resource_name": "foundry"}


def _check_direct_models(_host: str, values: Values) -> list[Problem]:
    platforms = [platform for key, platform in _DIRECT.items() if key in values]
    if not platforms or "gateway_url" in values:
        return []
    # The add-in's own ids, those of the Claude API, work on every path.
    ids = model_ids(values.get("available_models") or "")
    return check_models([*platforms, "anthropic"], ids, key="available_models")


@dataclass(frozen=True)
class SetRule:
    """One rule between keys: `sentence` says it, `check` takes host and values."""

    sentence: str
    check: Callable[[str, Values], list[Problem]]
    source: str


SET_RULES: tuple[SetRule, ...] = (
    SetRule(
        "With `gateway_auth_source` the add-in ignores `gateway_token`, `azure_api_key` and a "
        "`gateway_auth_header` of `x-api-key`: a warning.",
        _check_entra_token,
        WIZARD,
    ),
    SetRule(
        "A `graph_cloud` other than `global` requires `graph_client_id`, and that must not be Anthropic's "
        "app, which exists in the global cloud only.",
        _check_cloud,
        WIZARD,
    ),
    SetRule("`aws_role_arn` and `aws_region` belong to the same AWS partition.", _check_partition, WIZARD),
    SetRule(
        "`gateway_api_format=vertex` requires `gcp_project_id` and `gcp_region`: a warning where extension "
        "attributes (`entra_sso`) or the bootstrap endpoint may bring them, else an error.",
        _check_vertex_format,
        DOCS,
    ),
    SetRule(
        "A `gateway_url` in the format `anthropic` does not end with `/v1`: a warning.",
        _check_gateway_path,
        DOCS,
    ),
    SetRule(
        "For Outlook, `available_models` names Opus 4.7 or later or Sonnet 5 or later: an error where none of "
        "its ids surely can be one, a warning where that is not clear.",
        _check_outlook_models,
        DOCS + " (another page of the same documentation names Opus 4.7 alone)",
    ),
    SetRule(
        "On a direct path (no `gateway_url`) `available_models` has ids of that platform or of the Claude "
        "API: a warning.",
        _check_direct_models,
        DOCS,
    ),
)
"""Every rule that the table of keys does not hold itself (hosts, `requires`, `expects`)."""
