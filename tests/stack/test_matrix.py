"""Every environment of the matrix: refused with exactly the settings that are wrong, or right to the last value."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from claude_byoc.config import NAMESPACE
from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_rules import check_desktop_set, check_desktop_value
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.problems import errors
from claude_byoc.desktop_plan import DESKTOP_CONFIG_KEYS
from claude_byoc.entra import values as entra_values
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS
from claude_byoc.settings import Settings, args_of, check
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import desktop_plan, plan
from tests.stack.cells import DESKTOP_APP, GATEWAY_TOKEN, GOOGLE_SECRET, OWN_APP, TENANT, WAYS, Cell, cells


def _exposes_gateway(cell: Cell) -> bool:
    return cell.app == "app" and cell.auth == "entra" and bool(cell.hosts)


def _needs_app(cell: Cell) -> bool:
    """Whether a manifest needs an app that Anthropic's cannot be: another cloud's, or one with an API's permission."""
    usable = [host for host in cell.manifests if (cell.path, host) != ("bedrock", "outlook")]
    sends_tokens = {"foundry", "gateway"} & set(cell.uses) and usable
    elsewhere = cell.cloud != "global" and ((cell.uses and usable) or "outlook" in cell.manifests)
    return bool(sends_tokens or elsewhere)


REFUSED: Mapping[str, Callable[[Cell], bool]] = {
    "hosts": lambda cell: cell.path == "bedrock" and "outlook" in cell.hosts,
    "aws.region": lambda cell: cell.path == "bedrock" and cell.cloud == "china",
    "entra.consent": lambda cell: (
        cell.consent == "code"
        and cell.app not in ("app", "Anthropic's, declared")
        and cell.sign_in != "desktop"
    ),
    "entra.anthropicApp": lambda cell: cell.app == "Anthropic's, declared" and cell.cloud != "global",
    "entra.app": lambda cell: not cell.own_app and _needs_app(cell),
    "entra.desktop.bearerTokenType": lambda cell: (
        cell.sign_in == "desktop" and cell.path != "foundry" and not _exposes_gateway(cell)
    ),
    "entra.desktop": lambda cell: (
        cell.auth in ("keyless", "entra")
        and "desktop" in cell.hosts
        and cell.sign_in == "none"
        and cell.app != "fromStack"
    ),
    "desktop.values.inferenceBedrockProfile": lambda cell: cell.auth == "role" and "desktop" in cell.hosts,
    "desktop.values.inferenceModels": lambda cell: cell.auth == "role" and "desktop" in cell.hosts,
    "claude-byoc:desktopInferenceVertexOAuthClientSecret": lambda cell: (
        cell.auth == "clients without secret" and "desktop" in cell.hosts
    ),
    "claude-byoc:gatewayToken": lambda cell: cell.auth == "no token" and "desktop" in cell.hosts,
}
"""Setting -> whether it has to be named as wrong; nothing else may be."""

ACCEPTED = {
    ("bedrock", "role"): 64,
    ("bedrock", "role and profile"): 98,
    ("foundry", "key"): 366,
    ("foundry", "keyless"): 294,
    ("vertex", "no client"): 208,
    ("vertex", "clients"): 208,
    ("vertex", "clients without secret"): 126,
    ("vertex", "workforce"): 208,
    ("gateway", "token"): 208,
    ("gateway", "no token"): 126,
    ("gateway", "entra"): 186,
}
"""How many of the 600 environments of each way are right, counted by hand from the rules above."""

LATER = {
    "aws_region": "us-east-1",
    "aws_role_arn": "arn:aws:iam::111122223333:role/ClaudeBedrockAccess",
    "azure_resource_name": "example-claude",
    "azure_api_key": "0123456789abcdef0123456789abcdef",
    "entra_scope": f"api://{OWN_APP}/access_as_user",
    "gateway_token": GATEWAY_TOKEN,
    "gateway_url": "https://gateway.example.com",
    "gcp_project_id": "example-project",
    "gcp_region": "eu",
    "google_client_id": "1-office.apps.googleusercontent.com",
    "google_client_secret": GOOGLE_SECRET,
    "graph_client_id": OWN_APP,
}
"""Manifest values that the run would make."""

GOV = {"aws_region": "us-gov-west-1", "aws_role_arn": "arn:aws-us-gov:iam::111122223333:role/Claude"}

ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
DESKTOP_LATER: Mapping[str, Any] = {
    "inferenceBedrockRegion": "us-east-1",
    "inferenceFoundryApiKey": "0123456789abcdef0123456789abcdef",
    "inferenceFoundryClientId": DESKTOP_APP,
    "inferenceFoundryResource": "example-claude",
    "inferenceFoundryTenantId": TENANT,
    "inferenceGatewayApiKey": GATEWAY_TOKEN,
    "inferenceGatewayBaseUrl": "https://gateway.example.com",
    "inferenceGatewayOidc": {
        "clientId": DESKTOP_APP,
        "issuer": ISSUER,
        "bearerTokenType": "access_token",
        "scopes": f"api://{OWN_APP}/access_as_user",
    },
    "inferenceVertexOAuthClientId": "2-desktop.apps.googleusercontent.com",
    "inferenceVertexOAuthClientSecret": GOOGLE_SECRET,
    "inferenceVertexProjectId": "example-project",
    "inferenceVertexRegion": "eu",
    "inferenceVertexWorkforceAudience": "//iam.googleapis.com/locations/global/workforcePools/example/providers/entra",
    "inferenceVertexWorkforceOidc": {"clientId": OWN_APP, "issuer": ISSUER},
}
"""Desktop values that the run would make."""

ENTRA_KEYS = {"entra_sso", "graph_client_id", "entra_scope", "gateway_auth_source", "graph_cloud"}


def manifest_is_right(cell: Cell, args: ClaudeByocArgs) -> None:
    planned = plan(args)
    for host in cell.manifests:
        keys = planned.keys(host)
        later = LATER if cell.cloud == "global" else {**LATER, **GOV}
        filled = {key: later[key] if value is None else value for key, value in keys.items()}
        assert [p for key, value in filled.items() for p in errors(check_value(key, value))] == []
        assert errors(check_set(host, filled)) == []
        uses = [*cell.uses, *(["outlook"] if host == "outlook" else [])]
        derived = entra_values.manifest_values(uses, host, cell.cloud, own_app=cell.own_app)
        assert {key: keys[key] for key in keys if key in ENTRA_KEYS} == derived


def profile_is_right(cell: Cell, args: ClaudeByocArgs) -> None:
    keys = desktop_plan(args).values()
    if "desktop" in cell.hosts:
        filled = {key: DESKTOP_LATER[key] if value is None else value for key, value in keys.items()}
        assert [p for key, value in filled.items() for p in errors(check_desktop_value(key, value))] == []
        assert errors(check_desktop_set(filled)) == []


def names_a_setting(key: str) -> bool:
    """Whether a stack file has this key: a path into the settings, or a secret of its own."""
    if key.startswith(NAMESPACE):
        return key.removeprefix(NAMESPACE) in {**SECRET_CONFIG_KEYS, **DESKTOP_CONFIG_KEYS}
    head, *_ = key.split(".")
    last = key.rpartition(".")[2]
    known = {field.alias or name for name, field in Settings.model_fields.items()}
    return head in known and (not key.startswith("desktop.values.") or last in DESKTOP_KEYS)


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_each_environment_is_refused_for_exactly_what_is_wrong_or_right(way: tuple[str, str]) -> None:
    seen, accepted = 0, 0
    for cell in cells():
        if (cell.path, cell.auth) != way:
            continue
        parsed, problems = check(
            cell.settings(), cell.secrets(), "dev", desktop_secrets=cell.desktop_secrets()
        )
        expected = {key for key, is_refused in REFUSED.items() if is_refused(cell)}
        assert {p.key for p in problems} == expected, cell
        assert (parsed is None) is bool(expected)
        for problem in problems:
            assert names_a_setting(problem.key)
            assert problem.allowed
            assert problem.cure
            assert "planted-" not in str(problem)
        if parsed is not None:
            args: ClaudeByocArgs = {
                **args_of(parsed),
                "secrets": dict(cell.secrets()),
                "desktop_secrets": dict(cell.desktop_secrets()),
            }
            manifest_is_right(cell, args)
            profile_is_right(cell, args)
            accepted += 1
        seen += 1
    assert (seen, accepted) == (600, ACCEPTED[way])


def test_the_matrix_is_complete() -> None:
    counted = Counter((cell.path, cell.auth) for cell in cells())
    assert counted == dict.fromkeys(WAYS, 600)
    assert set(ACCEPTED) == set(WAYS)
    assert set(LATER) <= set(MANIFEST_KEYS)
    assert set(DESKTOP_LATER) <= set(DESKTOP_KEYS)


@pytest.mark.parametrize("setting", REFUSED)
def test_each_reason_to_refuse_occurs_and_does_not_always(setting: str) -> None:
    assert {REFUSED[setting](cell) for cell in cells()} == {True, False}
