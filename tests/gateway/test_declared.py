"""The runner of declared containers, on containers as they are specified: what any host starts from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from claude_byoc.gateway.container import ARCHIVE_SECRET, Container, GatewayContainers
from claude_byoc.gateway.service_args import GatewayServiceArgs
from claude_byoc.gateway.service_plan import ARCHIVE_FILES, plan_of
from claude_byoc.gateway.tokens import SigningKey
from tests.gateway.declared import (
    DeclaredContainer,
    DeclaredGateway,
    DeclaredProbe,
    assert_conforms,
    ordered,
    running,
)
from tests.gateway.running import PROVIDER_KEY, Fake, token

pytestmark = pytest.mark.gateway


def declared(
    gateway: GatewayContainers, values: dict[str, str], *, init: bool, archive: Sequence[str]
) -> DeclaredGateway:
    """Return containers as a host would declare them; `archive` is where it mounts the gateway's files."""

    def one(container: Container, *, init: bool = False) -> DeclaredContainer:
        probe = container.startup
        return DeclaredContainer(
            container.name,
            container.image.at(),
            container.command,
            {**container.environment, **{name: values[secret] for name, secret in container.secrets.items()}},
            mounts={gateway.folder: "files"},
            files={path: gateway.archive for path in archive if path in " ".join(container.command)},
            depends_on=container.depends_on,
            startup=DeclaredProbe(probe.path, probe.port) if probe else None,
            init=init,
        )

    first = [one(gateway.init, init=True)] if gateway.init and init else []
    return DeclaredGateway([*reversed([one(container) for container in gateway.containers]), *first], 8080)


@pytest.mark.parametrize("cloud", ["aws", "google"])
def test_the_containers_run_and_conform(
    cloud: str, tmp_path: Path, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> None:
    args: GatewayServiceArgs = {
        "upstreams": [{"kind": "anthropic", "base_url": fake_upstream.url}],
        "models": ["claude-opus-5"],
        "tokens": {"public_keys": [signing_key.public]},
        "secrets": {"anthropic_api_key": PROVIDER_KEY},
    }
    plan = plan_of(args, cloud)
    assert plan.problems() == []
    own = cloud == "google"
    gateway = plan.shape.without_init() if own else plan.shape
    values = {"anthropicApiKey": PROVIDER_KEY, ARCHIVE_SECRET: gateway.archive}
    shown = declared(gateway, values, init=not own, archive=ARCHIVE_FILES[cloud])
    with running(shown, tmp_path, litellm) as url:
        assert_conforms(url, token(signing_key))


def test_what_can_never_start_is_told() -> None:
    one = DeclaredContainer("one", "image", [], {}, depends_on=["other"])
    other = replace(one, name="other", depends_on=["one"])
    with pytest.raises(AssertionError, match="nothing can start"):
        ordered(DeclaredGateway([one, other], 8080))
