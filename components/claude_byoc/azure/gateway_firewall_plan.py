"""What `waf` asks for in Azure: an Application Gateway before the Container Apps environment. Pure."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from claude_byoc.arguments import camel
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.problems import Problem, hint
from claude_byoc.gateway.service_plan import ServicePlan

_SUBNETS = frozenset({"subnet_id", "firewall_subnet_id"})
FEATURE = "EnableApplicationGatewayNetworkIsolation"
"""Feature of a subscription without which an Application Gateway needs a public address.
source: https://learn.microsoft.com/azure/application-gateway/application-gateway-private-deployment"""


@dataclass(frozen=True)
class FirewallPlan:
    """Where the firewall stands; `given` and `known` as in AzureGatewayPlan."""

    service: ServicePlan
    given: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def own_network(self) -> bool:
        """Whether a virtual network is made for it and the environment."""
        return not ({*_SUBNETS, "existing_environment"} & self.given)

    @property
    def source_range(self) -> str:
        """The range that its requests to the containers come from."""
        return facts.FIREWALL_RANGE if self.own_network else self.known["firewall_subnet_range"]

    @property
    def private_address(self) -> str | None:
        """The address of an internal gateway, the last that its subnet can give; None where it has a public one."""
        if not self.service.internal:
            return None
        return str(ipaddress.IPv4Network(self.source_range).broadcast_address - 1)

    @property
    def lists_record(self) -> bool:
        """Whether somebody else creates the domain's record: no zone is given, or the private one is not made by us."""
        if self.service.internal:
            return "existing_environment" in self.given
        return "dns_zone_id" not in self.given

    def problems(self) -> Iterator[Problem]:
        """Yield everything by which it could not work."""
        yield from self._certificate()
        yield from self._subnets()
        yield from self._range()
        yield from self._service()

    def hints(self) -> Iterator[Problem]:
        """Yield what works and may surprise."""
        wrong = (
            "makes an Application Gateway (WAF_v2), which is paid for at all times, and judges no body: prompts hold "
            "SQL, HTML and shell"
        )
        cure = "look at its price; bodies are limited and read by the gateway itself"
        yield hint("gateway.waf", wrong, "false without it", cure)
        if self.service.internal:
            wrong = f"gives the firewall a private address alone, for which Azure wants the feature {FEATURE}"
            allowed = "the feature registered, the subnet delegated to Microsoft.Network/applicationGateways, and the "
            allowed += "certificate's vault reachable from it, by a private or a service endpoint"
            cure = f"az feature register --namespace Microsoft.Network --name {FEATURE}"
            yield hint("gateway.internal", wrong, allowed, cure)
        if "domain_verified" in self.given:
            wrong = "changes nothing beside gateway.waf: the firewall has the domain, the app none"
            yield hint("gateway.azure.domainVerified", wrong, "an A record", "remove it")
        if self.service.internal and "dns_zone_id" in self.given:
            wrong = "changes nothing beside gateway.waf and gateway.internal: the domain's record is a private one"
            yield hint("gateway.azure.dnsZoneId", wrong, "without gateway.internal", "remove it")

    def _certificate(self) -> Iterator[Problem]:
        if self.service.domain is None:
            wrong = "is missing, and the firewall has no name of its own that a certificate could be for"
            yield Problem("gateway.domain", wrong, "the host name that people call", "add it")
        if "existing_certificate_id" in self.given:
            wrong = "is a certificate of the environment, which the firewall cannot read"
            cure = "remove it; put the certificate into a key vault"
            yield Problem(
                "gateway.azure.existingCertificateId", wrong, "certificateUrl and certificateVaultId", cure
            )
        # Without both; with one alone the other is asked for in any case.
        if not {"certificate_url", "certificate_vault_id"} & self.given:
            wrong = "is missing, and Azure makes no certificate for an Application Gateway"
            yield Problem(
                "gateway.azure.certificateUrl",
                wrong,
                "a certificate in a key vault",
                "add it with certificateVaultId",
            )

    def _subnets(self) -> Iterator[Problem]:
        if "existing_environment" in self.given:
            if "firewall_subnet_id" not in self.given:
                wrong = "is missing, and the firewall has to stand where it reaches that environment"
                allowed = "a subnet in the environment's network or one that is peered with it"
                yield Problem("gateway.azure.firewallSubnetId", wrong, allowed, "add it")
        elif self.service.internal or _SUBNETS & self.given:
            for name, what in (
                ("subnet_id", "environment"),
                ("firewall_subnet_id", "Application Gateway alone"),
            ):
                # Of an internal gateway the environment's subnet is asked for in any case.
                if name not in self.given and not (self.service.internal and name == "subnet_id"):
                    wrong = "is missing, and a network that exists has to hold both"
                    yield Problem(f"gateway.azure.{camel(name)}", wrong, f"a subnet for the {what}", "add it")
        one, other = (self.known.get(name, "").lower() for name in sorted(_SUBNETS))
        if one and one == other:
            wrong = "is the environment's subnet, which nothing else may be in"
            yield Problem("gateway.azure.firewallSubnetId", wrong, "a subnet of its own", "name another one")

    def _range(self) -> Iterator[Problem]:
        key, allowed = (
            "gateway.azure.firewallSubnetRange",
            "the IPv4 range of firewallSubnetId, /27 or larger",
        )
        if ("firewall_subnet_range" in self.given) is not ("firewall_subnet_id" in self.given):
            if "firewall_subnet_id" in self.given:
                wrong = "is missing, and the containers take requests from it alone"
                yield Problem(key, wrong, allowed, "add it, for instance 10.0.1.0/24")
            else:
                wrong = "is missing beside firewallSubnetRange"
                yield Problem("gateway.azure.firewallSubnetId", wrong, "both", "add it")
        text = self.known.get("firewall_subnet_range", "")
        if not re.match(facts.RANGE_PATTERN, text):  # none, or one that is told as such
            return
        try:
            found = ipaddress.IPv4Network(text)
        except ValueError:
            yield Problem(key, "is no IPv4 range", allowed, "write it like 10.0.1.0/24")
        else:
            if found.prefixlen > facts.SMALLEST_FIREWALL_PREFIX:
                yield Problem(key, f"has {found.num_addresses} addresses", allowed, "name a larger subnet")

    def _service(self) -> Iterator[Problem]:
        service = self.service
        if service.plaintext:
            wrong = "is true beside gateway.waf, and the firewall takes TLS alone"
            yield Problem("gateway.insecurePlaintextHttp", wrong, "one of the two", "remove one")
        if len(service.allowed_addresses) > facts.MOST_FIREWALL_RANGES:
            wrong = f"has {len(service.allowed_addresses)} ranges, more than a rule of the firewall takes"
            yield Problem(
                "gateway.allowedAddresses", wrong, f"up to {facts.MOST_FIREWALL_RANGES}", "join ranges"
            )
        longest = facts.PRIVATE_IDLE_SECONDS - facts.FIREWALL_WAITS_LONGER
        if service.internal and service.spec.timeout_seconds > longest:
            wrong = "is more than the private address of an Application Gateway lets a connection be silent"
            allowed = f"up to {longest} with gateway.internal and gateway.waf"
            yield Problem("gateway.timeoutSeconds", wrong, allowed, "lower it")


def unused(given: frozenset[str]) -> Iterator[Problem]:
    """Yield what is given for a firewall that is not asked for."""
    for name in ("firewall_subnet_id", "firewall_subnet_range"):
        if name in given:
            wrong = "changes nothing without gateway.waf: true"
            yield hint(f"gateway.azure.{camel(name)}", wrong, "beside gateway.waf", "remove it, or set waf")
