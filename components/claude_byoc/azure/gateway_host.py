"""`AzureGateway`: the gateway in Azure Container Apps."""

import pulumi
from pulumi import Output
from pulumi_azure_native import app, managedidentity, resources

from claude_byoc.azure import gateway_alerts, gateway_app, gateway_domain, gateway_environment, gateway_vault
from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_args import AzureGatewayArgs
from claude_byoc.azure.gateway_domain import DnsRecord
from claude_byoc.azure.gateway_environment import Environment
from claude_byoc.azure.gateway_place import GatewayPlace, patient
from claude_byoc.azure.gateway_plan import ARCHIVE_FILE, plan_of
from claude_byoc.contract.azure import COGNITIVE_SERVICES_USER
from claude_byoc.gateway.service import rendered, secret_values
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

    def __init__(self, name: str, args: AzureGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:AzureGateway", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self.internal = plan.service.internal
        place = self._place(name, args)
        own = gateway_vault.identity(place)
        environment = gateway_environment.declare(place, own)
        host = environment.domain.apply(lambda known: f"{plan.name}.{known}")
        domain = gateway_domain.declare(place, environment, host, own)
        made = rendered(args, plan.service, archive_file=ARCHIVE_FILE)
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
        self.register_outputs(
            {
                "url": self.url,
                "dnsRecords": self.dns_records,
                "identity": self.identity,
                "logSource": self.log_source,
                "internal": self.internal,
                "vault": self.vault,
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
