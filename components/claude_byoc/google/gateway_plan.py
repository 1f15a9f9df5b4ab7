"""What a gateway in Cloud Run will declare, checked before anything is. Pure.

A value that is not known yet (an Output) is None and is checked by Google when it is.
"""

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from claude_byoc.arguments import camel, known_text, require, whole
from claude_byoc.contract import google as google_facts
from claude_byoc.contract import google_gateway as facts
from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.container import GatewayContainers
from claude_byoc.gateway.service_plan import ARCHIVE_FILES, ServicePlan
from claude_byoc.gateway.service_plan import plan_of as service_plan_of
from claude_byoc.google.gateway_args import GoogleGatewayArgs, GoogleGatewayHostArgs

ARCHIVE_FOLDER, _, ARCHIVE_NAME = ARCHIVE_FILES["google"][0].rpartition("/")
"""Where the archive of files is mounted in the container that unpacks it."""
DEFAULT_NAME = "claude-gateway"
DEFAULT_MEMORY_MIB = 2048
DEFAULT_DELAY = 60
LONGEST_DELAY = 600


@dataclass(frozen=True)
class GoogleGatewayPlan:
    """The gateway (`service`) and where it stands. Presence of an argument is known, its value perhaps not."""

    service: ServicePlan
    project_id: str | None = None
    region: str | None = None
    given: frozenset[str] = frozenset()
    """The arguments of GoogleGatewayHostArgs that were given."""
    known: dict[str, str] = field(default_factory=dict[str, str])
    """Those of them that are texts and known."""
    cpu: int = 1
    memory_mib: int = DEFAULT_MEMORY_MIB
    channels: tuple[str, ...] = ()
    delay: float = DEFAULT_DELAY

    @property
    def name(self) -> str:
        """What the names of all that is made begin with."""
        return self.known.get("name", DEFAULT_NAME)

    @cached_property
    def shape(self) -> GatewayContainers:
        """The containers, as `ServicePlan.shape`; the first unpacks the archive from a mounted secret."""
        return self.service.shape.without_init()

    @property
    def front(self) -> str:
        """What people reach first: `run` (the run.app address), `external` or `internal` (a load balancer)."""
        if self.service.internal:
            return "internal"
        return "external" if self.service.domain is not None else "run"

    @property
    def armored(self) -> bool:
        """Whether Cloud Armor stands before the service."""
        return bool(self.service.allowed_addresses) or self.service.waf

    @property
    def makes_certificate(self) -> bool:
        """Whether Google makes the domain's certificate."""
        return self.front != "run" and not self.service.plaintext and "certificate" not in self.given

    @property
    def predicts(self) -> bool:
        """Whether the service calls Vertex AI by its own identity."""
        return self.service.own_identity("vertex")

    @property
    def predict_role_id(self) -> str:
        """Id of the custom role for it; a custom role takes no hyphen."""
        return f"{self.name.replace('-', '_')}.predict"

    def for_domain(self, what: str) -> str:
        """Return the name of something that another domain replaces, while the first is still in use."""
        digest = hashlib.sha256(str(self.service.domain).encode()).hexdigest()
        return f"{self.name}-{what}-{digest[:8]}"

    def apis(self) -> list[str]:
        """Return what of `facts.APIS` is needed."""
        found = ["run", "secrets", "iam", "logging", "monitoring"]
        if self.predicts:
            found.append("grants")
        if self.front != "run":
            found.append("compute")
        if self.front == "internal":
            if self.makes_certificate:
                found.append("certificates")
            found.append("dns")
        elif "dns_zone" in self.given:
            found.append("dns")
        return found

    def problems(self) -> list[Problem]:
        """Return everything by which this gateway could not work in Google Cloud."""
        own = (self._place(), self._sizes(), self._images(), self._front(), self._internal(), self._names())
        return list(
            dict.fromkeys([*self._service_problems, *(problem for found in own for problem in found)])
        )

    def hints(self) -> list[Problem]:
        """Return what works and may surprise."""
        found = self.service.hints()
        if self.front == "run":
            found.append(
                Problem(
                    "gateway.domain",
                    "is not set: the run.app address is open to the whole internet, and the gateway's own check of "
                    "callers is all that stands before it",
                    "a domain, where addresses can be limited and a firewall stands before it",
                    "keep it if credentials are enough",
                    severity="warning",
                )
            )
        return found

    def _place(self) -> Iterator[Problem]:
        if self.project_id is not None and not re.match(google_facts.PROJECT_ID_PATTERN, self.project_id):
            yield Problem("google.projectId", f"{self.project_id!r} is no project id",
                          "6 to 30 lower-case letters, digits and hyphens, a letter first",
                          "take the project id, not its number or name, from the console's project list")  # fmt: skip
        if self.region is not None and not re.match(facts.REGION_PATTERN, self.region):
            yield Problem("gateway.google.region", f"{self.region!r} is no region of Cloud Run",
                          "for instance europe-west1; no zone, no multi-region", "correct it")  # fmt: skip
        if not re.match(facts.NAME_PATTERN, self.name):
            yield Problem("gateway.google.name", f"{self.name!r} is no name for a service account and a service",
                          "6 to 24 lower-case letters, digits and hyphens, a letter first",
                          f"leave it out for {DEFAULT_NAME}")  # fmt: skip

    def _sizes(self) -> Iterator[Problem]:
        if self.cpu not in facts.CPUS:
            yield Problem(
                "gateway.google.cpu", f"is {self.cpu}", ", ".join(map(str, facts.CPUS)), "choose one"
            )
        least = facts.LEAST_MEMORY_MIB.get(self.cpu, 512)
        needed = (
            least
            if self._service_problems
            else max(least, *(one.memory_mib for one in self.service.shape.containers))
        )
        if self.memory_mib % 1 or not needed <= self.memory_mib <= facts.MOST_MEMORY_MIB:
            yield Problem("gateway.google.memoryMib", f"is {self.memory_mib}",
                          f"{needed} to {facts.MOST_MEMORY_MIB}, a whole number, with {self.cpu} vCPU",
                          "correct it")  # fmt: skip
        if not 0 <= self.delay <= LONGEST_DELAY:
            yield Problem("gateway.google.propagationDelaySeconds", f"is {self.delay:g}",
                          f"0 to {LONGEST_DELAY} seconds", "leave it out for the default")  # fmt: skip

    def _images(self) -> Iterator[Problem]:
        for key, image in (("litellmImage", self.service.litellm), ("nginxImage", self.service.nginx)):
            if not any(facts.pulled_by_cloud_run(f"{name}/") for name in image.names):
                yield Problem(
                    f"gateway.{key}",
                    f"is at {image.names[0].partition('/')[0]}, from which Cloud Run does not pull",
                    "docker.io, gcr.io or Artifact Registry (REGION-docker.pkg.dev)",
                    "name it there, for instance through a remote repository of Artifact Registry",
                )

    def _front(self) -> Iterator[Problem]:
        if self.front == "run":
            if self.service.allowed_addresses or self.service.waf:
                for key in (*(["allowedAddresses"] if self.service.allowed_addresses else []),
                            *(["waf"] if self.service.waf else [])):  # fmt: skip
                    yield Problem(
                        f"gateway.{key}",
                        "is set without a domain: at the run.app address nothing stands before Cloud Run that could "
                        "look at addresses or requests",
                        "together with gateway.domain, which brings a load balancer and Cloud Armor",
                        "set gateway.domain, or remove it",
                    )
            if self.service.plaintext:
                wrong = "does nothing without a domain: run.app speaks https alone"
                allowed = "together with gateway.domain, for a closed test"
                yield Problem("gateway.insecurePlaintextHttp", wrong, allowed, "remove it")
            for name in ("dns_zone", "private_dns_zone", "certificate"):
                if name in self.given:
                    yield Problem(f"gateway.google.{camel(name)}", "is set without a domain",
                                  "together with gateway.domain", "set the domain, or remove it")  # fmt: skip
        if self.service.plaintext and "certificate" in self.given:
            yield Problem("gateway.google.certificate", "is set beside insecurePlaintextHttp, which uses none",
                          "one of the two", "remove insecurePlaintextHttp")  # fmt: skip

    def _internal(self) -> Iterator[Problem]:
        internal = self.front == "internal"
        if internal and self.service.domain is None:
            yield Problem("gateway.domain", "is missing, and an internal gateway has a load balancer of its own, whose "
                          "certificate is for a name", "for instance claude.example.com", "add it")  # fmt: skip
        for name in ("network", "subnet"):
            if internal and name not in self.given:
                yield Problem(f"gateway.google.{name}", "is missing, and an internal gateway has its address in it",
                              f"for instance projects/P/{_EXAMPLES[name]}", "add it")  # fmt: skip
        for name in ("network", "subnet", "proxy_subnet_range", "private_dns_zone"):
            if not internal and name in self.given:
                yield Problem(f"gateway.google.{camel(name)}", "is set, and the gateway is not internal",
                              "together with gateway.internal: true", "set it, or remove this")  # fmt: skip
        text = self.known.get("proxy_subnet_range")
        if text is not None:
            try:
                ipaddress.IPv4Network(text)
            except ValueError:
                allowed = "for instance 10.129.0.0/23"
                yield Problem(
                    "gateway.google.proxySubnetRange", f"{text} is no IPv4 range", allowed, "correct it"
                )

    def _names(self) -> Iterator[Problem]:
        certificate = (
            facts.REGIONAL_CERTIFICATE_PATTERN if self.front == "internal" else facts.SSL_CERTIFICATE_PATTERN
        )
        for name, pattern, allowed in (
            ("certificate", certificate, _EXAMPLES["certificate"]),
            ("network", facts.NETWORK_PATTERN, f"projects/P/{_EXAMPLES['network']}"),
            ("subnet", facts.SUBNET_PATTERN, f"projects/P/{_EXAMPLES['subnet']}"),
            ("dns_zone", facts.ZONE_PATTERN, "the zone's name in Cloud DNS, not its domain"),
            ("private_dns_zone", facts.ZONE_PATTERN, "the zone's name in Cloud DNS, not its domain"),
            ("predict_role", google_facts.EXISTING_ROLE_PATTERN, "projects/P/roles/NAME"),
        ):  # fmt: skip
            if name in self.known and not re.match(pattern, self.known[name]):
                yield Problem(f"gateway.google.{camel(name)}", f"is not valid: {self.known[name]!r}", allowed,
                              "correct it")  # fmt: skip
        subnet = re.match(facts.SUBNET_PATTERN, self.known.get("subnet", ""))
        if subnet and self.region is not None and subnet["region"] != self.region:
            yield Problem("gateway.google.subnet", f"is in {subnet['region']}, and the gateway in {self.region}",
                          f"a subnet in {self.region}", "name one there, or correct gateway.google.region")  # fmt: skip
        for channel in self.channels:
            if not re.match(facts.CHANNEL_PATTERN, channel):
                yield Problem("gateway.google.notificationChannels", f"has {channel!r}",
                              "projects/P/notificationChannels/NUMBER",
                              "copy it from `gcloud beta monitoring channels list`")  # fmt: skip
        if "predict_role" in self.given and not self.predicts:
            yield Problem("gateway.google.predictRole", "is set, and no upstream is vertex",
                          "together with a vertex upstream", "remove it")  # fmt: skip

    @cached_property
    def _service_problems(self) -> list[Problem]:
        """What is wrong on every cloud; without any, the containers can be rendered, and their sizes are known."""
        return self.service.problems()


_EXAMPLES = {
    "network": "global/networks/NAME",
    "subnet": "regions/REGION/subnetworks/NAME",
    "certificate": "projects/P/locations/REGION/certificates/NAME for an internal gateway, else "
    "projects/P/global/sslCertificates/NAME",
}


def plan_of(args: GoogleGatewayArgs) -> GoogleGatewayPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "GoogleGateway", GoogleGatewayArgs.__annotations__, ["project_id", "region"])
    own = {name: args[name] for name in GoogleGatewayHostArgs.__annotations__ if name in args}
    return GoogleGatewayPlan(
        service=service_plan_of(args, "google"),
        project_id=known_text(args["project_id"]),
        region=known_text(args["region"]),
        given=frozenset(own),
        known={name: value for name, value in own.items() if isinstance(value, str)},
        cpu=whole(args.get("cpu", 1)),
        memory_mib=whole(args.get("memory_mib", DEFAULT_MEMORY_MIB)),
        channels=tuple(args.get("notification_channels", [])),
        delay=args.get("propagation_delay_seconds", DEFAULT_DELAY),
    )
