"""What `GoogleGateway` declares is what runs: its containers, read from the declared service, started here."""

from pathlib import Path

import pytest

from claude_byoc.contract.gateway import LITELLM_IMAGE, NGINX_IMAGE
from claude_byoc.gateway.container import ARCHIVE_SECRET
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import plan_of
from claude_byoc.gateway.tokens import SigningKey
from tests.engine.gateway_google_project import GoogleGatewayProject
from tests.engine.observe import inventory, up
from tests.gateway.declared import assert_conforms, ordered, running
from tests.gateway.declared_google import declared
from tests.gateway.running import PROVIDER_KEY, Fake, token
from tools.engine.acquire import Engine

pytestmark = [pytest.mark.engine, pytest.mark.gateway]


def test_the_declared_containers_run_and_conform(
    engine: Engine, tmp_path: Path, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> None:
    given: GatewayServiceArgs = {
        "upstreams": [{"kind": "anthropic", "base_url": fake_upstream.url}],
        "models": ["claude-opus-5"],
        "tokens": {"public_keys": [signing_key.public]},
        "secrets": {"anthropic_api_key": PROVIDER_KEY},
    }
    project = GoogleGatewayProject(engine, tmp_path / "run", PROVIDER_KEY)
    project.use(**{name: value for name, value in given.items() if name != "secrets"})
    up(project)
    archive = plan_of(given, "google").shape.archive
    gateway = declared(inventory(project), {"anthropicApiKey": PROVIDER_KEY, ARCHIVE_SECRET: archive})
    assert [one.name for one in ordered(gateway)] == ["app", "edge"]
    assert {one.name: one.image for one in gateway.containers} == {
        "app": f"docker.io/litellm/litellm@{LITELLM_IMAGE.digest}",
        "edge": f"docker.io/nginxinc/nginx-unprivileged@{NGINX_IMAGE.digest}",
    }
    with running(gateway, tmp_path / "here", litellm) as url:
        assert_conforms(url, token(signing_key))
