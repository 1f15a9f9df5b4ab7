"""What a gateway's arguments ask for, the same on every cloud, checked before anything is made. Pure.

Values that are Outputs are not known before the run. `plan_of` puts a placeholder of the right form in their place,
so that everything else can be checked and the shape of the containers is known; `resolved` gives the plan with
every value.
"""

import ipaddress
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import cast

from pulumi import Input

from claude_byoc.arguments import camel, whole
from claude_byoc.contract import azure_gateway
from claude_byoc.contract.gateway import CLOUDS, LITELLM_IMAGE, NGINX_IMAGE, Image
from claude_byoc.contract.problems import Problem, ProblemsError
from claude_byoc.gateway.checks import check_range
from claude_byoc.gateway.container import LARGEST_ARCHIVE, LOOPBACK, GatewayContainers, containers
from claude_byoc.gateway.litellm import SECRETS, secret_variables
from claude_byoc.gateway.service_args import (
    GatewayServiceArgs,
)
from claude_byoc.gateway.service_reading import (
    NO_MODEL_IDS,
    below,
    bootstrap_of,
    entra_of,
    image_of,
    limits_of,
    placeholder,
    strangers,
    upstream_of,
)
from claude_byoc.gateway.spec import (
    BedrockUpstream,
    FoundryUpstream,
    GatewayModel,
    GatewaySpec,
    TokenAuth,
    VertexUpstream,
)
from claude_byoc.gateway.telemetry import TelemetrySpec

MOST_DRAIN: Mapping[str, int] = MappingProxyType({"aws": 110, "google": 8, "azure": 110})
"""Seconds between the sign to stop and the end, less what nginx and LiteLLM need to leave. Fargate's stopTimeout ends
at 120, Cloud Run kills after 10. source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
task_definition_parameters.html, https://cloud.google.com/run/docs/container-contract"""
TIMEOUT_SECONDS: Mapping[str, int] = MappingProxyType({"aws": 600, "google": 600, "azure": 240})
"""Seconds that an answer may take unless the settings say so. On Azure more needs the premium ingress, two nodes of its
own. source: https://learn.microsoft.com/azure/container-apps/premium-ingress"""
LARGEST_BODY_MIB = 31
"""Cloud Run ends requests at 32 MiB with an answer that a page at another origin cannot read."""
LOG_RETENTION_DAYS = (30, 60, 90, 120, 180, 365)
"""Days that CloudWatch Logs, Cloud Logging and Log Analytics all offer."""
ARCHIVE_FILES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "aws": (),
        "google": ("/secrets/gateway/files",),
        "azure": tuple(
            f"/gateway-files/part-{number + 1}"
            for number in range(math.ceil(LARGEST_ARCHIVE / azure_gateway.LARGEST_SECRET))
        ),
    }
)
"""Cloud -> where the secret with the gateway's files is mounted, to be joined in order; a variable holds it where there
is none. The archive can be larger than one secret of a key vault."""
APP_HOST: Mapping[str, str] = MappingProxyType(
    {
        "aws": LOOPBACK,
        "google": "0.0.0.0",  # noqa: S104 -- probes do not ask on loopback, and only the edge's port is open
        "azure": LOOPBACK,
    }
)
"""Cloud -> the address on which the application listens.
source: https://docs.cloud.google.com/run/docs/container-contract#port, and sidecars on the same page"""
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True)
class ServicePlan:
    """A gateway in one cloud. `spec` has placeholders for what is not known yet; `given` names the secrets given."""

    cloud: str
    spec: GatewaySpec
    given: frozenset[str] = frozenset()
    unused: Sequence[str] = ()
    """Secrets that were given and that nothing reads, by their names in the settings."""
    domain: str | None = None
    internal: bool = False
    allowed_addresses: Sequence[str] = ()
    min_instances: int = 1
    max_instances: int = 4
    concurrency: int = 40
    drain_asked: int | None = None
    log_retention_days: int = 90
    waf: bool = False
    plaintext: bool = False
    litellm: Image = LITELLM_IMAGE
    nginx: Image = NGINX_IMAGE
    wrong: Sequence[Problem] = field(default_factory=tuple[Problem, ...])
    """What could not even be read from the arguments."""

    @property
    def drain_seconds(self) -> int:
        """How long running streams get when an instance stops, within what the cloud allows."""
        most = MOST_DRAIN[self.cloud]
        return most if self.drain_asked is None else min(self.drain_asked, most)

    @property
    def secrets(self) -> dict[str, str]:
        """Variable of the application's container -> the secret that it holds, without the archive."""
        return secret_variables(self.spec)

    @cached_property
    def shape(self) -> GatewayContainers:
        """The containers, right in everything but values that are not known yet (environment, archive, digest).

        Raises ProblemsError for too much.
        """
        try:
            return containers(
                self.spec,
                litellm=self.litellm,
                nginx=self.nginx,
                drain_seconds=self.drain_seconds,
                archive_file=" ".join(ARCHIVE_FILES[self.cloud]),
                app_host=APP_HOST[self.cloud],
            )
        except ValueError as error:
            cure = "list fewer models, teams, roles or revoked tokens"
            allowed = f"files of {LARGEST_ARCHIVE} characters, packed"
            raise ProblemsError([Problem("gateway", f"is too large: {error}", allowed, cure)]) from None

    def own_identity(self, kind: str) -> bool:
        """Tell whether the containers reach that upstream by their own identity, so that it needs rights there."""
        found = self.spec.upstream(kind)
        if isinstance(found, FoundryUpstream):
            return found.keyless
        return isinstance(found, BedrockUpstream | VertexUpstream) and not found.stored_key

    def problems(self) -> list[Problem]:
        """Return everything by which this gateway could not work."""
        found = [*self.wrong, *self.spec.problems(), *self._secrets(), *self._service()]
        if self.spec.upstreams and not found:
            try:
                _ = self.shape
            except ProblemsError as error:
                found += error.problems
        return list(dict.fromkeys(found))

    def hints(self) -> list[Problem]:
        """Return what works and may surprise."""
        found = self.spec.hints()
        if self.drain_asked is not None and self.drain_asked > self.drain_seconds:
            wrong = f"is more than {CLOUDS[self.cloud]} gives a stopping instance"
            allowed = f"up to {self.drain_seconds} there"
            cure = (
                f"nothing to do: {self.drain_seconds} seconds are used, and longer streams end with an error"
            )
            found.append(Problem("gateway.drainSeconds", wrong, allowed, cure, severity="warning"))
        if self.plaintext:
            wrong = "lets prompts and credentials travel unencrypted between people and gateway"
            allowed = "false, with a certificate; add-ins call no http address"
            cure = "use it in a closed test alone"
            found.append(Problem("gateway.insecurePlaintextHttp", wrong, allowed, cure, severity="warning"))
        if self.spec.limits and not self.spec.limits.shared and self.max_instances > 1:
            wrong = f"hold for each of up to {self.max_instances} instances by itself"
            found.append(
                Problem("gateway.limits", wrong, "shared: true with the secret redisUrl", "set it for exact limits",
                        severity="warning")
            )  # fmt: skip
        found += [
            Problem(f"claude-byoc:{name}", f"is read by nothing in {CLOUDS[self.cloud]}", "what is needed there",
                    f"keep it for another cloud, or: pulumi config rm claude-byoc:{name}", severity="warning")
            for name in self.unused
        ]  # fmt: skip
        return found

    def _secrets(self) -> Iterator[Problem]:
        for name in dict.fromkeys(self.secrets.values()):
            if name not in self.given:
                yield Problem(
                    f"claude-byoc:{name}",
                    f"is missing, and the gateway in {CLOUDS[self.cloud]} needs it",
                    SECRETS[name],
                    f"pulumi config set --secret claude-byoc:{name}",
                )

    def _service(self) -> Iterator[Problem]:
        foundry = self.spec.upstream("foundry")
        if isinstance(foundry, FoundryUpstream) and foundry.keyless and self.cloud != "azure":
            yield Problem(
                "gateway.upstreams.foundry.keyless",
                f"needs an identity of Azure, which containers in {CLOUDS[self.cloud]} do not have",
                "gateway.cloud: azure, or the API key",
                "leave keyless out and set the secret foundryApiKey",
            )
        if self.domain is not None and not _DOMAIN.fullmatch(self.domain):
            yield Problem("gateway.domain", "is no host name", "for instance claude.example.com",
                          "write it in lower case, without https:// and path")  # fmt: skip
        for text in self.allowed_addresses:
            try:
                ipaddress.IPv4Network(text)
            except ValueError:
                yield Problem("gateway.allowedAddresses", f"has {text}, which is no IPv4 range",
                              "for instance 203.0.113.0/24; one address ends with /32",
                              "correct it")  # fmt: skip
        yield from check_range("gateway.minInstances", self.min_instances, 1, 100)
        yield from check_range("gateway.maxInstances", self.max_instances, 1, 100)
        if self.min_instances > self.max_instances:
            yield Problem("gateway.maxInstances", "is less than minInstances", f"{self.min_instances} or more",
                          "raise it")  # fmt: skip
        yield from check_range("gateway.concurrency", self.concurrency, 1, 250)
        if self.drain_asked is not None:
            yield from check_range("gateway.drainSeconds", self.drain_asked, 1, 600)
        if self.log_retention_days not in LOG_RETENTION_DAYS:
            days = ", ".join(str(day) for day in LOG_RETENTION_DAYS)
            yield Problem(
                "gateway.logRetentionDays", "is not offered by every cloud", days, "choose one of them"
            )
        if self.spec.max_body_mib > LARGEST_BODY_MIB:
            yield Problem("gateway.maxBodyMib", "is more than Cloud Run lets through, with an error nobody can read",
                          f"1 to {LARGEST_BODY_MIB}", "lower it")  # fmt: skip


def plan_of(args: GatewayServiceArgs, cloud: str) -> ServicePlan:
    """Return what `args` ask for in a cloud (`aws`, `google`, `azure`), as far as it is known before the run."""
    known = {
        key: value if isinstance(value, str) else placeholder(key) for key, value in inputs_of(args).items()
    }
    return resolved(args, cloud, known)


def inputs_of(args: GatewayServiceArgs) -> dict[str, Input[str]]:
    """Return every argument that may be an Output and that the containers are told of, by its place; no secret."""
    found: dict[str, Input[str]] = {}
    for number, upstream in enumerate(args.get("upstreams", [])):
        for name, value in upstream.items():
            if name in ("region", "project", "resource", "base_url"):
                found[f"upstreams.{number}.{name}"] = cast("Input[str]", value)
    for name, value in args.get("entra", {}).items():
        if name in ("tenant_id", "client_id", "desktop_client_id"):
            found[f"entra.{name}"] = cast("Input[str]", value)
    if "telemetry" in args:
        found["telemetry.collector_url"] = args["telemetry"]["collector_url"]
    return found


def resolved(args: GatewayServiceArgs, cloud: str, known: Mapping[str, str]) -> ServicePlan:
    """Return the plan with the values that `inputs_of` named, by the same places."""
    wrong: list[Problem] = []
    upstreams = [
        made
        for number, given in enumerate(args.get("upstreams", []))
        if (made := upstream_of(given, below(f"upstreams.{number}.", known), cloud, wrong)) is not None
    ]
    tokens = args.get("tokens")
    telemetry = args.get("telemetry")
    models = [
        GatewayModel(
            one,
            args.get("model_names", {}).get(one, ""),
            args.get("upstream_ids", {}).get(one, NO_MODEL_IDS),
        )
        for one in args.get("models", [])
    ]
    wrong += strangers(args)
    spec = GatewaySpec(
        upstreams=upstreams,
        models=models,
        tokens=TokenAuth(tokens.get("public_keys", []), tokens.get("denied", [])) if tokens else None,
        entra=entra_of(args["entra"], below("entra.", known)) if "entra" in args else None,
        max_body_mib=whole(args.get("max_body_mib", LARGEST_BODY_MIB)),
        timeout_seconds=whole(args.get("timeout_seconds", TIMEOUT_SECONDS[cloud])),
        restrict_models=args.get("restrict_models", True),
        limits=limits_of(args["limits"]) if "limits" in args else None,
        telemetry=TelemetrySpec(
            known["telemetry.collector_url"],
            collector_headers="collector_headers" in args.get("secrets", {}),
            max_body_mib=whole(telemetry.get("max_body_mib", 4)),
            sender_team=telemetry.get("sender_team", ""),
        )
        if telemetry
        else None,
    )
    if "bootstrap" in args:
        spec = replace(spec, bootstrap=bootstrap_of(args["bootstrap"], spec, args.get("domain"), wrong))
    least = whole(args.get("min_instances", 1))
    given = frozenset(camel(name) for name in args.get("secrets", {}))
    needed = set(secret_variables(spec).values())
    return ServicePlan(
        cloud=cloud,
        spec=spec,
        given=given,
        unused=sorted(given - needed),
        domain=args.get("domain"),
        internal=args.get("internal", False),
        allowed_addresses=args.get("allowed_addresses", []),
        min_instances=least,
        max_instances=whole(args.get("max_instances", max(4, least))),
        concurrency=whole(args.get("concurrency", 40)),
        drain_asked=whole(args["drain_seconds"]) if "drain_seconds" in args else None,
        log_retention_days=whole(args.get("log_retention_days", 90)),
        waf=args.get("waf", False),
        plaintext=args.get("insecure_plaintext_http", False),
        litellm=image_of("litellmImage", args.get("litellm_image"), LITELLM_IMAGE, wrong),
        nginx=image_of("nginxImage", args.get("nginx_image"), NGINX_IMAGE, wrong),
        wrong=wrong,
    )
