"""What a gateway in Azure Container Apps will declare, checked before anything is. Pure.

A value that is not known yet (an Output) is None and is checked by Azure when it is.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from claude_byoc.arguments import camel, known_text, require
from claude_byoc.azure import gateway_firewall_plan as firewall_plan
from claude_byoc.azure.gateway_args import AzureGatewayArgs
from claude_byoc.azure.gateway_firewall_plan import FirewallPlan
from claude_byoc.contract import azure as azure_facts
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.problems import Problem
from claude_byoc.gateway.service_plan import ServicePlan
from claude_byoc.gateway.service_plan import plan_of as service_plan_of


@dataclass(frozen=True)
class AzureGatewayPlan:
    """The gateway (`service`) and where it stands. Presence of an argument is known, its value perhaps not."""

    service: ServicePlan
    subscription_id: str | None = None
    location: str | None = None
    given: frozenset[str] = frozenset()
    """The arguments of AzureGatewayHostArgs that were given."""
    known: dict[str, str] = field(default_factory=dict[str, str])
    """Those of them that are texts and known."""
    domain_verified: bool = False
    purge_protection: bool = False
    restore_vault: bool = False
    retention_asked: bool = False

    @property
    def name(self) -> str:
        """What the names of all that is made begin with."""
        return self.known.get("name", "claude-gateway")

    @property
    def firewall(self) -> FirewallPlan | None:
        """The web application firewall in front; None where none is asked for."""
        return FirewallPlan(self.service, self.given, self.known) if self.service.waf else None

    @property
    def hidden(self) -> bool:
        """Whether the environment has a private address alone: an internal gateway's, or one behind a firewall."""
        return self.service.internal or self.service.waf

    @property
    def sources(self) -> Sequence[str]:
        """The ranges that the containers take requests from; none = every address."""
        firewall = self.firewall
        return self.service.allowed_addresses if firewall is None else [firewall.source_range]

    @property
    def own_environment(self) -> bool:
        """Whether the Container Apps environment is ours."""
        return "existing_environment" not in self.given

    @property
    def own_workspace(self) -> bool:
        """Whether the workspace that the logs go to is made here."""
        return self.own_environment and "log_workspace_id" not in self.given

    @property
    def premium_minutes(self) -> int | None:
        """Idle timeout of a premium ingress in minutes; None where the default ingress does."""
        if not self.own_environment or self.service.spec.timeout_seconds <= facts.INGRESS_TIMEOUT_SECONDS:
            return None
        return math.ceil(self.service.spec.timeout_seconds / 60)

    @property
    def own_certificate(self) -> bool:
        """Whether the organisation brings the domain's certificate."""
        return bool({"certificate_url", "existing_certificate_id"} & self.given)

    @property
    def awaits_proof(self) -> bool:
        """Whether somebody must first create the records that prove the domain; nothing answers there before."""
        return self.service.domain is not None and self.firewall is None and not self.binds_domain

    @property
    def binds_domain(self) -> bool:
        """Whether the app is told its domain, which Azure refuses before the DNS records exist.

        Behind a firewall it is called by the name that its environment gives it.
        """
        told = "dns_zone_id" in self.given or self.domain_verified
        return told and self.service.domain is not None and not self.service.waf

    @property
    def registries(self) -> list[str]:
        """Registries in Azure that hold an image, which give it to the gateway's identity alone."""
        return sorted(set(self._registries().values()))

    def vault_name(self, subscription_id: str, resource_group: str) -> str:
        """Return the vault's name, the same for the same subscription, resource group and name."""
        digest = hashlib.sha256(
            f"{subscription_id}/{resource_group}/{self.name}".lower().encode()
        ).hexdigest()
        return self.known.get("vault_name", f"{self.name[:17].rstrip('-')}-{digest[:6]}")

    def problems(self) -> list[Problem]:
        """Return everything by which this gateway could not work in Azure."""
        own = (
            self.firewall.problems() if self.firewall else (),
            self._forms(),
            self._pairs(),
            self._environment(),
            self._timeout(),
            self._domain(),
            self._upstream(),
        )
        return list(
            dict.fromkeys([*self.service.problems(), *(problem for found in own for problem in found)])
        )

    def hints(self) -> list[Problem]:
        """Return what works and may surprise."""
        firewall = self.firewall
        found = [
            *self.service.hints(),
            *(firewall.hints() if firewall else firewall_plan.unused(self.given)),
        ]
        if self.premium_minutes is not None:
            wrong = (
                f"is {self.service.spec.timeout_seconds}, more than the {facts.INGRESS_TIMEOUT_SECONDS} of the "
                f"default ingress: two nodes {facts.INGRESS_PROFILE_TYPE} run for a longer one, at their price"
            )
            allowed = f"{facts.INGRESS_TIMEOUT_SECONDS} or less without them"
            cure = "keep it, or lower it: it limits silence, not the length of a stream"
            found.append(Problem("gateway.timeoutSeconds", wrong, allowed, cure, severity="warning"))
        managed = self.service.domain is not None and not self.own_certificate
        if managed and self.service.allowed_addresses:
            wrong = "may keep DigiCert from validating the certificate that Azure makes and renews"
            setting = "certificateUrl" if self.own_environment else "existingCertificateId"
            cure = f"set {setting}, or allow DigiCert's addresses"
            found.append(
                Problem(
                    "gateway.allowedAddresses", wrong, "a certificate of your own", cure, severity="warning"
                )
            )
        if not self.own_environment and "log_workspace_id" not in self.given:
            wrong = "is missing, so that neither the alert on failed requests nor the workbook is made"
            cure = "name the workspace to which the environment's owner sends its logs"
            found.append(
                Problem("gateway.azure.logWorkspaceId", wrong, "an ARM id", cure, severity="warning")
            )
        if self.retention_asked and ("log_workspace_id" in self.given or not self.own_environment):
            wrong = (
                "changes nothing: the logs go to a workspace of others, whose owner sets how long they stay"
            )
            cure = "let that owner set it, and remove it here"
            found.append(
                Problem("gateway.logRetentionDays", wrong, "a workspace of its own", cure, severity="warning")
            )
        for key, server in self._registries().items():
            wrong = (
                f"is in {server}, which lets the gateway's identity pull by a role alone: the first up fails"
            )
            allowed = f"the role AcrPull on the registry for {self.name}-id"
            cure = "assign it once the identity is there, then run up again"
            found.append(Problem(key, wrong, allowed, cure, severity="warning"))
        return found

    def _registries(self) -> dict[str, str]:
        images = {"gateway.litellmImage": self.service.litellm, "gateway.nginxImage": self.service.nginx}
        servers = {key: image.names[0].partition("/")[0] for key, image in images.items()}
        return {key: server for key, server in servers.items() if re.match(facts.REGISTRY_PATTERN, server)}

    def _forms(self) -> Iterator[Problem]:
        for key, value, pattern, allowed in (
            ("azure.subscriptionId", self.subscription_id, azure_facts.SUBSCRIPTION_ID_PATTERN, "a GUID"),
            ("azure.location", self.location, azure_facts.LOCATION_PATTERN, "for instance swedencentral"),
        ):
            if value is not None and not re.match(pattern, value):
                yield Problem(key, "is not valid", allowed, "correct it")
        for name, (pattern, allowed) in _FORMS.items():
            if name in self.known and not re.match(pattern, self.known[name]):
                yield Problem(f"gateway.azure.{camel(name)}", "is not valid", allowed, "correct it")

    def _pairs(self) -> Iterator[Problem]:
        for one, other, why in (
            ("resource_group", "existing_resource_group", "one group"),
            ("existing_environment", "subnet_id", "an environment that exists has its network"),
            ("certificate_url", "existing_certificate_id", "one certificate"),
            ("dns_zone_id", "domain_verified", "the records are made in the zone"),
        ):
            if {one, other} <= self.given:
                key = f"gateway.azure.{camel(other)}"
                yield Problem(key, f"is given beside {camel(one)}", f"one of the two: {why}", "remove one")
        for one, other in (
            ("certificate_url", "certificate_vault_id"),
            ("certificate_vault_id", "certificate_url"),
            ("existing_certificate_id", "existing_environment"),
        ):
            if one in self.given and other not in self.given:
                key = f"gateway.azure.{camel(other)}"
                yield Problem(key, f"is missing beside {camel(one)}", "both", "add it")
        if {"certificate_url", "existing_environment"} <= self.given and not self.service.waf:
            yield Problem(
                "gateway.azure.certificateUrl",
                "is given beside existingEnvironment, whose own identity would have to read it",
                "existingCertificateId, a certificate that the environment has",
                "let the environment's owner put it there (az containerapp env certificate), name it in "
                "existingCertificateId, remove certificateUrl and certificateVaultId",
            )

    def _environment(self) -> Iterator[Problem]:
        parts = self.known.get("existing_environment", "").split("/")
        known = self.subscription_id
        if len(parts) > 2 and known is not None and parts[2].lower() != known.lower():  # noqa: PLR2004 -- /subscriptions/ID
            key, allowed = "gateway.azure.existingEnvironment", "one of azure.subscriptionId"
            yield Problem(
                key, "lies in another subscription", allowed, "make the gateway in that subscription"
            )

    def _timeout(self) -> Iterator[Problem]:
        if self.service.spec.timeout_seconds > facts.LONGEST_TIMEOUT_SECONDS:
            yield Problem("gateway.timeoutSeconds", "is more than Container Apps can be given",
                          f"up to {facts.LONGEST_TIMEOUT_SECONDS} there", "lower it")  # fmt: skip
        if self.service.internal and self.own_environment and "subnet_id" not in self.given:
            yield Problem("gateway.azure.subnetId", "is missing, and an internal gateway has its address in it",
                          "ARM id of a subnet delegated to Microsoft.App/environments", "add it")  # fmt: skip

    def _domain(self) -> Iterator[Problem]:
        domain, zone = self.service.domain, self.known.get("dns_zone_id", "").rpartition("/")[2]
        if domain is None:
            if self.service.waf:  # of which the firewall's plan tells
                return
            for name in ("dns_zone_id", "domain_verified", "certificate_url", "existing_certificate_id"):
                if name in self.given:
                    yield Problem(
                        "gateway.domain", f"is missing beside {camel(name)}", "the host name", "add it"
                    )
            return
        if not self.service.waf and (domain.count(".") < 2 or domain == zone):  # noqa: PLR2004 -- a name below the organisation's domain
            yield Problem("gateway.domain", "is a whole domain, which can have no CNAME record",
                          "a name below it", f"for instance claude.{domain}")  # fmt: skip
        elif zone and not f".{domain}".endswith(f".{zone}"):
            yield Problem("gateway.azure.dnsZoneId", f"is the zone {zone}, which does not hold {domain}",
                          "the zone of gateway.domain", "correct one of the two")  # fmt: skip
        if self.service.internal and not self.own_certificate and not self.service.waf:
            name, allowed, cure = (
                ("certificateUrl", "a certificate in a key vault", "add it with certificateVaultId")
                if self.own_environment
                else (
                    "existingCertificateId",
                    "a certificate that the environment has",
                    "let its owner put it there, then add its id",
                )
            )
            wrong = "is missing, and Azure makes no certificate for a gateway that the internet cannot reach"
            yield Problem(f"gateway.azure.{name}", wrong, allowed, cure)

    def _upstream(self) -> Iterator[Problem]:
        keyless, given = self.service.own_identity("foundry"), "foundry_account_id" in self.given
        if given and not keyless:
            yield Problem("gateway.azure.foundryAccountId", "is given, and no upstream calls Foundry without a key",
                          "an upstream foundry with keyless: true", "remove it, or set keyless there")  # fmt: skip
        if keyless and not given:
            yield Problem("gateway.azure.foundryAccountId", "is missing, and the keyless upstream needs a role on it",
                          "ARM id of the Foundry resource", "add it")  # fmt: skip


_FORMS: dict[str, tuple[str, str]] = {
    "name": (facts.APP_NAME_PATTERN, "2 to 24 lower-case letters, digits and single hyphens"),
    "resource_group": (azure_facts.RESOURCE_GROUP_PATTERN, "a name of a resource group"),
    "existing_resource_group": (azure_facts.RESOURCE_GROUP_PATTERN, "a name of a resource group"),
    "existing_environment": (facts.ENVIRONMENT_ID_PATTERN, "ARM id of a Container Apps environment"),
    "subnet_id": (azure_facts.SUBNET_ID_PATTERN, "ARM id of a subnet"),
    "firewall_subnet_id": (azure_facts.SUBNET_ID_PATTERN, "ARM id of a subnet"),
    "firewall_subnet_range": (facts.RANGE_PATTERN, "an IPv4 range, for instance 10.0.1.0/24"),
    "vault_name": (facts.VAULT_NAME_PATTERN, "3 to 24 letters, digits and single hyphens"),
    "log_workspace_id": (azure_facts.WORKSPACE_ID_PATTERN, "ARM id of a Log Analytics workspace"),
    "action_group_id": (facts.ACTION_GROUP_ID_PATTERN, "ARM id of an action group"),
    "foundry_account_id": (azure_facts.ACCOUNT_ID_PATTERN, "ARM id of a Foundry resource"),
    "dns_zone_id": (facts.DNS_ZONE_ID_PATTERN, "ARM id of a public DNS zone"),
    "certificate_url": (facts.CERTIFICATE_URL_PATTERN, "https://VAULT.vault.azure.net/secrets/NAME"),
    "certificate_vault_id": (facts.VAULT_ID_PATTERN, "ARM id of a key vault"),
    "existing_certificate_id": (facts.CERTIFICATE_ID_PATTERN, "ARM id of a certificate of the environment"),
}
"""Argument -> the form of its value, as pattern and in words."""
_FLAGS = ("domain_verified", "purge_protection", "restore_deleted_vault")


def plan_of(args: AzureGatewayArgs) -> AzureGatewayPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "AzureGateway", AzureGatewayArgs.__annotations__, ["subscription_id", "location"])
    values = dict(args)
    return AzureGatewayPlan(
        service_plan_of(args, "azure"),
        subscription_id=known_text(args["subscription_id"]),
        location=known_text(args["location"]),
        given=frozenset(name for name in (*_FORMS, *_FLAGS) if values.get(name) not in (None, False)),
        known={name: value for name in _FORMS if isinstance(value := values.get(name), str)},
        domain_verified=args.get("domain_verified", False),
        purge_protection=args.get("purge_protection", False),
        restore_vault=args.get("restore_deleted_vault", False),
        retention_asked=args.get("log_retention_days") is not None,
    )
