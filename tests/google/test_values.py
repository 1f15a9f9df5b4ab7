"""The values that the Vertex AI path gives to manifests and to Claude Desktop."""

from typing import cast

import pulumi
import pytest

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, Host
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.google.values import desktop_values, manifest_values
from claude_byoc.google.vertex_args import VertexDesktopArgs

CLIENT = "1234-abc.apps.googleusercontent.com"
SECRET = "GOCSPX-0123456789abcdefghijklmnopqr"


@pytest.mark.parametrize("host", ["office", "outlook"])
@pytest.mark.parametrize("region", ["global", "us", "eu", "us-east5"])
def test_the_manifest_has_what_the_contract_asks(host: Host, region: str) -> None:
    found = manifest_values(
        project_id="example-claude", region=region, client_id=CLIENT, client_secret=SECRET
    )
    values = cast("dict[str, str]", found)
    assert check_set(host, {**values}) == []
    assert [problem for key, value in values.items() for problem in check_value(key, value)] == []
    assert {key for key in values if MANIFEST_KEYS[key].secret} == {"google_client_secret"}


def test_the_client_comes_once_a_person_has_made_it() -> None:
    assert manifest_values(project_id="example-claude", region="eu") == {
        "gcp_project_id": "example-claude",
        "gcp_region": "eu",
    }


def test_outputs_pass_through_untouched() -> None:
    secret = pulumi.Output.from_input("x")
    assert (
        manifest_values(project_id="p", region="eu", client_secret=secret)["google_client_secret"] is secret
    )


DESKTOPS: list[tuple[VertexDesktopArgs | None, dict[str, object]]] = [
    (None, {}),
    (
        {"client_id": CLIENT, "client_secret": SECRET},
        {
            "inferenceCredentialKind": "interactive",
            "inferenceVertexOAuthClientId": CLIENT,
            "inferenceVertexOAuthClientSecret": SECRET,
        },
    ),
    (
        {
            "workforce": {
                "audience": "//iam.googleapis.com/locations/global/workforcePools/staff/providers/entra",
                "client_id": "11111111-2222-3333-4444-555555555555",
                "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
                "auth_flow": "broker",
            }
        },
        {
            "inferenceCredentialKind": "workforce",
            "inferenceVertexWorkforceAudience": "//iam.googleapis.com/locations/global/workforcePools/staff/"
            "providers/entra",
            "inferenceVertexWorkforceOidc": {
                "clientId": "11111111-2222-3333-4444-555555555555",
                "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
            },
            "inferenceVertexWorkforceAuthFlow": "broker",
        },
    ),
]


@pytest.mark.parametrize(("desktop", "expected"), DESKTOPS)
def test_claude_desktop_has_one_way_to_sign_in(
    desktop: VertexDesktopArgs | None, expected: dict[str, object]
) -> None:
    place = {
        "inferenceProvider": "vertex",
        "inferenceVertexProjectId": "example-claude",
        "inferenceVertexRegion": "eu",
    }
    assert desktop_values(desktop, project_id="example-claude", region="eu") == {**place, **expected}
