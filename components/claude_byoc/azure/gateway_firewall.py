"""The web application firewall: an Application Gateway that judges requests and hands them to the environment."""

from dataclasses import dataclass, replace

import pulumi
from pulumi import Input, Output
from pulumi_azure_native import dns, managedidentity, monitor, network

from claude_byoc.azure import gateway_alerts, gateway_documents, gateway_vault
from claude_byoc.azure import gateway_firewall_documents as documents
from claude_byoc.azure.gateway_domain import DnsRecord, in_place_of_another
from claude_byoc.azure.gateway_environment import Environment, private_name
from claude_byoc.azure.gateway_firewall_plan import FirewallPlan
from claude_byoc.azure.gateway_place import GatewayPlace, patient
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.azure_gateway_errors import CERTIFICATE_UNREADABLE
from claude_byoc.contract.gateway import HEALTH_PATH

_FRONT, _PORT, _BACKEND, _LISTENER = "front", "https", "environment", "domain"


def declare(
    place: GatewayPlace, plan: FirewallPlan, environment: Environment, host: Output[str], subnet: Input[str]
) -> Output[list[DnsRecord]]:
    """Declare the firewall in `subnet` with everything of its own; `host` is the app's name in its environment.

    Returns the DNS records that somebody must create.
    """
    hook = patient(
        f"{place.name}-firewall-refusals",
        place.component,
        passing=CERTIFICATE_UNREADABLE,
        said="its right to read the certificate is not in force yet",
    )
    place = replace(place, hook=hook)
    front, address = _front(place, plan, subnet)
    made = _gateway(place, _Backend(environment.address, host), subnet, front)
    gateway_alerts.watch_firewall(place, made.id)
    _log(place, environment, made)
    return _names(place, plan, address, subnet)


@dataclass(frozen=True)
class _Backend:
    """Where requests go: the environment's address, which it keeps for life, and the app's name there."""

    address: Output[str]
    host: Output[str]


def _front(
    place: GatewayPlace, plan: FirewallPlan, subnet: Input[str]
) -> tuple[network.ApplicationGatewayFrontendIPConfigurationArgs, Output[str]]:
    """Return what people reach, and its address."""
    private = plan.private_address
    if private is not None:
        front = network.ApplicationGatewayFrontendIPConfigurationArgs(
            name=_FRONT,
            private_ip_address=private,
            private_ip_allocation_method="Static",
            subnet=network.SubResourceArgs(id=subnet),
        )
        return front, Output.from_input(private)
    public = _public_address(place)
    front = network.ApplicationGatewayFrontendIPConfigurationArgs(
        name=_FRONT, public_ip_address=network.SubResourceArgs(id=public.id)
    )
    return front, public.ip_address.apply(lambda known: known or "")


def _public_address(place: GatewayPlace) -> network.PublicIPAddress:
    seconds = place.plan.service.spec.timeout_seconds
    return network.PublicIPAddress(
        f"{place.name}-firewall-address",
        public_ip_address_name=f"{place.plan.name}-firewall",
        resource_group_name=place.group,
        location=place.location,
        sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        idle_timeout_in_minutes=documents.idle_minutes(seconds),
        tags=place.tags,
        opts=place.child(),
    )


def _policy(place: GatewayPlace) -> network.WebApplicationFirewallPolicy:
    return network.WebApplicationFirewallPolicy(
        f"{place.name}-firewall-policy",
        policy_name=f"{place.plan.name}-firewall",
        resource_group_name=place.group,
        location=place.location,
        policy_settings=network.PolicySettingsArgs(
            state="Enabled",
            mode="Prevention",
            # Prompts are up to 31 MiB and hold SQL, HTML and shell: headers, cookies and address are judged, bodies
            # are not, and the edge limits their size with an answer that an add-in can read.
            request_body_check=False,
            request_body_enforcement=False,
            file_upload_enforcement=False,
            log_scrubbing=network.PolicySettingsLogScrubbingArgs(
                state="Enabled",
                scrubbing_rules=[
                    network.WebApplicationFirewallScrubbingRulesArgs(
                        match_variable="RequestHeaderNames",
                        selector_match_operator="Equals",
                        selector=name,
                        state="Enabled",
                    )
                    for name in facts.CREDENTIAL_HEADERS
                ],
            ),
        ),
        managed_rules=network.ManagedRulesDefinitionArgs(
            managed_rule_sets=[
                network.ManagedRuleSetArgs(
                    rule_set_type=facts.FIREWALL_RULE_SET, rule_set_version=facts.FIREWALL_RULE_SET_VERSION
                )
            ],
            exclusions=[
                network.OwaspCrsExclusionEntryArgs(
                    match_variable="RequestHeaderNames", selector_match_operator="Equals", selector=name
                )
                for name in facts.CREDENTIAL_HEADERS
            ],
        ),
        custom_rules=[
            network.WebApplicationFirewallCustomRuleArgs(
                name=rule["name"],
                priority=rule["priority"],
                rule_type=rule["rule_type"],
                action=rule["action"],
                match_conditions=[
                    network.MatchConditionArgs(
                        match_variables=[network.MatchVariableArgs(variable_name=rule["variable"])],
                        operator=rule["operator"],
                        negation_conditon=rule["negated"],
                        match_values=rule["values"],
                    )
                ],
            )
            for rule in documents.custom_rules(place.plan.service.allowed_addresses)
        ],
        tags=place.tags,
        opts=place.child(),
    )


def _identity(place: GatewayPlace) -> tuple[managedidentity.UserAssignedIdentity, pulumi.Resource]:
    """Return the firewall's own identity, and its right to read the certificate and nothing else."""
    made = managedidentity.UserAssignedIdentity(
        f"{place.name}-firewall-identity",
        resource_name_=f"{place.plan.name}-firewall-id",
        resource_group_name=place.group,
        location=place.location,
        tags=place.tags,
        opts=place.child(),
    )
    args = place.args
    scope = Output.all(args.get("certificate_vault_id"), args.get("certificate_url")).apply(
        lambda known: gateway_documents.secret_of(str(known[0]), str(known[1]))
    )
    name = f"{place.name}-firewall-reads-certificate"
    return made, gateway_vault.may_read(place, name, scope, made.principal_id)


def _gateway(
    place: GatewayPlace,
    backend: _Backend,
    subnet: Input[str],
    front: network.ApplicationGatewayFrontendIPConfigurationArgs,
) -> network.ApplicationGateway:
    plan, name = place.plan, f"{place.plan.name}-firewall"
    seconds = documents.wait_seconds(plan.service.spec.timeout_seconds)
    identity, right = _identity(place)
    own = Output.all(place.subscription, place.group).apply(
        lambda known: documents.gateway_id(known[0], known[1], name)
    )

    def part(kind: str, called: str) -> network.SubResourceArgs:
        return network.SubResourceArgs(id=own.apply(lambda known: documents.part_of(known, kind, called)))

    return network.ApplicationGateway(
        f"{place.name}-firewall",
        application_gateway_name=name,
        resource_group_name=place.group,
        location=place.location,
        # Without zones it stands in all that the region has.
        # source: https://learn.microsoft.com/azure/reliability/reliability-application-gateway-v2
        sku=network.ApplicationGatewaySkuArgs(name="WAF_v2", tier="WAF_v2"),
        autoscale_configuration=network.ApplicationGatewayAutoscaleConfigurationArgs(
            min_capacity=0, max_capacity=facts.FIREWALL_INSTANCES
        ),
        identity=network.ManagedServiceIdentityArgs(
            type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        ),
        firewall_policy=network.SubResourceArgs(id=_policy(place).id),
        ssl_policy=network.ApplicationGatewaySslPolicyArgs(
            policy_type="Predefined", policy_name=facts.FIREWALL_TLS_POLICY
        ),
        # HTTP/2 here ends at 8 KB for one header, and tokens of people in many groups are larger; HTTP/1.1 takes 32.
        # source: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
        enable_http2=False,
        global_configuration=network.ApplicationGatewayGlobalConfigurationArgs(
            # Streams pass as they come; the firewall keeps requests whole in any case.
            # source: https://learn.microsoft.com/azure/application-gateway/use-server-sent-events, proxy-buffers
            enable_response_buffering=False,
            enable_request_buffering=True,
        ),
        gateway_ip_configurations=[
            network.ApplicationGatewayIPConfigurationArgs(
                name="subnet", subnet=network.SubResourceArgs(id=subnet)
            )
        ],
        frontend_ip_configurations=[front],
        frontend_ports=[network.ApplicationGatewayFrontendPortArgs(name=_PORT, port=443)],
        ssl_certificates=[
            network.ApplicationGatewaySslCertificateArgs(
                # Without a version, so that a renewed one is taken up.
                name=_LISTENER,
                key_vault_secret_id=place.args.get("certificate_url"),
            )
        ],
        http_listeners=[
            network.ApplicationGatewayHttpListenerArgs(
                name=_LISTENER,
                frontend_ip_configuration=part("frontendIPConfigurations", _FRONT),
                frontend_port=part("frontendPorts", _PORT),
                protocol="Https",
                ssl_certificate=part("sslCertificates", _LISTENER),
                host_name=plan.service.domain,
                require_server_name_indication=True,
            )
        ],
        backend_address_pools=[
            network.ApplicationGatewayBackendAddressPoolArgs(
                name=_BACKEND,
                # By its address: no DNS of the network has to know its name.
                backend_addresses=[network.ApplicationGatewayBackendAddressArgs(ip_address=backend.address)],
            )
        ],
        backend_http_settings_collection=[
            network.ApplicationGatewayBackendHttpSettingsArgs(
                name=_BACKEND,
                protocol="Https",
                port=443,
                # Also what its certificate is checked against.
                # source: https://learn.microsoft.com/azure/application-gateway/ssl-overview
                host_name=backend.host,
                pick_host_name_from_backend_address=False,
                cookie_based_affinity="Disabled",
                request_timeout=seconds,
                probe=part("probes", _BACKEND),
                # A change of the gateway ends what runs for longer.
                # source: https://learn.microsoft.com/azure/application-gateway/configuration-http-settings
                connection_draining=network.ApplicationGatewayConnectionDrainingArgs(
                    enabled=True, drain_timeout_in_sec=seconds
                ),
            )
        ],
        probes=[
            network.ApplicationGatewayProbeArgs(
                name=_BACKEND,
                protocol="Https",
                # Of the edge alone, which says in a readable way what is wrong behind it.
                path=HEALTH_PATH,
                pick_host_name_from_backend_http_settings=True,
                interval=30,
                timeout=10,
                unhealthy_threshold=3,
                match=network.ApplicationGatewayProbeHealthResponseMatchArgs(status_codes=["200"]),
            )
        ],
        request_routing_rules=[
            network.ApplicationGatewayRequestRoutingRuleArgs(
                name=_BACKEND,
                rule_type="Basic",
                priority=100,
                http_listener=part("httpListeners", _LISTENER),
                backend_address_pool=part("backendAddressPools", _BACKEND),
                backend_http_settings=part("backendHttpSettingsCollection", _BACKEND),
            )
        ],
        tags=place.tags,
        # Subnet and kind of address are for life, but for a gateway that is stopped first.
        # source: https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure
        opts=pulumi.ResourceOptions.merge(
            place.child(after=[right]),
            pulumi.ResourceOptions(
                replace_on_changes=["frontendIPConfigurations", "gatewayIPConfigurations"],
                delete_before_replace=True,
            ),
        ),
    )


def _log(place: GatewayPlace, environment: Environment, made: network.ApplicationGateway) -> None:
    if environment.workspace is not None:
        monitor.DiagnosticSetting(
            f"{place.name}-firewall-logs",
            name="claude-byoc",
            resource_uri=made.id,
            workspace_id=environment.workspace,
            logs=[
                monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
                for category in facts.FIREWALL_LOG_CATEGORIES
            ],
            opts=place.child(),
        )


def _names(
    place: GatewayPlace, plan: FirewallPlan, address: Output[str], subnet: Input[str]
) -> Output[list[DnsRecord]]:
    """Declare the record of the domain where that is ours to do, or return it."""
    host, zone = plan.service.domain or "", place.args.get("dns_zone_id")
    if plan.lists_record:
        return address.apply(lambda known: [DnsRecord(name=host, type="A", value=known)])
    if plan.service.internal:
        home = Output.from_input(subnet).apply(gateway_documents.network_of)
        private_name(place, "domain", home, zone=Output.from_input(host), record="@", address=address)
    elif zone is not None:
        dns.RecordSet(
            f"{place.name}-dns-name",
            zone_name=zone.rpartition("/")[2],
            resource_group_name=gateway_documents.resource_group_of(zone),
            record_type="A",
            relative_record_set_name=gateway_documents.relative_name(host, zone),
            ttl=300,
            a_records=[dns.ARecordArgs(ipv4_address=address)],
            opts=in_place_of_another(place),
        )
    return Output.from_input(list[DnsRecord]())
