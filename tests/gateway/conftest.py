"""Running gateways, made once per test process: nginx, LiteLLM in its environment, the fake upstream."""

from collections.abc import Generator
from pathlib import Path

import pytest

from claude_byoc.gateway.bootstrap import BootstrapSpec, BootstrapTeam
from claude_byoc.gateway.limits import LimitsSpec, TeamLimit
from claude_byoc.gateway.spec import (
    AnthropicUpstream,
    BedrockUpstream,
    EntraAuth,
    FoundryUpstream,
    GatewayModel,
    GatewaySpec,
    TokenAuth,
)
from claude_byoc.gateway.telemetry import COLLECTOR_VARIABLE, TelemetrySpec
from claude_byoc.gateway.tokens import SigningKey, new_key
from tests.gateway.collector import CREDENTIAL, Collector, collecting
from tests.gateway.issuer import APP, DESKTOP, TENANT, Issuer, publishing
from tests.gateway.running import PROVIDER_KEY, Fake, Running, fake, run
from tools import side_env, system_packages

PROFILE = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc123"
MODELS = [GatewayModel("claude-opus-5"), GatewayModel("claude-newer-9")]
"""One that LiteLLM's list knows, one newer than it."""
OTLP = "https://claude.example.com"


@pytest.fixture(scope="session")
def nginx() -> Path:
    return system_packages.ensure(["nginx"])["nginx"]


@pytest.fixture(scope="session")
def litellm(nginx: Path) -> Path:
    """The Python of LiteLLM's environment."""
    return side_env.ensure("litellm")


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    return new_key()


@pytest.fixture(scope="session")
def fake_upstream(tmp_path_factory: pytest.TempPathFactory) -> Generator[Fake]:
    with fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture(scope="session")
def deny_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("denied") / "denied.txt"


@pytest.fixture(scope="session")
def issuer() -> Generator[Issuer]:
    with publishing() as running:
        yield running


@pytest.fixture(scope="session")
def auth(signing_key: SigningKey, deny_list: Path, issuer: Issuer) -> tuple[TokenAuth, EntraAuth]:
    """Everybody whom a gateway can let in."""
    entra = EntraAuth(TENANT, APP, DESKTOP, team_roles={"Claude.Finance": "finance"}, jwks_url=issuer.url)
    return TokenAuth([signing_key.public], deny_list_file=str(deny_list)), entra


@pytest.fixture(scope="session")
def gateway(
    tmp_path_factory: pytest.TempPathFactory,
    litellm: Path,
    signing_key: SigningKey,
    fake_upstream: Fake,
    auth: tuple[TokenAuth, EntraAuth],
) -> Generator[Running]:
    """A gateway to one upstream in Anthropic's format, so that requests pass through."""
    spec = GatewaySpec([AnthropicUpstream(fake_upstream.url)], MODELS, *auth, max_body_mib=4)
    folder = tmp_path_factory.mktemp("gateway")
    environment = {"ANTHROPIC_API_KEY": PROVIDER_KEY}
    with run(
        spec, folder, litellm, key=signing_key, upstream=fake_upstream, environment=environment
    ) as running:
        yield running


@pytest.fixture(scope="session")
def failover(
    tmp_path_factory: pytest.TempPathFactory, litellm: Path, signing_key: SigningKey, fake_upstream: Fake
) -> Generator[Running]:
    """A gateway to Bedrock, with Foundry behind it."""
    upstreams = [
        BedrockUpstream("eu-central-1", "eu", endpoint_url=fake_upstream.url),
        FoundryUpstream(base_url=f"{fake_upstream.url}/anthropic"),
    ]
    own = GatewayModel("claude-team", upstream_ids={"bedrock": PROFILE, "foundry": "claude-sonnet-5"})
    spec = GatewaySpec(upstreams, [*MODELS, own], TokenAuth([signing_key.public]), max_body_mib=4)
    environment = {
        "AWS_ACCESS_KEY_ID": PROVIDER_KEY,
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AZURE_AI_API_KEY": PROVIDER_KEY,
    }
    folder = tmp_path_factory.mktemp("failover")
    with run(
        spec, folder, litellm, key=signing_key, upstream=fake_upstream, environment=environment
    ) as running:
        yield running


@pytest.fixture(scope="session")
def collector() -> Generator[Collector]:
    with collecting() as running:
        yield running


@pytest.fixture(scope="session")
def parts(  # noqa: PLR0917 -- fixtures
    tmp_path_factory: pytest.TempPathFactory,
    litellm: Path,
    signing_key: SigningKey,
    fake_upstream: Fake,
    auth: tuple[TokenAuth, EntraAuth],
    collector: Collector,
) -> Generator[Running]:
    """A gateway with limits, bootstrap answers and telemetry."""
    spec = GatewaySpec(
        [AnthropicUpstream(fake_upstream.url)],
        MODELS,
        *auth,
        limits=LimitsSpec(
            teams={
                "red": TeamLimit(requests_per_minute=3),
                "green": TeamLimit(tokens_per_minute=30),
                "brown": TeamLimit(tokens_per_day=30),
            }
        ),
        bootstrap=BootstrapSpec(
            office={
                "available_models": ["claude-opus-5"],
                "disabled_features": ["thumbs"],
                "otlp_endpoint": OTLP,
            },
            desktop={
                "inferenceProvider": "gateway",
                "inferenceGatewayBaseUrl": OTLP,
                "inferenceCredentialKind": "interactive",
                "inferenceGatewayOidc": {
                    "clientId": DESKTOP,
                    "issuer": f"https://login.microsoftonline.com/{TENANT}",
                },
            },
            teams={
                "finance": BootstrapTeam(
                    {"available_models": ["claude-newer-9"], "disabled_features": None},
                    {"deploymentDisplayName": "F"},
                )
            },
        ),
        telemetry=TelemetrySpec(
            collector.url, collector_headers=True, max_body_mib=1, sender_team="telemetry"
        ),
    )
    environment = {"ANTHROPIC_API_KEY": PROVIDER_KEY, COLLECTOR_VARIABLE: f"x-collector-key={CREDENTIAL}"}
    folder = tmp_path_factory.mktemp("parts")
    with run(
        spec, folder, litellm, key=signing_key, upstream=fake_upstream, environment=environment
    ) as running:
        yield running
