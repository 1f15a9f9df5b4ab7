"""Looks an existing Foundry resource up and checks that it fits; nothing of it is ever changed."""

import pulumi
from pulumi import Output
from pulumi_azure_native import cognitiveservices

from claude_byoc.azure.foundry_plan import FoundryPlan
from claude_byoc.contract import azure as facts
from claude_byoc.contract.problems import Problem
from claude_byoc.refusal import refuse_errors

KEY = "foundry.existingResource"


def look_up(existing: str, plan: FoundryPlan, location: Output[str], parent: pulumi.Resource) -> Output[str]:
    """Return the ARM id of the resource once it is known to fit `plan`, else an Output that is a refusal."""
    parts = facts.split_account_id(existing)
    found = cognitiveservices.get_account_output(
        account_name=parts.name,
        resource_group_name=parts.resource_group,
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )

    def checked(result: cognitiveservices.GetAccountResult, region: str) -> str:
        properties = result.properties
        refuse_errors(
            misfits(
                plan,
                name=parts.name,
                kind=result.kind,
                subdomain=properties.custom_sub_domain_name,
                local_auth_disabled=properties.disable_local_auth or False,
                actual=result.location,
                location=region,
            )
        )
        return existing

    return Output.all(found, location).apply(lambda known: checked(known[0], known[1]))


def version_of(
    model: str, plan: FoundryPlan, resource_group: Output[str], parent: pulumi.Resource
) -> Output[str]:
    """Return the version of a deployment that others manage, once it is known to be the model of its name."""
    found = cognitiveservices.get_deployment_output(
        account_name=plan.name,
        deployment_name=model,
        resource_group_name=resource_group,
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )

    def checked(properties: cognitiveservices.outputs.DeploymentPropertiesResponse) -> str:
        actual = properties.model.name if properties.model else None
        if actual != model:
            refuse_errors(
                [
                    Problem(
                        "foundry.existingModels",
                        f"names the deployment {model}, which runs {actual}; the add-in would take it for {model}",
                        "deployments whose name is their model",
                        "remove it, and let its owner rename it",
                    )
                ]
            )
        return (properties.model.version if properties.model else None) or ""

    return found.properties.apply(checked)


def misfits(
    plan: FoundryPlan,
    *,
    name: str,
    kind: str | None,
    subdomain: str | None,
    local_auth_disabled: bool,
    actual: str | None,
    location: str,
) -> list[Problem]:
    """Return why an existing resource cannot be used, from what Azure says of it."""
    found: list[Problem] = []
    if kind != facts.ACCOUNT_KIND:
        found.append(
            Problem(
                KEY,
                f"is of kind {kind}, which has no Claude deployments",
                facts.ACCOUNT_KIND,
                "name a Foundry resource, or leave it out to make one",
            )
        )
    if subdomain != name or not plan.name:
        found.append(
            Problem(
                KEY,
                f"has the custom subdomain {subdomain}, and the add-in calls https://{name}.{_SUFFIX}",
                "a resource whose custom subdomain is its name",
                "name another resource, or leave it out to make one",
            )
        )
    if plan.keyless and not local_auth_disabled:
        found.append(
            Problem(
                "foundry.auth",
                "is keyless, and the existing resource takes keys as well, which every person with the role "
                "Cognitive Services User could then read",
                "a resource with local auth disabled, or auth: key",
                "let its owner run: az resource update --ids RESOURCE_ID --set properties.disableLocalAuth=true",
            )
        )
    if not plan.keyless and local_auth_disabled:
        found.append(
            Problem(
                "foundry.auth",
                "is key, and the existing resource has local auth disabled: its keys do not work",
                "keyless",
                "set foundry.auth: keyless",
            )
        )
    if actual is not None and actual.replace(" ", "").lower() != location.lower():
        found.append(
            Problem(
                "azure.location",
                f"is {location}, and the existing resource lies in {actual}",
                actual.replace(" ", "").lower(),
                "correct the region: where prompts are answered depends on it",
            )
        )
    return found


_SUFFIX = facts.CLOUDS["global"].foundry_suffix
