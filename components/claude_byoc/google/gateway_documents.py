"""What Cloud Run and Cloud Armor are told of a gateway, as documents. Pure; the keys are those of pulumi_gcp.

What is known only during the run comes in as a function or a value that may be an Output.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi import Input

from claude_byoc.contract import google_gateway as facts
from claude_byoc.contract.gateway import BEDROCK_PREFIX, VERTEX_PREFIX
from claude_byoc.gateway.container import Container, Probe
from claude_byoc.google.gateway_plan import ARCHIVE_FOLDER, ARCHIVE_NAME, GoogleGatewayPlan

FILES_VOLUME = "files"
ARCHIVE_VOLUME = "archive"
_READABLE = 0o444
_FILES_SIZE = "32Mi"
_MARGIN_SECONDS = 60
"""By how much Cloud Run outlasts the gateway's own timeout, whose error an add-in can read."""
_RANGES_PER_RULE = 10
"""source: https://docs.cloud.google.com/armor/quotas (ranges per rule with basic matching)"""
_LAST_RULE = 2_147_483_647
_METHODS = "GET|HEAD|POST|OPTIONS"

Reference = Callable[[str], tuple[Input[str], Input[str]]]
"""Name of a secret -> its id in Secret Manager, and the version to use."""
Value = Callable[[str, str], Input[str]]
"""Container and variable -> the variable's value."""


def template(
    plan: GoogleGatewayPlan, *, account: Input[str], secret: Reference, value: Value, archive: str
) -> dict[str, Any]:
    """Return the revision's template; `archive` is the name of the secret that holds the files."""
    first, *others = plan.shape.containers
    archive_id, archive_version = secret(archive)
    files = {FILES_VOLUME: plan.shape.folder}
    containers = [
        _container(plan, first, secret, value, mounts={**files, ARCHIVE_VOLUME: ARCHIVE_FOLDER}),
        *(_container(plan, one, secret, value, mounts=files) for one in others),
    ]
    return {
        "containers": containers,
        "volumes": [
            {"name": FILES_VOLUME, "empty_dir": {"medium": "MEMORY", "size_limit": _FILES_SIZE}},
            {
                "name": ARCHIVE_VOLUME,
                "secret": {
                    "secret": archive_id,
                    "items": [{"path": ARCHIVE_NAME, "version": archive_version, "mode": _READABLE}],
                },
            },
        ],
        "service_account": account,
        "timeout": f"{request_timeout(plan)}s",
        "max_instance_request_concurrency": plan.service.concurrency,
        "scaling": {
            "min_instance_count": plan.service.min_instances,
            "max_instance_count": plan.service.max_instances,
        },
        "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
    }


def request_timeout(plan: GoogleGatewayPlan) -> int:
    """Return the seconds after which Cloud Run ends a request."""
    return min(plan.shape.timeout_seconds + _MARGIN_SECONDS, facts.LONGEST_TIMEOUT_SECONDS)


def ingress(plan: GoogleGatewayPlan) -> str:
    """Return from where the service takes requests; behind a load balancer, `default_uri_disabled` goes with it."""
    return facts.INGRESS[{"run": "all", "external": "load balancer", "internal": "internal"}[plan.front]]


def default_uri_disabled(plan: GoogleGatewayPlan) -> bool:
    """Tell whether the run.app address is off: behind a load balancer it would be a way past it, and Cloud Armor."""
    return plan.front != "run"


def _container(
    plan: GoogleGatewayPlan, one: Container, secret: Reference, value: Value, *, mounts: Mapping[str, str]
) -> dict[str, Any]:
    application = one.port is not None and not one.public
    variables: list[dict[str, Any]] = [
        {"name": name, "value": value(one.name, name)} for name in one.environment
    ]
    for name, held in one.secrets.items():
        secret_id, version = secret(held)
        reference = {"secret_key_ref": {"secret": secret_id, "version": version}}
        variables.append({"name": name, "value_source": reference})
    memory = plan.memory_mib if application else max(one.memory_mib, facts.LEAST_MEMORY_MIB[1])
    return {
        "name": one.name,
        "image": _image(one),
        "commands": list(one.command),
        "envs": variables,
        "resources": {
            "limits": {"cpu": str(plan.cpu if application else 1), "memory": f"{memory}Mi"},
            # Always allocated: usage records, key refreshes and probes go on when no request runs.
            "cpu_idle": False,
            "startup_cpu_boost": True,
        },
        "volume_mounts": [{"name": name, "mount_path": path} for name, path in mounts.items()],
        "depends_ons": list(one.depends_on),
        # Only the container with a port gets requests from outside.
        **({"ports": {"container_port": one.port}} if one.public else {}),
        **({"startup_probe": _probe(one.startup)} if one.startup else {}),
        **({"liveness_probe": _probe(one.liveness)} if one.liveness else {}),
    }


def _image(one: Container) -> str:
    usable = next((name for name in one.image.names if facts.pulled_by_cloud_run(f"{name}/")), "")
    return one.image.at(usable)


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "http_get": {"path": probe.path, "port": probe.port},
        "period_seconds": probe.period,
        "failure_threshold": probe.failures,
        # Cloud Run's default of one second is short for an instance that is starting.
        "timeout_seconds": max(1, min(probe.period - 1, 10)),
    }


def security_rules(allowed: Sequence[str], *, waf: bool) -> list[dict[str, Any]]:
    """Return the rules of Cloud Armor: the firewall's first, then who may call, then the rest.

    The preconfigured rules pass over what carries prompts and spans: those hold SQL, HTML and shell by right, and
    their addresses are strict already.
    """
    rules = _firewall() if waf else []
    for number, start in enumerate(range(0, len(allowed), _RANGES_PER_RULE)):
        ranges = list(allowed[start : start + _RANGES_PER_RULE])
        rules.append(_by_address(10_000 + number, "allow", ranges, "addresses that may call"))
    default = _by_address(_LAST_RULE, "deny(403)", ["*"], "nobody else")
    if not allowed:
        default = _by_address(_LAST_RULE, "allow", ["*"], "everybody; the gateway knows its callers")
    return [*rules, default]


def _firewall() -> list[dict[str, Any]]:
    prefixes = "|".join(
        prefix.strip("/").partition("/")[0] for prefix in ("/v1", BEDROCK_PREFIX, VERTEX_PREFIX)
    )
    prompts = f"request.method == 'POST' && request.path.matches('^/({prefixes})/')"
    methods = [
        {
            "priority": 1000,
            "action": "deny(403)",
            "description": "methods that the gateway does not have",
            "match": {"expr": {"expression": f"!request.method.matches('^({_METHODS})$')"}},
        }
    ]
    return methods + [
        {
            "priority": 1010 + 10 * number,
            "action": "deny(403)",
            "description": f"{rule_set}, but for prompts",
            "match": {
                "expr": {
                    "expression": f"!({prompts}) && evaluatePreconfiguredWaf('{rule_set}', {{'sensitivity': 1}})"
                }
            },
        }
        for number, rule_set in enumerate(facts.RULE_SETS)
    ]


def _by_address(priority: int, action: str, ranges: Sequence[str], description: str) -> dict[str, Any]:
    return {
        "priority": priority,
        "action": action,
        "description": description,
        "match": {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": list(ranges)}},
    }
