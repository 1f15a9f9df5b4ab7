"""What `AwsGateway` declares is what runs: its containers, read from the stand-in account, started here."""

from pathlib import Path

import pytest

from claude_byoc.contract.gateway import LITELLM_IMAGE, NGINX_IMAGE
from claude_byoc.gateway.container import ARCHIVE_SECRET
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import plan_of
from claude_byoc.gateway.tokens import SigningKey
from tests.engine.gateway_aws_project import AwsGatewayProject
from tests.gateway.declared import assert_conforms, ordered, running
from tests.gateway.declared_aws import declared
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
    project = AwsGatewayProject(engine, tmp_path / "run", {"anthropic_api_key": PROVIDER_KEY})
    project.use(**{name: value for name, value in given.items() if name != "secrets"})
    project.up()
    values = {"anthropicApiKey": PROVIDER_KEY, ARCHIVE_SECRET: plan_of(given, "aws").shape.archive}
    gateway = declared(project.rows(), values)
    assert [one.name for one in ordered(gateway)] == ["files", "app", "edge"]
    assert {one.name: one.image for one in gateway.containers} == {
        "files": f"public.ecr.aws/nginx/nginx-unprivileged@{NGINX_IMAGE.digest}",
        "app": f"ghcr.io/berriai/litellm@{LITELLM_IMAGE.digest}",
        "edge": f"public.ecr.aws/nginx/nginx-unprivileged@{NGINX_IMAGE.digest}",
    }
    assert gateway.port == 8080
    with running(gateway, tmp_path / "here", litellm) as url:
        assert_conforms(url, token(signing_key))
