"""The gateway's own host name: DNS records, certificate, and what somebody else must create."""

from dataclasses import dataclass
from typing import TypedDict

import pulumi
from pulumi import Output
from pulumi_azure_native import app, dns, managedidentity

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_environment import Environment
from claude_byoc.azure.gateway_place import GatewayPlace
from claude_byoc.azure.gateway_vault import may_read


class DnsRecord(TypedDict):
    """A DNS record that somebody must create."""

    name: str
    type: str
    value: str


@dataclass(frozen=True)
class Domain:
    """`bindings` is what the app is told; `before` has to exist first, `records` by somebody else's hand."""

    bindings: list[app.CustomDomainArgs]
    before: list[pulumi.Resource]
    records: Output[list[DnsRecord]]


def declare(
    place: GatewayPlace,
    environment: Environment,
    own_host: Output[str],
    identity: managedidentity.UserAssignedIdentity,
) -> Domain:
    """Declare the records in the zone that is given, or list them, and the certificate that is brought."""
    host = place.plan.service.domain
    if host is None:
        return Domain([], [], Output.from_input(list[DnsRecord]()))
    before = _in_zone(place, host, environment, own_host)
    records = _listed(host, environment, own_host, internal=place.plan.service.internal, in_zone=bool(before))
    if not place.plan.binds_domain:
        return Domain([], before, records)
    certificate, right = _certificate(place, environment, identity)
    if certificate is None:
        # Azure binds the managed certificate by itself, which is made after the app.
        # source: https://learn.microsoft.com/azure/templates/microsoft.app/containerapps (BindingType Auto)
        binding = app.CustomDomainArgs(name=host, binding_type=app.BindingType.AUTO)
    else:
        binding = app.CustomDomainArgs(
            name=host, binding_type=app.BindingType.SNI_ENABLED, certificate_id=certificate
        )
    return Domain([binding], [*before, *right], records)


def managed_certificate(place: GatewayPlace, environment: Environment, gateway: app.ContainerApp) -> None:
    """Declare the certificate that Azure makes, once the app has the host name."""
    plan = place.plan
    if not plan.binds_domain or plan.own_certificate or plan.service.domain is None:
        return
    # It cannot be deleted while the app uses it, and the app goes last: it goes with an environment of ours, and
    # stays behind in one of somebody else's.
    options = place.child(after=[gateway], deleted_with=environment.made)
    if environment.made is None:
        options = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(retain_on_delete=True))
    app.ManagedCertificate(
        f"{place.name}-certificate",
        managed_certificate_name=plan.service.domain.replace(".", "-"),
        environment_name=environment.name,
        resource_group_name=environment.group,
        location=place.location,
        properties=app.ManagedCertificatePropertiesArgs(
            subject_name=plan.service.domain,
            domain_control_validation=app.ManagedCertificateDomainControlValidation.CNAME,
        ),
        tags=place.tags,
        opts=options,
    )


def _in_zone(
    place: GatewayPlace, host: str, environment: Environment, own_host: Output[str]
) -> list[pulumi.Resource]:
    zone = place.args.get("dns_zone_id")
    if zone is None:
        return []
    name = documents.relative_name(host, zone)
    zone_name, group = zone.rpartition("/")[2], documents.resource_group_of(zone)
    proof = dns.RecordSet(
        f"{place.name}-dns-proof",
        zone_name=zone_name,
        resource_group_name=group,
        record_type="TXT",
        relative_record_set_name=f"asuid.{name}",
        ttl=300,
        txt_records=[dns.TxtRecordArgs(value=[environment.verification_id])],
        opts=place.child(),
    )
    if place.plan.service.internal:  # the private zone answers for it, within the network alone
        return [proof]
    return [
        proof,
        dns.RecordSet(
            f"{place.name}-dns-name",
            zone_name=zone_name,
            resource_group_name=group,
            record_type="CNAME",
            relative_record_set_name=name,
            ttl=300,
            cname_record=dns.CnameRecordArgs(cname=own_host),
            opts=in_place_of_another(place),
        ),
    ]


def in_place_of_another(place: GatewayPlace) -> pulumi.ResourceOptions:
    """Return the options of the domain's own record: a CNAME stands beside no other record of its name."""
    return pulumi.ResourceOptions.merge(place.child(), pulumi.ResourceOptions(delete_before_replace=True))


def _listed(
    host: str, environment: Environment, own_host: Output[str], *, internal: bool, in_zone: bool
) -> Output[list[DnsRecord]]:
    """Return what nobody makes yet: public records outside the zone, and the private one in a network of others."""
    ours = environment.made is not None

    def records(known: list[str]) -> list[DnsRecord]:
        proof, address, name = known
        found: list[DnsRecord] = []
        if not in_zone:
            found.append({"name": f"asuid.{host}", "type": "TXT", "value": proof})
        if not internal and not in_zone:
            found.append({"name": host, "type": "CNAME", "value": name})
        if internal and not ours:
            found.append({"name": host, "type": "A", "value": address})
        return found

    return Output.all(environment.verification_id, environment.address, own_host).apply(records)


def _certificate(
    place: GatewayPlace, environment: Environment, identity: managedidentity.UserAssignedIdentity
) -> tuple[Output[str] | None, list[pulumi.Resource]]:
    """Return the id of the certificate that is brought, and what has to be there before the app."""
    args = place.args
    if "existing_certificate_id" in args:
        return Output.from_input(args["existing_certificate_id"]), []
    if "certificate_url" not in args or "certificate_vault_id" not in args:
        return None, []
    url = Output.from_input(args["certificate_url"])
    scope = Output.all(args["certificate_vault_id"], url).apply(
        lambda known: documents.secret_of(known[0], known[1])
    )
    right = may_read(place, f"{place.name}-reads-certificate", scope, identity.principal_id)
    made = app.Certificate(
        f"{place.name}-given-certificate",
        certificate_name=f"{place.plan.name}-certificate",
        environment_name=environment.name,
        resource_group_name=environment.group,
        location=place.location,
        properties=app.CertificatePropertiesArgs(
            certificate_key_vault_properties=app.CertificateKeyVaultPropertiesArgs(
                identity=identity.id, key_vault_url=url
            )
        ),
        tags=place.tags,
        opts=place.child(after=[right]),
    )
    return made.id, [made]
