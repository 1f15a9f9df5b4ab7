"""How what the Foundry part declares is named for `pulumi import`: by its ARM id.

The deployments have no rule: their resource takes over by itself what an interrupted run of the same environment made.
"""

from collections.abc import Mapping

from claude_byoc.contract.import_ids.base import ImportId, Place

_REGISTRY = "https://www.pulumi.com/registry/packages/azure-native/api-docs"


def _group_id(inputs: Mapping[str, str], subscription: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{inputs['resourceGroupName']}"


def _group(inputs: Mapping[str, str], place: Place) -> str:
    return _group_id(inputs, place.subscription)


def _account(inputs: Mapping[str, str], place: Place) -> str:
    name = inputs["accountName"]
    return f"{_group_id(inputs, place.subscription)}/providers/Microsoft.CognitiveServices/accounts/{name}"


def _role_assignment(inputs: Mapping[str, str], _place: Place) -> str:
    name = inputs["roleAssignmentName"]
    return f"{inputs['scope']}/providers/Microsoft.Authorization/roleAssignments/{name}"


def _diagnostic_setting(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['resourceUri']}/providers/Microsoft.Insights/diagnosticSettings/{inputs['name']}"


def _private_endpoint(inputs: Mapping[str, str], place: Place) -> str:
    name = inputs["privateEndpointName"]
    return f"{_group_id(inputs, place.subscription)}/providers/Microsoft.Network/privateEndpoints/{name}"


def _dns_zone_group(inputs: Mapping[str, str], place: Place) -> str:
    endpoint = _private_endpoint(inputs, place)
    return f"{endpoint}/privateDnsZoneGroups/{inputs['privateDnsZoneGroupName']}"


_IN_GROUP = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}/providers/"

RULES: tuple[ImportId, ...] = (
    ImportId(
        "azure-native:resources:ResourceGroup",
        ("resourceGroupName",),
        "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}",
        _group,
        f"{_REGISTRY}/resources/resourcegroup/#import",
    ),
    ImportId(
        "azure-native:cognitiveservices:Account",
        ("resourceGroupName", "accountName"),
        f"{_IN_GROUP}Microsoft.CognitiveServices/accounts/{{accountName}}",
        _account,
        f"{_REGISTRY}/cognitiveservices/account/#import",
    ),
    ImportId(
        "azure-native:authorization:RoleAssignment",
        ("scope", "roleAssignmentName"),
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        _role_assignment,
        f"{_REGISTRY}/authorization/roleassignment/#import",
    ),
    ImportId(
        "azure-native:monitor:DiagnosticSetting",
        ("resourceUri", "name"),
        "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        _diagnostic_setting,
        f"{_REGISTRY}/monitor/diagnosticsetting/#import",
    ),
    ImportId(
        "azure-native:network:PrivateEndpoint",
        ("resourceGroupName", "privateEndpointName"),
        f"{_IN_GROUP}Microsoft.Network/privateEndpoints/{{privateEndpointName}}",
        _private_endpoint,
        f"{_REGISTRY}/network/privateendpoint/#import",
    ),
    ImportId(
        "azure-native:network:PrivateDnsZoneGroup",
        ("resourceGroupName", "privateEndpointName", "privateDnsZoneGroupName"),
        f"{_IN_GROUP}Microsoft.Network/privateEndpoints/{{privateEndpointName}}"
        "/privateDnsZoneGroups/{privateDnsZoneGroupName}",
        _dns_zone_group,
        f"{_REGISTRY}/network/privatednszonegroup/#import",
    ),
)
