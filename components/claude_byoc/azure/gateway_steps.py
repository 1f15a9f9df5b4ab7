"""What a person must still do for the gateway in Azure Container Apps, in order."""

import re

from claude_byoc.azure.gateway_firewall_plan import FirewallPlan
from claude_byoc.azure.gateway_plan import AzureGatewayPlan
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.outputs import NextStep


def next_steps(plan: AzureGatewayPlan, *, stack: str) -> list[NextStep]:
    """Return the steps; `stack` is the name of the environment."""
    before = (
        _firewall(plan, plan.firewall) if plan.firewall is not None else [*_domain(plan), *_private(plan)]
    )
    return [*_registries(plan), *before, *_premium(plan), *_watch(plan), *_vault(plan, stack)]


def _registries(plan: AzureGatewayPlan) -> list[NextStep]:
    return [
        {
            "who": "Registry administrator",
            "what": f"Let the gateway's identity (output gateway.identity) pull from {server}: the role AcrPull stays "
            "assigned, since every new replica pulls again",
            "command": "az role assignment create --role AcrPull --assignee-principal-type ServicePrincipal "
            f"--assignee-object-id PRINCIPAL_ID --scope $(az acr show -n {_registry_of(server)} --query id -o tsv)",
        }
        for server in plan.registries
    ]


def _registry_of(server: str) -> str:
    """Return the registry's name, which has no hyphen: Azure may add a label of its own after one."""
    return re.split("[.-]", server, maxsplit=1)[0]


def _domain(plan: AzureGatewayPlan) -> list[NextStep]:
    domain = plan.service.domain
    if domain is None or plan.binds_domain:
        return []
    rest = "" if plan.own_certificate else " and makes its certificate"
    return [
        {
            "who": "DNS administrator",
            "what": f"Create the DNS records for {domain} in the output gateway.dnsRecords. They stay: Azure looks at "
            "them again whenever it renews a certificate",
        },
        {
            "who": "Platform engineer",
            "what": "When they are seen everywhere, set gateway.azure.domainVerified: true and run up again: only "
            f"then does Azure take {domain}{rest}",
        },
    ]


def _firewall(plan: AzureGatewayPlan, firewall: FirewallPlan) -> list[NextStep]:
    steps: list[NextStep] = []
    domain = plan.service.domain
    if plan.service.internal:
        steps.append(
            {
                "who": "Network administrator",
                "what": "Let people's devices reach the firewall's subnet on port 443, and their DNS servers answer "
                f"for {domain} with its private address"
                + (", which a private zone in that network does" if plan.own_environment else ""),
            }
        )
    if firewall.lists_record:
        where = " in the company's DNS" if plan.service.internal else ""
        steps.append(
            {
                "who": "DNS administrator",
                "what": f"Create the A record for {domain} in the output gateway.dnsRecords{where}",
            }
        )
    return steps


def _private(plan: AzureGatewayPlan) -> list[NextStep]:
    steps: list[NextStep] = []
    if plan.service.internal:
        private = (
            "its names resolve in that network" if plan.own_environment else "its names must resolve there"
        )
        steps.append(
            {
                "who": "Network administrator",
                "what": "Let people's devices reach the environment's network on port 443, and their DNS servers ask "
                f"Azure for the gateway's private zones: {private} alone",
            }
        )
        if plan.service.domain is not None and not plan.own_environment:
            steps.append(
                {
                    "who": "Network administrator",
                    "what": f"Let the company's DNS answer for {plan.service.domain} with the A record in "
                    "gateway.dnsRecords, in that network alone",
                }
            )
    return steps


def _premium(plan: AzureGatewayPlan) -> list[NextStep]:
    if plan.premium_minutes is None:
        return []
    return [
        {
            "who": "Platform engineer",
            "what": f"Accept the price of {facts.INGRESS_NODES} nodes {facts.INGRESS_PROFILE_TYPE}, which keep "
            f"silent requests alive for {plan.premium_minutes} minutes, or set gateway.timeoutSeconds to "
            f"{facts.INGRESS_TIMEOUT_SECONDS}",
        }
    ]


def _watch(plan: AzureGatewayPlan) -> list[NextStep]:
    if "action_group_id" in plan.given:
        return []
    return [
        {
            "who": "Platform engineer",
            "what": f"Decide who hears of alarms: those of {plan.name} show in Azure Monitor alone until "
            "gateway.azure.actionGroupId names an action group",
        }
    ]


def _vault(plan: AzureGatewayPlan, stack: str) -> list[NextStep]:
    if plan.restore_vault:
        return []
    return [
        {
            "who": "Platform engineer",
            "what": "Remember, should this environment be destroyed and made again: the deleted key vault keeps its "
            "name for 7 days. Restore it (gateway.azure.restoreDeletedVault: true) or purge it",
            "command": "az keyvault list-deleted --query "
            f'"[?properties.tags.\\"claude-byoc:stack\\"==\'{stack}\'].name"',
        }
    ]
