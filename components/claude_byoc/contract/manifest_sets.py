"""What makes a set of manifest values right or wrong: the rules between keys."""

from collections.abc import Mapping

from claude_byoc.contract.aws import partition
from claude_byoc.contract.manifest_keys import HOSTS, MANIFEST_KEYS, ManifestKey
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
    for rule in _SET_RULES:
        found += rule(values)
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


def _check_entra_token(values: Values) -> list[Problem]:
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


def _check_cloud(values: Values) -> list[Problem]:
    cloud = values.get("graph_cloud")
    if cloud in (None, "global") or "graph_client_id" in values:
        return []
    return [
        Problem(
            "graph_cloud",
            "requires graph_client_id: Anthropic's app exists in the global cloud only",
            "global, or together with graph_client_id",
            "register an Entra app of your own and add graph_client_id",
        )
    ]


def _check_partition(values: Values) -> list[Problem]:
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


def _check_vertex_format(values: Values) -> list[Problem]:
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


def _check_gateway_path(values: Values) -> list[Problem]:
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


_SET_RULES = (_check_entra_token, _check_cloud, _check_partition, _check_vertex_format, _check_gateway_path)
