"""What the Entra part gives to manifests and to Claude Desktop, told from the uses alone. Pure."""

from collections.abc import Collection, Mapping

from claude_byoc.contract import entra
from claude_byoc.contract.problems import Problem, ProblemsError

TOKEN_USES = ("foundry", "gateway")
"""Uses in which the add-in sends a person's access token; one of them for a manifest."""


def manifest_values(
    uses: Collection[str],
    host: str,
    cloud: str,
    *,
    own_app: bool,
    client_id: str | None = None,
    entra_scope: str | None = None,
) -> dict[str, str | None]:
    """Return the Entra keys of one manifest, None for a value that is made later.

    `uses` are those of the path that the host takes (`sso` for Bedrock, `foundry`, `gateway`; `outlook` for the
    host Outlook; none for a key, a static token or Vertex AI). `entra_scope` is the gateway's; Foundry's follows
    from the cloud. Raises ProblemsError where the uses contradict each other or need an app of one's own.
    """
    if problems := value_problems(uses, cloud, own_app=own_app):
        raise ProblemsError(problems)
    needed = set(uses) - (set() if host == "outlook" else {"outlook"})
    values: dict[str, str | None] = {}
    # Mail needs Graph's consent and no sign-in of the add-in, unless it goes through an app of one's own.
    if needed - {"outlook"} or own_app:
        values["entra_sso"] = "1"
    if own_app:
        values["graph_client_id"] = client_id
    if "foundry" in needed:
        values["entra_scope"] = entra.cognitive_services_scope(cloud)
    elif "gateway" in needed:
        values["entra_scope"] = entra_scope
    if "entra_scope" in values:
        values["gateway_auth_source"] = "entra"
    if own_app and cloud != "global":
        values["graph_cloud"] = cloud
    return values


def value_problems(uses: Collection[str], cloud: str, *, own_app: bool) -> list[Problem]:
    """Return why these uses cannot stand in one manifest."""
    found: list[Problem] = []
    if cloud not in entra.CLOUDS:
        return [Problem("entra.cloud", f"is {cloud!r}", ", ".join(entra.CLOUDS), "choose one of them")]
    tokens = [use for use in TOKEN_USES if use in uses]
    if len(tokens) > 1:
        found.append(
            Problem(
                "paths",
                "let one host use people's own tokens for a gateway and for Foundry, and a manifest asks for a "
                "token of one API only",
                "one of the two for each host",
                "name the path of the host, or give Foundry a key",
            )
        )
    if tokens and not own_app:
        found.append(
            Problem(
                "entra.app",
                f"is missing, and people's own access tokens are what {' and '.join(tokens)} asks for",
                "an app of your own (app, clientId or fromStack)",
                "add `app: {}` below `entra`, or name an app that exists: clientId",
            )
        )
    if cloud != "global" and not own_app and uses:
        found.append(
            Problem(
                "entra.app",
                f"is missing, and Anthropic's app does not exist in the cloud {cloud}",
                "an app of your own (app, clientId or fromStack)",
                "add `app: {}`, or name an app that exists: clientId",
            )
        )
    return found


def uses_of(hosts: Collection[str], token_paths: Mapping[str, Collection[str]]) -> list[str]:
    """Return the uses of the app that an environment needs.

    `token_paths` are the paths that take people's own tokens -> the hosts that use them, for instance
    `{"foundry": ["office"]}` for Foundry without a key.
    """
    found = ["sso"]
    if "outlook" in hosts:
        found.append("outlook")
    return found + [use for use in TOKEN_USES if set(token_paths.get(use, ())) & {"office", "outlook"}]


def desktop_gateway_values(
    *, issuer: str, client_id: str, scopes: Collection[str], bearer_token_type: str, broker: bool
) -> dict[str, object]:
    """Return the Claude Desktop keys of a sign-in to a gateway, in the spelling that every release reads.

    source: documentation of Claude Desktop on third-party platforms, gateway sign-in (`inferenceGatewayOidc`)
    """
    oidc: dict[str, object] = {"clientId": client_id, "issuer": issuer, "bearerTokenType": bearer_token_type}
    if bearer_token_type == "access_token":  # noqa: S105 -- a word of the configuration
        oidc["scopes"] = " ".join(scopes)
    values: dict[str, object] = {"inferenceCredentialKind": "interactive", "inferenceGatewayOidc": oidc}
    if broker:
        values["inferenceGatewayOidcAuthFlow"] = "broker"
    return values


def desktop_foundry_values(*, tenant_id: str, client_id: str, auth_flow: str) -> dict[str, object]:
    """Return the Claude Desktop keys of a sign-in to Foundry.

    source: documentation of Claude Desktop on third-party platforms, Microsoft Foundry page
    """
    return {
        "inferenceCredentialKind": "interactive",
        "inferenceFoundryTenantId": tenant_id,
        "inferenceFoundryClientId": client_id,
        "inferenceFoundryAuthFlow": auth_flow,
    }
