"""`AzureGateway`: the gateway in Azure Container Apps."""

from dataclasses import dataclass

import pulumi
from pulumi import Output
from pulumi_azure_native import app, managedidentity, resources

from claude_byoc.azure import (
    gateway_alerts,
    gateway_app,
    gateway_domain,
    gateway_environment,
    gateway_vault,
)
from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_args import AzureGatewayArgs
from claude_byoc.azure.gateway_domain import DnsRecord, Domain
from claude_byoc.azure.gateway_environment import Environment
from claude_byoc.azure.gateway_firewall_plan import FirewallPlan
from claude_byoc.azure.gateway_place import GatewayPlace, patient
from claude_byoc.azure.gateway_plan import AzureGatewayPlan, plan_of
from claude_byoc.contract.azure import COGNITIVE_SERVICES_USER
from claude_byoc.gateway.service import rendered, secret_values
from claude_byoc.outputs import Lasting
from claude_byoc.refusal import refuse_errors, told


class AzureGateway(pulumi.ComponentResource):
    """Runs the gateway in Azure Container Apps, with its keys in a key vault and an identity of its own.

    Makes an environment with its logs or uses an existing one. Two containers share a volume and loopback: nginx,
    which the ingress reaches, and LiteLLM, which nothing else reaches.
    """

    url: Output[str]
    """Origin that people's clients call, without a path."""
    dns_records: Output[list[DnsRecord]]
    """DNS records that somebody must create, as {name, type, value}."""
    identity: Output[str]
    """Principal id (GUID) of the identity that the containers run with."""
    log_source: dict[str, Output[str]]
    """Where the logs are: `app`, `resourceGroup`, `table`, `column`, and where they are known, the workspace's own id
    (`workspaceId`, a GUID, empty where Azure tells none) and its ARM id (`workspaceResourceId`)."""
    internal: bool
    """Whether private networks alone reach it."""
    vault: Output[str]
    """Name of the key vault."""
    lasting: list[Lasting]
    """What a destroy would leave."""

    def __init__(self, name: str, args: AzureGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:AzureGateway", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self.internal = plan.service.internal
        place = self._place(name, args)
        own = gateway_vault.identity(place)
        firewall = plan.firewall
        front = _by_itself(place, own) if firewall is None else _behind_firewall(place, firewall, own)
        environment, host, domain = front.environment, front.host, front.domain
        made = rendered(args, plan.service)
        home = gateway_vault.vault(place, own.tenant_id)
        stored = gateway_vault.store(place, home, own, secret_values(args, plan.service, made))
        self._may_call_foundry(place, own)
        gateway = gateway_app.declare(
            place, environment=environment, domain=domain, identity=own, stored=stored, made=made
        )
        gateway_domain.managed_certificate(place, environment, gateway)
        gateway_alerts.declare(place, environment, gateway)
        self.url = (
            Output.from_input(f"https://{plan.service.domain}")
            if plan.service.domain is not None
            else host.apply(lambda known: f"https://{known}")
        )
        self.dns_records = domain.records
        self.identity = own.principal_id
        self.vault = home.name
        self.log_source = _log_source(place, environment, gateway)
        self.lasting = _lasting(plan)
        self.register_outputs(
            {
                "url": self.url,
                "dnsRecords": self.dns_records,
                "identity": self.identity,
                "logSource": self.log_source,
                "internal": self.internal,
                "vault": self.vault,
                "lasting": self.lasting,
            }
        )

    def _place(self, name: str, args: AzureGatewayArgs) -> GatewayPlace:
        location, hook = Output.from_input(args["location"]), patient(f"{name}-refusals", self)
        return GatewayPlace(
            name=name,
            plan=self.plan,
            args=args,
            component=self,
            hook=hook,
            subscription=Output.from_input(args["subscription_id"]),
            location=location,
            group=self._group(name, args, location, hook),
        )

    def _group(
        self, name: str, args: AzureGatewayArgs, location: Output[str], hook: pulumi.ErrorHook
    ) -> Output[str]:
        given = args.get("existing_resource_group")
        if given is not None:
            return Output.from_input(given)
        made = resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=args.get("resource_group", f"{self.plan.name}-rg"),
            location=location,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(parent=self, hooks=pulumi.ResourceHookBinding(on_error=[hook])),
        )
        return made.name

    def _may_call_foundry(self, place: GatewayPlace, own: managedidentity.UserAssignedIdentity) -> None:
        account = place.args.get("foundry_account_id")
        if account is not None and self.plan.service.own_identity("foundry"):
            # The narrowest built-in role that may call Claude; others that may hold more.
            # source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning
            gateway_vault.assign(
                place, f"{place.name}-calls-foundry", account, own.principal_id, COGNITIVE_SERVICES_USER
            )


@dataclass(frozen=True)
class _Front:
    """What people's requests pass: `host` is the app's name in its environment, `domain` the organisation's own."""

    environment: Environment
    host: Output[str]
    domain: Domain


def _by_itself(place: GatewayPlace, own: managedidentity.UserAssignedIdentity) -> _Front:
    environment = gateway_environment.declare(place, own, place.args.get("subnet_id"))
    host = _host(place, environment)
    return _Front(environment, host, gateway_domain.declare(place, environment, host, own))


def _behind_firewall(
    place: GatewayPlace, firewall: FirewallPlan, own: managedidentity.UserAssignedIdentity
) -> _Front:
    # They load Azure's network types, which take a second and which nobody else needs.
    from claude_byoc.azure import gateway_firewall, gateway_network  # noqa: PLC0415

    subnets = gateway_network.declare(place, firewall)
    environment = gateway_environment.declare(place, own, subnets.environment)
    host = _host(place, environment)
    records = gateway_firewall.declare(place, firewall, environment, host, subnets.firewall)
    # The firewall has the domain; the app is called by the name that its environment gives it.
    return _Front(environment, host, Domain([], [], records))


def _host(place: GatewayPlace, environment: Environment) -> Output[str]:
    return environment.domain.apply(lambda known: f"{place.plan.name}.{known}")


def _log_source(
    place: GatewayPlace, environment: Environment, gateway: app.ContainerApp
) -> dict[str, Output[str]]:
    table = environment.destination.apply(documents.log_table)
    found = {
        "app": gateway.name,
        "resourceGroup": place.group,
        "table": table.apply(lambda known: known[0]),
        "column": table.apply(lambda known: known[1]),
    }
    if environment.workspace_id is not None:
        found["workspaceId"] = environment.workspace_id
    if environment.workspace is not None:
        found["workspaceResourceId"] = environment.workspace
    return found


def _lasting(plan: AzureGatewayPlan) -> list[Lasting]:
    """Return what Azure keeps for a while after a destroy.

    source: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview,
    https://learn.microsoft.com/azure/azure-monitor/logs/delete-workspace (14 days)
    """
    days = gateway_vault.RETENTION_DAYS
    undo = "gateway.azure.restoreDeletedVault: true brings it back"
    purge = undo if plan.purge_protection else f"{undo}, `az keyvault purge` ends it earlier"
    why = f"Azure keeps a deleted vault and its name so long; {purge}"
    found: list[Lasting] = [{"what": f"the key vault with its secrets, deleted, for {days} days", "why": why}]
    if plan.own_workspace:
        why = "Azure Monitor keeps a deleted workspace so long; making one of the same name brings it back"
        found.append({"what": "the Log Analytics workspace with its logs, deleted, for 14 days", "why": why})
    return found
