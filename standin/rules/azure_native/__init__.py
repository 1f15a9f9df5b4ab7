"""Azure Resource Manager: Foundry resources with what belongs to them, role assignments, private endpoints."""

from collections.abc import Iterator, Mapping

from standin.check import Problem
from standin.cloud import Cloud
from standin.exclusive import held
from standin.rules import Subject, check_rule, cloud_rule
from standin.values import Plain

GROUP = "azure-native:resources:ResourceGroup"
ACCOUNT = "azure-native:cognitiveservices:Account"
DEPLOYMENT = "azure-native:cognitiveservices:Deployment"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
ENDPOINT = "azure-native:network:PrivateEndpoint"
ZONE_GROUP = "azure-native:network:PrivateDnsZoneGroup"

_DOCS = "learn.microsoft.com/azure/"
_INDUSTRIES = (
    *("technology", "finance", "healthcare", "education", "retail"),
    *("manufacturing", "government", "media", "other"),
)

Inputs = Mapping[str, Plain]


@check_rule(ASSIGNMENT, source="the input's documentation in pulumi_azure_native (RoleAssignment): a GUID")
def assignment_name(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a role assignment without a name: two runs would make two of them."""
    if inputs.get("roleAssignmentName") is None:
        yield Problem("roleAssignmentName", "missing: the stand-in makes up no GUID")


@cloud_rule(ACCOUNT, "create", "update", source=_DOCS + "ai-services/cognitive-services-custom-subdomains")
def subdomain_is_free(subject: Subject) -> None:
    """Allow a custom subdomain once in all of Azure, whatever the case of its letters."""
    wanted = subdomain(subject.properties)
    for row in subject.cloud.all(ACCOUNT, subject.place):
        if wanted and row.id != subject.id and subdomain(row.properties) == wanted:
            raise subject.refusal("CustomDomainInUse", subdomain=wanted)


@cloud_rule(ACCOUNT, "delete", source="github.com/Azure/terraform-provider-azapi issue 894 (logged answer)")
def account_is_empty(subject: Subject) -> None:
    """Refuse to delete a Foundry resource that still has deployments."""
    for row in subject.cloud.starting(DEPLOYMENT, subject.place, f"{subject.id}/deployments/"):
        raise subject.refusal("CannotDeleteResource", nested=row.id)


@cloud_rule(DEPLOYMENT, "create", "update", source="github.com/microsoft/aspire issue 16127 (logged answer)")
def anthropic_asks_for_the_organisation(subject: Subject) -> None:
    """Refuse a Claude deployment without modelProviderData, which no generated resource carries."""
    if problem := provider_data_problem(subject.properties.get("properties")):
        raise subject.refusal("InvalidModelProviderData", why=problem)


@cloud_rule(ASSIGNMENT, "create", source=_DOCS + "role-based-access-control/troubleshooting")
def one_assignment(subject: Subject) -> None:
    """Allow a principal a role once per scope, under whatever name the assignment goes."""
    key = ("scope", "principalId", "roleDefinitionId")
    wanted = [subject.text(name).lower() for name in key]
    for row in subject.cloud.all(ASSIGNMENT, subject.place):
        if [str(row.properties.get(name)).lower() for name in key] == wanted:
            conflicting = str(row.properties["roleAssignmentName"]).replace("-", "")
            raise subject.refusal("RoleAssignmentExists", conflicting=conflicting)


@cloud_rule(
    DIAGNOSTICS,
    "create",
    "update",
    source="github.com/Azure/bicep-registry-modules issue 3407 (logged answer)",
)
def one_sink_per_category(subject: Subject) -> None:
    """Refuse to send a log category to a workspace that another setting of the resource sends it to."""
    sink = subject.text("workspaceId")
    wanted = _categories(subject.properties)
    for row in subject.cloud.all(DIAGNOSTICS, subject.place):
        same = str(row.properties.get("resourceUri")).lower() == subject.text("resourceUri").lower()
        if same and row.id != subject.id and row.properties.get("workspaceId") == sink:
            for category in sorted(wanted & _categories(row.properties)):
                raise subject.refusal(
                    "Conflict", sink=sink, other=str(row.properties["name"]), category=category
                )


@cloud_rule(ACCOUNT, "create", source=_DOCS + "azure-resource-manager/troubleshooting/error-not-found")
@cloud_rule(ENDPOINT, "create", source=_DOCS + "azure-resource-manager/troubleshooting/error-not-found")
def group_exists(subject: Subject) -> None:
    """Refuse a resource in a group that is not there."""
    group = (
        f"/subscriptions/{subject.scope['subscription']}/resourceGroups/{subject.text('resourceGroupName')}"
    )
    if not exists(subject.cloud, GROUP, subject.place, group):
        raise subject.refusal("ResourceGroupNotFound", group=subject.text("resourceGroupName"))


@cloud_rule(
    ENDPOINT,
    "create",
    "update",
    source="github.com/hashicorp/terraform-provider-azurerm issues 15152 and 31712 (logged answers)",
)
def target_is_ready(subject: Subject) -> None:
    """Refuse a private endpoint to a Foundry resource that is not there or is being changed."""
    for target in _targets(subject.properties):
        if not exists(subject.cloud, ACCOUNT, subject.place, target):
            raise subject.refusal("ResourceNotFound", id=target)
        with held(subject.cloud.path, target) as alone:
            if not alone:
                raise subject.refusal("AccountProvisioningStateInvalid", account=target)


@cloud_rule(ZONE_GROUP, "create", source=_DOCS + "azure-resource-manager/troubleshooting/error-not-found")
def endpoint_exists(subject: Subject) -> None:
    """Refuse a zone group of a private endpoint that is not there."""
    endpoint = subject.id.rpartition("/privateDnsZoneGroups/")[0]
    if not exists(subject.cloud, ENDPOINT, subject.place, endpoint):
        raise subject.refusal("ResourceNotFound", id=endpoint)


def _targets(properties: Mapping[str, object]) -> Iterator[str]:
    connections = properties.get("privateLinkServiceConnections")
    for row in connections if isinstance(connections, list) else []:
        if isinstance(row, dict):
            yield str(row.get("privateLinkServiceId"))


def exists(cloud: Cloud, token: str, place: str, id_: str) -> bool:
    """Say whether a row exists; Azure's ids know no case."""
    return any(row.id.lower() == id_.lower() for row in cloud.all(token, place))


def subdomain(properties: Mapping[str, object]) -> str:
    """Return the custom subdomain of a Foundry resource in lower case, empty where it has none."""
    inner = properties.get("properties")
    return str(inner.get("customSubDomainName") or "").lower() if isinstance(inner, dict) else ""


def provider_data_problem(properties: object) -> str:
    """Return what is wrong with the modelProviderData of a deployment's properties, empty where nothing is.

    source: github.com/Azure/azure-rest-api-specs issue 43610 and pull 44944 (the nine industries)
    """
    inner = properties if isinstance(properties, dict) else {}
    model, data = inner.get("model"), inner.get("modelProviderData")
    if not isinstance(model, dict) or model.get("format") != "Anthropic":
        return ""
    given = data if isinstance(data, dict) else {}
    if missing := [name for name in ("industry", "organizationName", "countryCode") if not given.get(name)]:
        return f"missing: {', '.join(missing)}"
    return "" if given["industry"] in _INDUSTRIES else f"industry {given['industry']!r}"


def _categories(properties: Mapping[str, object]) -> set[str]:
    logs = properties.get("logs")
    rows = [row for row in logs if isinstance(row, dict)] if isinstance(logs, list) else []
    return {str(row.get("category")) for row in rows if row.get("enabled")}
