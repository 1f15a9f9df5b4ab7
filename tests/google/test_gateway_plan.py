"""What a gateway in Cloud Run is refused for, all at once, and what follows from its arguments."""

from typing import Any, cast

import pytest

from claude_byoc.contract.google_gateway import explain, pulled_by_cloud_run
from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.service_plan import ServicePlan
from claude_byoc.google.gateway_args import GoogleGatewayArgs
from claude_byoc.google.gateway_plan import GoogleGatewayPlan, plan_of

BASE: dict[str, Any] = {
    "project_id": "acme-claude",
    "region": "europe-west1",
    "upstreams": [{"kind": "anthropic"}],
    "models": ["claude-opus-5-5"],
    "tokens": {"public_keys": ["A" * 43 + "="]},
    "secrets": {"anthropic_api_key": "not-a-secret"},
}
DOMAIN = {"domain": "claude.example.com"}
INTERNAL = {
    **DOMAIN,
    "internal": True,
    "network": "projects/acme-net/global/networks/office",
    "subnet": "projects/acme-net/regions/europe-west1/subnetworks/office",
}
DIGEST = "@sha256:" + "a" * 64


def plan(**changes: Any) -> GoogleGatewayPlan:  # noqa: ANN401 -- arguments of GoogleGateway
    return plan_of(cast("GoogleGatewayArgs", {**BASE, **changes}))


def keys(**changes: Any) -> set[str]:  # noqa: ANN401
    return {problem.key for problem in plan(**changes).problems()}


def test_the_least_is_enough() -> None:
    found = plan()
    assert found.problems() == []
    assert (found.front, found.name, found.predicts) == ("run", "claude-gateway", False)
    assert found.apis() == ["run", "secrets", "iam", "logging", "monitoring"]
    assert [hint.key for hint in found.hints()] == ["gateway.domain"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"project_id": "123456789012"}, "google.projectId"),
        ({"region": "europe-west1-b"}, "gateway.google.region"),
        ({"region": "eu"}, "gateway.google.region"),
        ({"name": "short"}, "gateway.google.name"),
        ({"name": "a" * 25}, "gateway.google.name"),
        ({"name": "Claude-gateway"}, "gateway.google.name"),
        ({"name": "claude-gateway-"}, "gateway.google.name"),
        ({"cpu": 3}, "gateway.google.cpu"),
        ({"cpu": 1.5}, "gateway.google.cpu"),
        ({"memory_mib": 512}, "gateway.google.memoryMib"),
        ({"memory_mib": 2048.5}, "gateway.google.memoryMib"),
        ({"cpu": 8, "memory_mib": 2048}, "gateway.google.memoryMib"),
        ({"propagation_delay_seconds": 601}, "gateway.google.propagationDelaySeconds"),
        ({"max_body_mib": 32}, "gateway.maxBodyMib"),
        ({"litellm_image": f"ghcr.io/berriai/litellm{DIGEST}"}, "gateway.litellmImage"),
        ({"nginx_image": f"public.ecr.aws/nginx/nginx-unprivileged{DIGEST}"}, "gateway.nginxImage"),
        ({"allowed_addresses": ["203.0.113.0/24"]}, "gateway.allowedAddresses"),
        ({"waf": True}, "gateway.waf"),
        ({"insecure_plaintext_http": True}, "gateway.insecurePlaintextHttp"),
        ({"dns_zone": "example"}, "gateway.google.dnsZone"),
        ({"certificate": "projects/p/global/sslCertificates/c"}, "gateway.google.certificate"),
        ({**DOMAIN, "certificate": "projects/p/locations/europe-west1/certificates/c"}, "gateway.google.certificate"),
        ({**INTERNAL, "certificate": "projects/p/global/sslCertificates/c"}, "gateway.google.certificate"),
        (
            {**DOMAIN, "certificate": "projects/p/global/sslCertificates/c", "insecure_plaintext_http": True},
            "gateway.google.certificate",
        ),
        ({**DOMAIN, "dns_zone": "example.com"}, "gateway.google.dnsZone"),
        ({**DOMAIN, "network": INTERNAL["network"]}, "gateway.google.network"),
        ({**DOMAIN, "private_dns_zone": "inside"}, "gateway.google.privateDnsZone"),
        ({**INTERNAL, "domain": None}, "gateway.domain"),
        ({**INTERNAL, "network": "office"}, "gateway.google.network"),
        ({**INTERNAL, "network": INTERNAL["subnet"]}, "gateway.google.network"),
        ({**INTERNAL, "subnet": INTERNAL["network"]}, "gateway.google.subnet"),
        (
            {**INTERNAL, "subnet": "projects/acme-net/regions/us-east1/subnetworks/office"},
            "gateway.google.subnet",
        ),
        ({**INTERNAL, "proxy_subnet_range": "10.129.0.1/23"}, "gateway.google.proxySubnetRange"),
        ({"notification_channels": ["ops@example.com"]}, "gateway.google.notificationChannels"),
        ({"predict_role": "projects/p/roles/claudePredict"}, "gateway.google.predictRole"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named(changes: dict[str, Any], expected: str) -> None:
    given = {**BASE, **changes}
    found = plan_of(cast("GoogleGatewayArgs", {k: v for k, v in given.items() if v is not None}))
    assert {problem.key for problem in found.problems()} == {expected}


def test_an_internal_gateway_says_what_it_needs() -> None:
    assert keys(internal=True) == {"gateway.domain", "gateway.google.network", "gateway.google.subnet"}
    assert plan(**INTERNAL).problems() == []


def test_all_is_told_at_once() -> None:
    found = keys(project_id="x", region="x", name="x", cpu=5, models=[])
    assert found >= {"google.projectId", "gateway.google.region", "gateway.google.name", "gateway.google.cpu"}
    assert "gateway.models" in found
    with pytest.raises(ProblemsError) as missing:
        plan_of(cast("GoogleGatewayArgs", {}))
    assert [problem.key for problem in missing.value.problems] == ["project_id", "region"]


def test_a_body_of_32_mib_is_refused_once() -> None:
    assert [problem.key for problem in plan(max_body_mib=32).problems()] == ["gateway.maxBodyMib"]


def test_plaintext_is_warned_of_once() -> None:
    found = plan(**DOMAIN, insecure_plaintext_http=True)
    assert [hint.key for hint in found.hints()] == ["gateway.insecurePlaintextHttp"]


def test_whole_numbers_of_other_languages_are_whole() -> None:
    found = plan(cpu=2.0, memory_mib=4096.0)
    assert found.problems() == []
    assert (str(found.cpu), str(found.memory_mib)) == ("2", "4096")


def test_the_containers_are_rendered_once() -> None:
    found = plan()
    assert found.shape is found.shape


def test_the_arguments_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    check, asked = ServicePlan.problems, list[ServicePlan]()

    def counted(service: ServicePlan) -> list[Problem]:
        asked.append(service)
        return check(service)

    monkeypatch.setattr(ServicePlan, "problems", counted)
    assert plan().problems() == []
    assert len(asked) == 1


def test_a_subnet_of_another_region_is_told_by_both_regions() -> None:
    [problem] = plan(**{**INTERNAL, "region": "us-east1"}).problems()
    assert "europe-west1" in problem.text
    assert "us-east1" in problem.text


@pytest.mark.parametrize(
    ("changes", "front", "apis"),
    [
        (DOMAIN, "external", {"compute"}),
        ({**DOMAIN, "dns_zone": "example"}, "external", {"compute", "dns"}),
        (INTERNAL, "internal", {"compute", "certificates", "dns"}),
        (
            {"upstreams": [{"kind": "vertex", "project": "acme-claude", "region": "eu"}], "secrets": {}},
            "run",
            {"grants"},
        ),
    ],
)
def test_the_apis_follow_from_what_is_declared(changes: dict[str, Any], front: str, apis: set[str]) -> None:
    found = plan(**changes)
    assert found.problems() == []
    assert found.front == front
    assert set(found.apis()) == {"run", "secrets", "iam", "logging", "monitoring", *apis}


def test_another_domain_has_other_names_and_a_role_no_hyphen() -> None:
    first, second = plan(**DOMAIN), plan(domain="other.example.com")
    assert first.for_domain("cert") != second.for_domain("cert")
    assert first.for_domain("cert") == plan(**DOMAIN).for_domain("cert")
    assert first.predict_role_id == "claude_gateway.predict"


def test_the_drain_is_what_cloud_run_leaves() -> None:
    found = plan(drain_seconds=110)
    assert found.shape.drain_seconds == found.service.drain_seconds <= 10
    assert any(hint.key == "gateway.drainSeconds" for hint in found.hints())


@pytest.mark.parametrize(
    ("image", "pulled"),
    [
        ("docker.io/litellm/litellm", True),
        ("litellm/litellm", True),
        ("gcr.io/acme/x", True),
        ("europe-docker.pkg.dev/acme/x/y", True),
        ("ghcr.io/berriai/litellm", False),
        ("public.ecr.aws/nginx/x", False),
        ("registry.example.com/x", False),
    ],
)
def test_from_where_cloud_run_pulls(image: str, *, pulled: bool) -> None:
    assert pulled_by_cloud_run(image) is pulled


def test_refusals_in_plain_words() -> None:
    invoker = explain("googleapi: Error 400: constraints/run.managed.requireInvokerIam")
    assert invoker
    assert "preflight" in invoker.wrong
    grant = explain(
        "Permission denied on secret: projects/1/secrets/x/versions/1 for Revision service account a"
    )
    assert grant
    assert "pulumi up" in grant.cure
    assert explain("googleapi: Error 500: backend error") is None
