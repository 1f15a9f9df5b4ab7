"""What a person must still do for the Foundry path, in order."""

from collections.abc import Callable

from pulumi import Output

from claude_byoc.azure.foundry_plan import FoundryPlan
from claude_byoc.contract import azure as facts
from claude_byoc.outputs import NextStep

_PORTAL = "https://portal.azure.com/#resource"


def next_steps(plan: FoundryPlan, *, resource_id: Output[str], stack: str) -> list[NextStep]:
    """Return the steps; `stack` is the name of the environment."""
    steps: list[NextStep] = []
    if plan.models:
        steps.append(
            {
                "who": "Azure administrator",
                "what": "Compare the subscription's quota with the capacity of the deployments (Foundry portal, "
                "Management, Quota), and where it does not suffice ask for more with the text in the output "
                "foundry.quotaRequest; development subscriptions have 0",
                "url": resource_id.apply(lambda known: f"{_PORTAL}{known}/overview"),
            }
        )
    if plan.keyless and not (plan.groups or plan.users):
        steps.append(
            {
                "who": "Azure administrator",
                "what": "Assign the role Cognitive Services User on the Foundry resource to the people who shall use "
                "Claude (or set foundry.groups); Owner and Contributor do not include it",
                "url": resource_id.apply(lambda known: f"{_PORTAL}{known}/users"),
            }
        )
    elif plan.keyless:
        steps.append(
            {
                "who": "Pilot user",
                "what": "Wait five minutes before the first sign-in: role assignments take that long to be in force, "
                "and until then calls end with 401 or 403",
            }
        )
    if not plan.keyless:
        steps.append(
            {
                "who": "Platform engineer",
                "what": "Rotate the API key in the interval of your rules; the command tells each step",
                "command": f"claude-byoc rotate-key -s {stack}",
            }
        )
    return [*steps, *_residency(plan), *_network(plan, resource_id)]


def _residency(plan: FoundryPlan) -> list[NextStep]:
    outside = _named(plan, lambda name: facts.hosted_by(plan.models[name].version, name) == "Anthropic")
    world = _named(plan, lambda name: plan.models[name].sku == facts.DEFAULT_SKU)
    said = [
        *([f"{outside} run on a version that Anthropic hosts, outside Azure"] if outside else []),
        *([f"{world} may be answered in any geography (GlobalStandard)"] if world else []),
    ]
    if not said:
        return []
    return [
        {
            "who": "Security reviewer",
            "what": f"Accept or change: {'; '.join(said)}. foundry.models.<model>.version and .sku decide",
        }
    ]


def _named(plan: FoundryPlan, wanted: Callable[[str], bool]) -> str:
    return ", ".join(name for name in sorted(plan.models) if wanted(name))


def _network(plan: FoundryPlan, resource_id: Output[str]) -> list[NextStep]:
    if not plan.private_endpoint or plan.dns_zones:
        return []
    return [
        {
            "who": "Network administrator",
            "what": "Add records for the private endpoint to the private DNS zones "
            f"{', '.join(facts.PRIVATE_DNS_ZONES)} (or set foundry.network.privateEndpoint.dnsZoneIds)",
            "url": resource_id.apply(lambda known: f"{_PORTAL}{known}/networking"),
        }
    ]
