"""The rendered files: as frozen in golden/, taken by nginx, and safe from what a setting may hold.

After a change that is meant: GOLDEN=write python -m pytest tests/gateway/test_renderers.py
"""

import base64
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_byoc.contract.gateway import BOOTSTRAP_ROUTES, LITELLM_IMAGE, ROUTES, TELEMETRY_ROUTES
from claude_byoc.gateway.bootstrap import BootstrapSpec, BootstrapTeam
from claude_byoc.gateway.edge import Edge, render_edge
from claude_byoc.gateway.limits import LimitsSpec, TeamLimit
from claude_byoc.gateway.litellm import environment, render_litellm, render_settings, secret_variables
from claude_byoc.gateway.local import free_port
from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    EntraAuth,
    FoundryUpstream,
    GatewayModel,
    GatewaySpec,
    TokenAuth,
    VertexUpstream,
)
from claude_byoc.gateway.telemetry import TelemetrySpec

GOLDEN = Path(__file__).parent / "golden"
TENANT, APP, DESKTOP = (f"{n * 8}-2222-3333-4444-555555555555" for n in "189")
KEY = base64.b64encode(bytes(range(32))).decode()
MODELS = [GatewayModel("claude-opus-5-5"), GatewayModel("claude-newer-9", "Claude Newer")]
TOKENS = TokenAuth([KEY], denied=["0011223344556677"])
ENTRA = EntraAuth(TENANT, APP, DESKTOP, roles=["Claude.User"], team_roles={"Claude.Finance": "finance"})
SPECS = {
    "anthropic": GatewaySpec([AnthropicUpstream()], MODELS, TOKENS),
    "foundry": GatewaySpec([FoundryUpstream("acme")], MODELS, None, ENTRA),
    "foundry-keyless": GatewaySpec([FoundryUpstream("acme", keyless=True)], MODELS, TOKENS),
    "bedrock": GatewaySpec([BedrockUpstream("eu-central-1", "eu")], MODELS, TOKENS, max_body_mib=31),
    "vertex": GatewaySpec([VertexUpstream("acme-claude", "europe-west1")], MODELS, TOKENS),
    "failover": GatewaySpec(
        [BedrockUpstream("us-east-1", "us"), VertexUpstream("acme-claude", "global"), AnthropicUpstream()],
        [GatewayModel("claude-opus-5-5", upstream_ids={"bedrock": "arn:aws:bedrock:us-east-1:123456789012:"
                                                       "application-inference-profile/abc"})],
        TOKENS,
        ENTRA,
    ),
    "parts": GatewaySpec(
        [AnthropicUpstream()],
        MODELS,
        TOKENS,
        ENTRA,
        limits=LimitsSpec(TeamLimit(60), {"finance": TeamLimit(None, 100_000, 2_000_000)}, shared=True),
        bootstrap=BootstrapSpec(
            {"disabled_features": ["thumbs"]},
            teams={"finance": BootstrapTeam({"disabled_features": None, "available_models": ["claude-opus-5-5"]})},
        ),
        telemetry=TelemetrySpec("https://otel.example.com/", collector_headers=True),
    ),
}  # fmt: skip


def rendered(name: str) -> str:
    """Return every file of a specification as one text."""
    spec = SPECS[name]
    variables = json.dumps({"plain": environment(spec), "secret": secret_variables(spec)}, indent=2)
    parts = {
        "config.yaml": render_litellm(spec),
        "gateway.json": render_settings(spec),
        "nginx.conf": render_edge(spec),
        "variables": f"{variables}\n",
    }
    return "".join(f"==== {file}\n{text.rstrip()}\n" for file, text in parts.items())


@pytest.mark.parametrize("name", SPECS)
def test_the_files_are_those_frozen(name: str) -> None:
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(rendered(name), "utf-8")
    assert rendered(name) == file.read_text("utf-8")


@pytest.mark.parametrize("name", SPECS)
def test_specs_have_no_problem(name: str) -> None:
    assert SPECS[name].problems() == []


@pytest.mark.gateway
@pytest.mark.parametrize("name", SPECS)
def test_nginx_takes_it(name: str, nginx: Path, tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    edge = Edge(f"127.0.0.1:{free_port()}", state=str(tmp_path), access_log=str(tmp_path / "access.log"))
    file.write_text(render_edge(SPECS[name], edge), "utf-8")
    done = subprocess.run([nginx, "-t", "-c", file], capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.mark.parametrize("name", SPECS)
def test_the_edges_traps(name: str) -> None:
    text = render_edge(SPECS[name])
    locations = re.findall(r"location [^{]+\{\n(.*?)\n        \}", text, re.DOTALL)
    assert len(locations) > 15
    for inside in locations:
        assert "add_header" not in inside, "a location with one of its own loses those outside"
        assert "proxy_set_header" not in inside
    assert text.count("add_header Access-Control-Allow-Origin") == 1
    assert re.search(r'Access-Control-Allow-Origin "https://pivot\.claude\.ai" always;', text)
    assert not re.search(r"error_page [^;]* @", text), "a named location turns refusals into 500"
    outside = re.sub(r"location [^{]+\{.*?\n        \}", "", text, flags=re.DOTALL)
    assert " if (" not in outside, "it would run again on error pages"
    assert "upstream {" not in text
    assert "proxy_buffering off;" in text
    assert "gzip off;" in text
    assert "lingering_close always;" in text, "3 in 100 refusals were lost to a reset without it"


@pytest.mark.parametrize("name", SPECS)
def test_every_route_of_its_formats_is_there(name: str) -> None:
    text = render_edge(SPECS[name])
    for route in ROUTES:
        start = route.path.partition("/model/")[0].partition("/projects/")[0]
        asked = not route.api_format or route.api_format in SPECS[name].formats()
        assert (f"location = {start} " in text or f"location ^~ {start}/" in text) == asked
    spec = SPECS[name]
    for host, route in BOOTSTRAP_ROUTES.items():
        assert (f"location = {route.path} " in text) == bool(
            spec.bootstrap and host in spec.bootstrap.hosts()
        )
    for route in TELEMETRY_ROUTES:
        assert (f"location = {route.path} " in text) == bool(spec.telemetry)


@pytest.mark.parametrize("name", SPECS)
def test_no_secret_is_in_a_file(name: str) -> None:
    config: dict[str, Any] = yaml.safe_load(render_litellm(SPECS[name]))
    keys = {entry["litellm_params"].get("api_key") for entry in config["model_list"]}
    assert keys <= {None, "os.environ/ANTHROPIC_API_KEY", "os.environ/AZURE_AI_API_KEY"}
    assert config["router_settings"]["num_retries"] == 0
    assert config["router_settings"]["disable_cooldowns"] is True


def test_the_tests_run_the_version_of_the_image() -> None:
    wanted = (Path(__file__).parents[1] / "side_envs" / "litellm.in").read_text("utf-8")
    assert f"litellm[proxy]=={LITELLM_IMAGE.version}\n" in wanted
