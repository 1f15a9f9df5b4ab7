"""What clients of a gateway carry: every combination of credential, format and part passes both contracts."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, secret_leaves
from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.manifest_keys import HOSTS, SECRET_KEYS
from claude_byoc.contract.manifest_rules import check_manifest
from claude_byoc.contract.problems import ProblemsError
from claude_byoc.gateway.bootstrap import BootstrapSpec
from claude_byoc.gateway.spec import BedrockUpstream, EntraAuth, GatewaySpec, VertexUpstream
from claude_byoc.gateway.telemetry import TelemetrySpec
from claude_byoc.gateway.values import (
    desktop_bootstrap,
    desktop_values,
    gateway_url,
    manifest_values,
    secret_keys,
)
from tests.gateway.issuer import APP, DESKTOP, TENANT
from tests.gateway.test_spec import SPEC

URL = "https://claude.example.com"
ENTRA = EntraAuth(TENANT, APP.upper(), DESKTOP)
BASE = replace(
    SPEC,
    upstreams=[
        *SPEC.upstreams,
        BedrockUpstream("eu-central-1", "eu"),
        VertexUpstream("acme-claude", "europe-west1"),
    ],
    entra=ENTRA,
)
ANSWERS = BootstrapSpec({"disabled_features": ["thumbs"]}, desktop_values(URL, BASE, auth="entra"))
PARTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "telemetry": {"telemetry": TelemetrySpec("https://otel.example.com")},
    "bootstrap": {"bootstrap": ANSWERS},
    "government": {"entra": replace(ENTRA, cloud="us-gov-high")},
}  # fmt: skip
SECRETS = {"gateway_token": "byoc_token", "otlp_headers": "x-api-key=byoc_token"}


@pytest.mark.parametrize(
    ("part", "api_format", "auth"),
    list(itertools.product(PARTS, ("anthropic", "bedrock", "vertex"), ("token", "entra"))),
)
def test_the_manifest_of_every_combination(part: str, api_format: str, auth: str) -> None:
    spec: GatewaySpec = replace(BASE, **PARTS[part])
    assert spec.problems() == []
    values = manifest_values(URL + "/", spec, api_format=api_format, auth=auth)
    secrets = secret_keys(spec, auth)
    assert SECRET_KEYS.isdisjoint(values)
    assert set(secrets) <= SECRET_KEYS
    for host in HOSTS:
        assert check_manifest(host, {**values, **{name: SECRETS[name] for name in secrets}}) == []
    assert ("gateway_token" in secrets) == (auth == "token")
    assert ("otlp_headers" in secrets) == ("otlp_endpoint" in values) == (part == "telemetry")
    assert values.get("bootstrap_url") == (f"{URL}/bootstrap/office" if part == "bootstrap" else None)
    assert values.get("gateway_auth_source") == ("entra" if auth == "entra" else None)


@pytest.mark.parametrize(
    ("api_format", "url"),
    [("anthropic", URL), ("bedrock", f"{URL}/bedrock"), ("vertex", f"{URL}/vertex_ai/v1")],
)
def test_the_base_url_of_each_format(api_format: str, url: str) -> None:
    assert gateway_url(URL, api_format) == gateway_url(f"{URL}/", api_format) == url


@pytest.mark.parametrize(("part", "auth"), list(itertools.product(PARTS, ("token", "entra"))))
def test_the_desktop_profile_of_every_combination(part: str, auth: str) -> None:
    spec: GatewaySpec = replace(BASE, **PARTS[part])
    values = desktop_values(URL, spec, auth=auth)
    assert secret_leaves(values) == []
    whole = {**values, **({"inferenceGatewayApiKey": "byoc_token"} if auth == "token" else {})}
    assert check_desktop_set(whole) == []
    assert (values.get("otlpAuthMode") == "inference-credential") == (part == "telemetry")


def test_what_device_management_needs_to_fetch_the_rest() -> None:
    spec: GatewaySpec = replace(BASE, **PARTS["bootstrap"])
    values = desktop_bootstrap(URL, spec)
    assert check_desktop_set(values) == []
    assert all(DESKTOP_KEYS[name].availability == "mdm" for name in values)
    assert values["bootstrapOidc"]["scopes"] == f"openid offline_access {DESKTOP}/.default"
    with pytest.raises(ProblemsError, match=r"gateway\.bootstrap"):
        desktop_bootstrap(URL, BASE)


def test_what_a_gateway_does_not_take_is_told_at_once() -> None:
    spec = replace(BASE, upstreams=SPEC.upstreams, entra=None)
    with pytest.raises(ProblemsError) as refused:
        manifest_values(URL, spec, api_format="vertex", auth="entra")
    assert [problem.key for problem in refused.value.problems] == ["gateway.apiFormat", "gateway.auth"]
    with pytest.raises(ProblemsError, match="desktopClientId"):
        desktop_values(URL, replace(BASE, entra=EntraAuth(TENANT, APP)), auth="entra")
    with pytest.raises(ProblemsError, match=r"gateway\.auth"):
        desktop_values(URL, replace(BASE, tokens=None))
