"""Azure: the rows that its functions read."""

from collections.abc import Mapping

from standin.catalog import Spec
from standin.cloud import Cloud
from standin.lookups import lookup
from standin.refusals import refusal
from standin.rules.azure_native import ACCOUNT, DEPLOYMENT
from standin.rules.azure_native.container_apps import ENVIRONMENT
from standin.values import Plain

_PROVIDER = "azure-native"


def _account(cloud: Cloud, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    id_ = (
        f"/subscriptions/{given['subscription']}/resourceGroups/{given.get('resourceGroupName')}"
        f"/providers/Microsoft.CognitiveServices/accounts/{given.get('accountName')}"
    )
    return _found(cloud, ACCOUNT, place, id_)


def _found(cloud: Cloud, token: str, place: str, id_: str) -> Mapping[str, object]:
    for row in cloud.all(token, place):
        if row.id.lower() == id_.lower():
            return {**row.properties, "id": row.id}
    raise refusal(_PROVIDER, "ResourceNotFound", {"id": id_})


@lookup("azure-native:cognitiveservices:getAccount")
def account(cloud: Cloud, _spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find a Foundry resource by group and name.

    source: learn.microsoft.com/rest/api/aiservices/accountmanagement/accounts/get
    """
    return _account(cloud, place, given)


@lookup("azure-native:cognitiveservices:listAccountKeys")
def keys(cloud: Cloud, _spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find the resource whose keys are listed; one with local auth disabled lists none.

    source: learn.microsoft.com/rest/api/aiservices/accountmanagement/accounts/list-keys
    """
    found = _account(cloud, place, given)
    properties = found.get("properties")
    if isinstance(properties, dict) and properties.get("disableLocalAuth"):
        raise refusal(_PROVIDER, "LocalAuthDisabled", {})
    return found


@lookup("azure-native:cognitiveservices:getDeployment")
def deployment(cloud: Cloud, _spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find a deployment by account and name.

    source: learn.microsoft.com/rest/api/aiservices/accountmanagement/deployments/get
    """
    id_ = f"{_account(cloud, place, given)['id']}/deployments/{given.get('deploymentName')}"
    return _found(cloud, DEPLOYMENT, place, id_)


@lookup("azure-native:app:getManagedEnvironment")
def environment(cloud: Cloud, _spec: Spec, place: str, given: Mapping[str, Plain]) -> Mapping[str, object]:
    """Find an environment of Container Apps by group and name.

    source: learn.microsoft.com/rest/api/resource-manager/containerapps/managed-environments/get
    """
    id_ = (
        f"/subscriptions/{given['subscription']}/resourceGroups/{given.get('resourceGroupName')}"
        f"/providers/Microsoft.App/managedEnvironments/{given.get('environmentName')}"
    )
    return _found(cloud, ENVIRONMENT, place, id_)
