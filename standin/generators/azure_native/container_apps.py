"""Azure: what Container Apps and key vaults choose, the same for the same resource."""

from standin.generators import Making, generator
from standin.rules.azure_native.container_apps import ENVIRONMENT
from standin.values import Plain


@generator("environment_domain")
def environment_domain(making: Making) -> Plain:
    """Return the default domain of an environment: a word that Azure chooses, and the region."""
    named = [making.properties.get("resourceGroupName"), making.properties.get("environmentName")]
    word = f"standin-{making.cloud.digest(['domain', *named])[:8]}"
    return f"{word}.{making.properties.get('location')}.azurecontainerapps.io"


@generator("environment_address")
def environment_address(making: Making) -> Plain:
    """Return the address of an environment: of its network where it is internal, else a public one.

    source: learn.microsoft.com/azure/container-apps/networking
    """
    network = making.properties.get("vnetConfiguration")
    internal = isinstance(network, dict) and network.get("internal") is True
    return "10.0.0.7" if internal else "203.0.113.7"


@generator("domain_verification_id")
def domain_verification_id(making: Making) -> Plain:
    """Return the id that proves a domain: one for the whole subscription.

    source: learn.microsoft.com/rest/api/resource-manager/containerapps/get-custom-domain-verification-id
    """
    return making.cloud.digest(["domains of", making.scope.get("subscription")])[:64].upper()


@generator("app_revision")
def app_revision(making: Making) -> Plain:
    """Return the name of the last revision: a change of the template makes one, of the configuration none.

    source: learn.microsoft.com/azure/container-apps/revisions (revision-scope changes)
    """
    return f"{making.properties.get('containerAppName')}--{making.cloud.digest(making.properties.get('template'))[:7]}"


@generator("app_revision_domain")
def app_revision_domain(making: Making) -> Plain:
    """Return the host name of the last revision."""
    environment = str(making.properties.get("environmentId")).lower()
    rows = making.cloud.all(ENVIRONMENT, making.place)
    domain = next((row.properties.get("defaultDomain") for row in rows if row.id.lower() == environment), "")
    return f"{app_revision(making)}.{domain}"


@generator("secret_uri")
def secret_uri(making: Making) -> Plain:
    """Return a secret's address without a version."""
    return f"https://{str(making.properties.get('vaultName')).lower()}.vault.azure.net/secrets/{making.properties.get('secretName')}"


@generator("secret_uri_with_version")
def secret_uri_with_version(making: Making) -> Plain:
    """Return a secret's address with its version, another one for another value."""
    given = making.properties.get("properties")
    value = given.get("value") if isinstance(given, dict) else None
    return f"{secret_uri(making)}/{making.cloud.digest(['version', secret_uri(making), value])[:32]}"
