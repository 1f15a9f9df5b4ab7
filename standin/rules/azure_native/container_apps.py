"""Azure Resource Manager: Container Apps with environment, certificates, and the key vault that they read."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from standin.check import Problem
from standin.cloud import Cloud, Resource
from standin.rules import Subject, check_rule, cloud_rule
from standin.rules.azure_native import ASSIGNMENT, exists, group_exists
from standin.values import Plain, rows, strings

APP = "azure-native:app:ContainerApp"
ENVIRONMENT = "azure-native:app:ManagedEnvironment"
MANAGED_CERTIFICATE = "azure-native:app:ManagedCertificate"
CERTIFICATE = "azure-native:app:Certificate"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
VAULT = "azure-native:keyvault:Vault"
SECRET = "azure-native:keyvault:Secret"  # noqa: S105 -- a type's token
WORKSPACE = "azure-native:operationalinsights:Workspace"
WORKBOOK = "azure-native:applicationinsights:Workbook"
RECORD = "azure-native:dns:RecordSet"
PRIVATE_ZONE = "azure-native:privatedns:PrivateZone"
PRIVATE_RECORD = "azure-native:privatedns:PrivateRecordSet"
ZONE_LINK = "azure-native:privatedns:VirtualNetworkLink"

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
"""Key Vault Secrets User. source: learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"""

_LEARN = "learn.microsoft.com/azure/"
_APPS = _LEARN + "container-apps/"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LARGEST_SECRET = 25_000
_RATIOS = {quarter / 4: quarter / 2 for quarter in range(1, 17)}
"""vCPU of a replica -> its memory in GiB, in the profile Consumption."""

Inputs = Mapping[str, Plain]


@check_rule(
    APP, source=_APPS + "containers (template), health-probes, ingress-how-to; the SDK's words on each field"
)
def app_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse what the service's schema and its documents rule out."""
    name = inputs.get("containerAppName")
    if isinstance(name, str) and not re.fullmatch(r"(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]", name):
        yield Problem("containerAppName", "2 to 32 lower-case letters, digits and single hyphens")
    template, configuration = _part(inputs, "template"), _part(inputs, "configuration")
    yield from _template(template)
    known = {str(row.get("name")) for row in rows(configuration, "secrets")}
    for secret in sorted(known):
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", secret):
            yield Problem("configuration", f"secret {secret}: lower-case letters, digits, '-' and '.' alone")
    for used in sorted(_used(template) - known):
        yield Problem("template", f"SecretRef '{used}' defined for container is not found")
    ingress = _part(configuration, "ingress")
    if len({str(row.get("action")) for row in rows(ingress, "ipSecurityRestrictions")}) > 1:
        yield Problem("configuration", "ipSecurityRestrictions: all of them Allow, or all of them Deny")


def _template(template: Inputs) -> Iterator[Problem]:
    grace = template.get("terminationGracePeriodSeconds")
    if isinstance(grace, int) and not 0 <= grace <= 600:  # noqa: PLR2004 -- the documented limit
        yield Problem("template", "terminationGracePeriodSeconds: 0 to 600")
    containers = rows(template, "containers")
    for row in containers:
        kinds = [str(probe.get("type")) for probe in rows(row, "probes")]
        if len(set(kinds)) < len(kinds):
            yield Problem("template", f"container {row.get('name')}: one probe of each type")
        for probe in rows(row, "probes"):
            failures, period = probe.get("failureThreshold"), probe.get("periodSeconds")
            for value, least, most in ((failures, 1, 10), (period, 1, 240)):
                if isinstance(value, int) and not least <= value <= most:
                    yield Problem("template", f"probe {probe.get('type')}: {value} is not {least} to {most}")
    cpu = sum(_number(_part(row, "resources").get("cpu")) for row in containers)
    memory = sum(_number(_part(row, "resources").get("memory")) for row in containers)
    if containers and _RATIOS.get(cpu) != memory:
        yield Problem(
            "template", f"The total requested CPU and memory resources ({cpu}, {memory}Gi) are invalid"
        )


@check_rule(ENVIRONMENT, source=_APPS + "premium-ingress (table of parameters), custom-virtual-networks")
def environment_can_be(inputs: Inputs) -> Iterator[Problem]:
    """Refuse an ingress without nodes of its own, timeouts out of range, an internal one without a network."""
    ingress, network = _part(inputs, "ingressConfiguration"), _part(inputs, "vnetConfiguration")
    if ingress:
        profiles = {str(row.get("name")): row for row in rows(inputs, "workloadProfiles")}
        profile = profiles.get(str(ingress.get("workloadProfileName")), {})
        least = profile.get("minimumCount")
        if not isinstance(least, int) or least < 2:  # noqa: PLR2004 -- the documented limit
            yield Problem("ingressConfiguration", "needs a dedicated workload profile of two nodes at least")
        replicas = _part(ingress, "scale").get("minReplicas")
        if not isinstance(replicas, int) or replicas < 2:  # noqa: PLR2004 -- the documented limit
            yield Problem("ingressConfiguration", "scale.minReplicas: 2 at least")
        minutes = ingress.get("requestIdleTimeout", 4)
        if isinstance(minutes, int) and not 4 <= minutes <= 30:  # noqa: PLR2004 -- the documented limits
            yield Problem("ingressConfiguration", "requestIdleTimeout: 4 to 30 minutes")
    if network.get("internal") and not network.get("infrastructureSubnetId"):
        yield Problem("vnetConfiguration", "internal needs infrastructureSubnetId")


@check_rule(VAULT, source=_LEARN + "key-vault/general/about-keys-secrets-certificates (names of vaults)")
def vault_name(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a name that no vault can have."""
    name = inputs.get("vaultName")
    if isinstance(name, str) and not re.fullmatch(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]", name):
        yield Problem("vaultName", "3 to 24 letters, digits and single hyphens")


@check_rule(SECRET, source=_LEARN + "key-vault/secrets/about-secrets (25 KB), service-limits (names)")
def secret_fits(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a secret that is too large, empty or wrongly named."""
    value, name = _part(inputs, "properties").get("value"), inputs.get("secretName")
    if isinstance(value, str) and not 1 <= len(value.encode()) <= _LARGEST_SECRET:
        yield Problem("properties", f"value: 1 to {_LARGEST_SECRET} bytes")
    if isinstance(name, str) and not re.fullmatch(r"[0-9A-Za-z-]{1,127}", name):
        yield Problem("secretName", "letters, digits and hyphens")


@check_rule(WORKBOOK, source="learn.microsoft.com/rest/api/application-insights/workbooks/create-or-update")
def workbook_name(inputs: Inputs) -> Iterator[Problem]:
    """Refuse a workbook whose resource name is no GUID."""
    name = inputs.get("resourceName")
    if not isinstance(name, str) or not _GUID.fullmatch(name):
        yield Problem("resourceName", "a GUID")


for _token in (APP, ENVIRONMENT, IDENTITY, VAULT, WORKSPACE, WORKBOOK, PRIVATE_ZONE):
    cloud_rule(_token, "create", source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found")(
        group_exists
    )


@cloud_rule(VAULT, "create", source=_LEARN + "key-vault/general/key-vault-recovery")
def vault_name_is_free(subject: Subject) -> None:
    """Refuse the name of a deleted vault, unless it is to be recovered."""
    kept = subject.cloud.kept(VAULT, subject.place, subject.id)
    if kept and _part(subject.properties, "properties").get("createMode") != "recover":
        raise subject.refusal("VaultAlreadyExists")


@cloud_rule(VAULT, "delete", source=_LEARN + "key-vault/general/soft-delete-overview")
def vault_takes_its_secrets(subject: Subject) -> None:
    """Delete a vault's secrets with it."""
    _delete_below(subject, SECRET)


@cloud_rule(VAULT, "update", source=_LEARN + "key-vault/general/soft-delete-overview (purge protection)")
def purge_protection_stays(subject: Subject) -> None:
    """Refuse to switch purge protection off."""
    before = subject.cloud.get(VAULT, subject.place, subject.id)
    was = (
        _part(cast("Inputs", before.properties), "properties").get("enablePurgeProtection")
        if before
        else None
    )
    if was and _part(subject.properties, "properties").get("enablePurgeProtection") is not True:
        raise subject.refusal("PurgeProtectionStays")


@cloud_rule(SECRET, "create", source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found")
def vault_exists(subject: Subject) -> None:
    """Refuse a secret in a vault that is not there."""
    _parent(subject, VAULT, "/secrets/")


@cloud_rule(
    CERTIFICATE,
    "create",
    source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found",
)
def environment_of_certificate_exists(subject: Subject) -> None:
    """Refuse a certificate of an environment that is not there."""
    _parent(subject, ENVIRONMENT, "/certificates/")


@cloud_rule(ENVIRONMENT, "delete", source=_APPS + "environment (what a deletion takes along)")
def environment_is_empty(subject: Subject) -> None:
    """Refuse to delete an environment with apps; its certificates go with it."""
    for row in _apps_in(subject.cloud, subject.place, subject.id):
        raise subject.refusal("EnvironmentHasApps", app=row.id)
    for token in (MANAGED_CERTIFICATE, CERTIFICATE):
        _delete_below(subject, token)


@cloud_rule(
    APP, "create", "update", source="github.com/microsoft/azure-container-apps issue 722 (logged answer)"
)
def secrets_can_be_read(subject: Subject) -> None:
    """Refuse a reference to a key vault's secret that is not there, or that the identity may not read."""
    if not exists(subject.cloud, ENVIRONMENT, subject.place, _environment_of(subject.properties)):
        raise subject.refusal("ResourceNotFound", id=_environment_of(subject.properties))
    own = _part(_part(subject.properties, "identity"), "userAssignedIdentities")
    for row in rows(_part(subject.properties, "configuration"), "secrets"):
        url, identity = str(row.get("keyVaultUrl") or ""), str(row.get("identity") or "")
        if url and not (
            identity.lower() in {one.lower() for one in own} and _may_read(subject, url, identity)
        ):
            raise subject.refusal("SecretNotReadable", secret=str(row.get("name")), identity=identity)


@cloud_rule(
    APP,
    "create",
    "update",
    source="github.com/microsoft/azure-container-apps issue 796; learn.microsoft.com/azure/container-apps/"
    "custom-domains-managed-certificates",
)
def domain_is_ours(subject: Subject) -> None:
    """Refuse a custom domain whose TXT record does not hold the subscription's verification id."""
    ingress = _part(_part(subject.properties, "configuration"), "ingress")
    for row in rows(ingress, "customDomains"):
        name = str(row.get("name"))
        if str(subject.properties.get("customDomainVerificationId")) not in _texts(subject, f"asuid.{name}"):
            raise subject.refusal("InvalidCustomHostNameValidation", host=name)
        if row.get("bindingType") == "SniEnabled" and not _certificate(
            subject, str(row.get("certificateId"))
        ):
            raise subject.refusal("ResourceNotFound", id=str(row.get("certificateId")))


@cloud_rule(
    MANAGED_CERTIFICATE, "create", source="github.com/pulumi/pulumi-azure-native issue 2614 (logged answer)"
)
def host_is_known(subject: Subject) -> None:
    """Refuse a managed certificate for a host name that no app of the environment has yet."""
    environment = _parent(subject, ENVIRONMENT, "/managedCertificates/")
    host = str(_part(subject.properties, "properties").get("subjectName"))
    hosts = {
        str(row.get("name"))
        for app in _apps_in(subject.cloud, subject.place, environment)
        for row in rows(
            _part(_part(cast("Inputs", app.properties), "configuration"), "ingress"), "customDomains"
        )
    }
    if host not in hosts:
        raise subject.refusal("RequireCustomHostnameInEnvironment", host=host)


@cloud_rule(
    PRIVATE_RECORD, "create", source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found"
)
@cloud_rule(ZONE_LINK, "create", source=_LEARN + "azure-resource-manager/troubleshooting/error-not-found")
def zone_exists(subject: Subject) -> None:
    """Refuse records and links of a private zone that is not there."""
    zone = re.sub(r"(/privateDnsZones/[^/]+)/.*$", r"\1", subject.id)
    if not exists(subject.cloud, PRIVATE_ZONE, subject.place, zone):
        raise subject.refusal("ParentResourceNotFound", parent=zone)


def _may_read(subject: Subject, url: str, identity: str) -> bool:
    """Tell whether an identity has the role on the very secret, or on its vault."""
    found = re.fullmatch(r"https://([a-z0-9-]+)\.vault\.azure\.net/secrets/([^/]+)(/[0-9a-f]+)?", url)
    principal = principal_of(subject, identity)
    if not found or principal is None:
        return False
    tail = f"/vaults/{found[1]}/secrets/{found[2]}".lower()
    secret = next(
        (row.id for row in subject.cloud.all(SECRET, subject.place) if row.id.lower().endswith(tail)), ""
    )
    scopes = {secret.lower(), secret.rpartition("/secrets/")[0].lower()} - {""}
    return not scopes.isdisjoint(scopes_of(subject, principal, SECRETS_USER))


def principal_of(subject: Subject, identity: str) -> str | None:
    """Return the principal id of an identity, by its ARM id."""
    found = (row for row in subject.cloud.all(IDENTITY, subject.place) if row.id.lower() == identity.lower())
    return next((str(row.properties.get("principalId")) for row in found), None)


def scopes_of(subject: Subject, principal: str, role: str) -> set[str]:
    """Return where a principal has a role, in lower case."""
    return {
        str(row.properties.get("scope")).lower()
        for row in subject.cloud.all(ASSIGNMENT, subject.place)
        if row.properties.get("principalId") == principal
        and str(row.properties.get("roleDefinitionId")).endswith(role)
    }


def _texts(subject: Subject, host: str) -> set[str]:
    """Return what the TXT record of a host name holds, in any of Azure's public zones."""
    return {
        text
        for row in subject.cloud.all(RECORD, subject.place)
        if row.properties.get("recordType") == "TXT"
        and f"{row.properties.get('relativeRecordSetName')}.{row.properties.get('zoneName')}" == host
        for record in rows(cast("Inputs", row.properties), "txtRecords")
        for text in strings(record.get("value"))
    }


def _certificate(subject: Subject, id_: str) -> bool:
    return any(exists(subject.cloud, one, subject.place, id_) for one in (CERTIFICATE, MANAGED_CERTIFICATE))


def _parent(subject: Subject, token: str, between: str) -> str:
    parent = subject.id.rpartition(between)[0]
    if not exists(subject.cloud, token, subject.place, parent):
        raise subject.refusal("ParentResourceNotFound", parent=parent)
    return parent


def _apps_in(cloud: Cloud, place: str, environment: str) -> list[Resource]:
    return [
        row
        for row in cloud.all(APP, place)
        if _environment_of(cast("Inputs", row.properties)).lower() == environment.lower()
    ]


def _environment_of(app: Inputs) -> str:
    return str(app.get("environmentId") or app.get("managedEnvironmentId"))


def _delete_below(subject: Subject, token: str) -> None:
    for row in subject.cloud.starting(token, subject.place, f"{subject.id}/"):
        subject.cloud.delete(row)


def _used(template: Inputs) -> set[str]:
    containers = [*rows(template, "containers"), *rows(template, "initContainers")]
    variables = [entry for row in containers for entry in rows(row, "env")]
    mounted = [entry for row in rows(template, "volumes") for entry in rows(row, "secrets")]
    return {str(entry["secretRef"]) for entry in (*variables, *mounted) if entry.get("secretRef")}


def _part(whole: Mapping[str, object], name: str) -> Inputs:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _number(text: object) -> float:
    """Return the number of `0.5` or `1Gi`."""
    return float(str(text or 0).removesuffix("Gi"))
