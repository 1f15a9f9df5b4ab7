"""What stands before Cloud Run where a gateway has a domain: load balancer, certificate, Cloud Armor, DNS records.

External: one address in the whole world, reached through Google's edge. Internal: an address in a given subnet,
reached from its network and what is connected to it. Port 80 is closed in both: a redirect would come after a prompt
had travelled in plaintext.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_gcp as gcp
from pulumi import Input, Output

from claude_byoc.contract import google_gateway as facts
from claude_byoc.google.gateway_args import GoogleGatewayArgs
from claude_byoc.google.gateway_documents import security_rules
from claude_byoc.google.gateway_plan import GoogleGatewayPlan

Child = Callable[..., pulumi.ResourceOptions]
"""Options of a child resource; the arguments are what it depends on besides."""
Records = Output[list[dict[str, str]]]
"""DNS records, as in `GoogleGateway.dns_records`."""

_TTL = 300


@dataclass(frozen=True)
class FrontPlace:
    """Where a front is declared: `name` begins the logical names."""

    name: str
    plan: GoogleGatewayPlan
    args: GoogleGatewayArgs
    child: Child
    domain: str

    @property
    def project(self) -> Input[str]:
        """The project."""
        return self.args["project_id"]

    @property
    def region(self) -> Input[str]:
        """The region of the service."""
        return self.args["region"]


def declare_front(
    name: str,
    plan: GoogleGatewayPlan,
    args: GoogleGatewayArgs,
    *,
    domain: str,
    service: gcp.cloudrunv2.Service,
    child: Child,
) -> list[Records]:
    """Declare the load balancer before `service`; return the DNS records that somebody must create.

    `name` begins the logical names, `child` makes their options.
    """
    place = FrontPlace(name, plan, args, child, domain)
    group = gcp.compute.RegionNetworkEndpointGroup(
        f"{name}-backend",
        project=place.project,
        name=plan.name,
        region=place.region,
        network_endpoint_type="SERVERLESS",
        cloud_run={"service": service.name},
        opts=child(),
    )
    return _internal(place, group) if plan.front == "internal" else _external(place, group)


def _external(at: FrontPlace, group: gcp.compute.RegionNetworkEndpointGroup) -> list[Records]:
    plan, service = at.plan, at.plan.service
    armor = None
    if plan.armored:
        armor = gcp.compute.SecurityPolicy(
            f"{at.name}-armor",
            project=at.project,
            name=plan.name,
            description="who may reach the gateway, and what",
            rules=cast("list[gcp.compute.SecurityPolicyRuleArgsDict]", _rules(at)),
            opts=at.child(),
        )
    backend = gcp.compute.BackendService(
        f"{at.name}-service",
        project=at.project,
        name=plan.name,
        load_balancing_scheme="EXTERNAL_MANAGED",
        protocol="HTTPS",
        backends=[{"group": group.id}],
        # Addresses without bodies, and what Cloud Armor refused.
        log_config={"enable": True, "sample_rate": 1.0},
        security_policy=armor.id if armor else None,
        opts=at.child(),
    )
    routes = gcp.compute.URLMap(
        f"{at.name}-routes", project=at.project, name=plan.name, default_service=backend.id, opts=at.child()
    )
    address = gcp.compute.GlobalAddress(
        f"{at.name}-address", project=at.project, name=plan.name, opts=at.child()
    )
    if service.plaintext:
        target = gcp.compute.TargetHttpProxy(
            f"{at.name}-proxy", project=at.project, name=plan.name, url_map=routes.id, opts=at.child()
        ).id
    else:
        target = gcp.compute.TargetHttpsProxy(
            f"{at.name}-proxy",
            project=at.project,
            name=plan.name,
            url_map=routes.id,
            ssl_certificates=[_certificate(at)],
            ssl_policy=gcp.compute.SSLPolicy(
                f"{at.name}-tls",
                project=at.project,
                name=plan.name,
                profile=facts.TLS_PROFILE,
                min_tls_version=facts.LEAST_TLS,
                opts=at.child(),
            ).id,
            opts=at.child(),
        ).id
    gcp.compute.GlobalForwardingRule(
        f"{at.name}-front",
        project=at.project,
        name=plan.name,
        load_balancing_scheme="EXTERNAL_MANAGED",
        ip_address=address.address,
        port_range="80" if service.plaintext else "443",
        target=target,
        opts=at.child(),
    )
    zone = at.args.get("dns_zone")
    if zone is None:
        return [_told(at, address.address)]
    _record(at, address.address, zone)
    return []


def _rules(at: FrontPlace) -> list[dict[str, Any]]:
    return security_rules(at.plan.service.allowed_addresses, waf=at.plan.service.waf)


def _certificate(at: FrontPlace) -> Input[str]:
    if "certificate" in at.args:
        return at.args["certificate"]
    return gcp.compute.ManagedSslCertificate(
        f"{at.name}-certificate",
        project=at.project,
        # Another domain is another certificate, made before the proxy lets go of the first.
        name=at.plan.for_domain("cert"),
        managed={"domains": [at.domain]},
        opts=at.child(),
    ).id


def _internal(at: FrontPlace, group: gcp.compute.RegionNetworkEndpointGroup) -> list[Records]:
    plan, service, args = at.plan, at.plan.service, at.args
    network, subnet = args.get("network"), args.get("subnet")
    proxies: list[pulumi.Resource] = []
    if "proxy_subnet_range" in args:
        proxies.append(
            gcp.compute.Subnetwork(
                f"{at.name}-proxies",
                project=at.project,
                name=f"{plan.name}-proxies",
                region=at.region,
                network=network or "",
                ip_cidr_range=args["proxy_subnet_range"],
                purpose="REGIONAL_MANAGED_PROXY",
                role="ACTIVE",
                opts=at.child(),
            )
        )
    armor = None
    if plan.armored:
        armor = gcp.compute.RegionSecurityPolicy(
            f"{at.name}-armor",
            project=at.project,
            name=plan.name,
            region=at.region,
            type="CLOUD_ARMOR",
            description="who may reach the gateway, and what",
            rules=cast("list[gcp.compute.RegionSecurityPolicyRuleArgsDict]", _rules(at)),
            opts=at.child(),
        )
    backend = gcp.compute.RegionBackendService(
        f"{at.name}-service",
        project=at.project,
        name=plan.name,
        region=at.region,
        load_balancing_scheme="INTERNAL_MANAGED",
        protocol="HTTPS",
        backends=[{"group": group.id, "balancing_mode": "UTILIZATION", "capacity_scaler": 1.0}],
        log_config={"enable": True, "sample_rate": 1.0},
        security_policy=armor.self_link if armor else None,
        opts=at.child(),
    )
    routes = gcp.compute.RegionUrlMap(
        f"{at.name}-routes",
        project=at.project,
        name=plan.name,
        region=at.region,
        default_service=backend.id,
        opts=at.child(),
    )
    address = gcp.compute.Address(
        f"{at.name}-address",
        project=at.project,
        name=plan.name,
        region=at.region,
        address_type="INTERNAL",
        subnetwork=subnet,
        purpose="SHARED_LOADBALANCER_VIP",
        opts=at.child(),
    )
    records: list[Records] = []
    if service.plaintext:
        target = gcp.compute.RegionTargetHttpProxy(
            f"{at.name}-proxy",
            project=at.project,
            name=plan.name,
            region=at.region,
            url_map=routes.id,
            opts=at.child(),
        ).id
    else:
        certificate, records = _regional_certificate(at)
        target = gcp.compute.RegionTargetHttpsProxy(
            f"{at.name}-proxy",
            project=at.project,
            name=plan.name,
            region=at.region,
            url_map=routes.id,
            certificate_manager_certificates=[certificate],
            ssl_policy=gcp.compute.RegionSslPolicy(
                f"{at.name}-tls",
                project=at.project,
                name=plan.name,
                region=at.region,
                profile=facts.TLS_PROFILE,
                min_tls_version=facts.LEAST_TLS,
                opts=at.child(),
            ).id,
            opts=at.child(),
        ).id
    gcp.compute.ForwardingRule(
        f"{at.name}-front",
        project=at.project,
        name=plan.name,
        region=at.region,
        load_balancing_scheme="INTERNAL_MANAGED",
        ip_address=address.address,
        ip_protocol="TCP",
        port_range="80" if service.plaintext else "443",
        network=network,
        subnetwork=subnet,
        # Else people whose VPN or Interconnect ends in another region would not reach it; fixed once it is made.
        allow_global_access=True,
        target=target,
        opts=at.child(*proxies),
    )
    private = args.get("private_dns_zone") or _private_zone(at, network or "")
    _record(at, address.address, private)
    # The company's own DNS may answer in the private zone's place.
    return [*records, _told(at, address.address)]


def _regional_certificate(at: FrontPlace) -> tuple[Input[str], list[Records]]:
    """Return the certificate, and the record that proves the domain where nobody here can make it."""
    if "certificate" in at.args:
        return at.args["certificate"], []
    authorization = gcp.certificatemanager.DnsAuthorization(
        f"{at.name}-authorization",
        project=at.project,
        name=at.plan.for_domain("auth"),
        location=at.region,
        type="PER_PROJECT_RECORD",
        domain=at.domain,
        opts=at.child(),
    )
    certificate = gcp.certificatemanager.Certificate(
        f"{at.name}-certificate",
        project=at.project,
        name=at.plan.for_domain("cert"),
        location=at.region,
        managed={"domains": [at.domain], "dns_authorizations": [authorization.id]},
        opts=at.child(),
    )
    proof = authorization.dns_resource_records.apply(lambda found: found[0])
    name, kind, value = (proof[key] for key in ("name", "type", "data"))
    if "dns_zone" not in at.args:
        return certificate.id, [
            Output.all(name, kind, value).apply(
                lambda known: [{"name": known[0].rstrip("."), "type": known[1], "value": known[2]}]
            )
        ]
    gcp.dns.RecordSet(
        f"{at.name}-proof",
        project=at.project,
        managed_zone=at.args["dns_zone"],
        name=name,
        type=kind,
        ttl=_TTL,
        rrdatas=[value],
        opts=at.child(),
    )
    return certificate.id, []


def _private_zone(at: FrontPlace, network: Input[str]) -> Output[str]:
    """Declare a zone for the gateway's name alone, so that every other name of the domain stays as it is."""
    zone = gcp.dns.ManagedZone(
        f"{at.name}-private-zone",
        project=at.project,
        name=at.plan.for_domain("zone"),
        dns_name=f"{at.domain}.",
        description="the internal address of the Claude gateway",
        visibility="private",
        private_visibility_config={"networks": [{"network_url": network}]},
        opts=at.child(),
    )
    return zone.name


def _told(at: FrontPlace, address: Output[str]) -> Records:
    """Return the domain's record for somebody to make."""
    domain = at.domain
    return address.apply(lambda known: [{"name": domain, "type": "A", "value": known}])


def _record(at: FrontPlace, address: Output[str], zone: Input[str]) -> None:
    """Declare the domain's record in `zone`."""
    gcp.dns.RecordSet(
        f"{at.name}-record",
        project=at.project,
        managed_zone=zone,
        name=f"{at.domain}.",
        type="A",
        ttl=_TTL,
        rrdatas=[address],
        opts=at.child(),
    )
