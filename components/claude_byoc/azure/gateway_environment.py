"""The Container Apps environment that a gateway runs in: ours with its logs and private names, or one that exists."""

from dataclasses import dataclass

import pulumi
from pulumi import Input, Output
from pulumi_azure_native import app, managedidentity, monitor, operationalinsights, privatedns

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_place import GatewayPlace
from claude_byoc.azure.gateway_plan import AzureGatewayPlan
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.contract.problems import Problem
from claude_byoc.refusal import refuse_errors

_KEY = "gateway.azure.existingEnvironment"


@dataclass(frozen=True)
class Environment:
    """The environment as the rest of the gateway needs it."""

    id: Output[str]
    name: Output[str]
    group: Output[str]
    domain: Output[str]
    """The domain below which its apps have their own names."""
    address: Output[str]
    """The IPv4 address of its ingress, a private one where it is internal."""
    verification_id: Output[str]
    """What the TXT record of a custom domain holds."""
    destination: Output[str]
    """Where its logs go, by Azure's word for it."""
    workspace: Output[str] | None
    """ARM id of the workspace with its logs; None where that is not known."""
    workspace_id: Output[str] | None
    """The workspace's own id (GUID), by which it is asked; None or empty where that is not known."""
    made: app.ManagedEnvironment | None = None
    """The resource, where it is ours."""


def declare(
    place: GatewayPlace, identity: managedidentity.UserAssignedIdentity, subnet: Input[str] | None
) -> Environment:
    """Declare the environment in `subnet`, or look the existing one up and check that it fits."""
    given = place.args.get("existing_environment")
    return _existing(place, given) if given is not None else _own(place, identity, subnet)


def _own(
    place: GatewayPlace, identity: managedidentity.UserAssignedIdentity, subnet: Input[str] | None
) -> Environment:
    plan = place.plan
    reads_certificate = "certificate_url" in place.args and plan.firewall is None
    made = app.ManagedEnvironment(
        f"{place.name}-environment",
        environment_name=f"{plan.name}-env",
        resource_group_name=place.group,
        location=place.location,
        app_logs_configuration=app.AppLogsConfigurationArgs(destination="azure-monitor"),
        identity=app.ManagedServiceIdentityArgs(
            type=app.ManagedServiceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        )
        if reads_certificate
        else None,
        vnet_configuration=app.VnetConfigurationArgs(infrastructure_subnet_id=subnet, internal=plan.hidden)
        if subnet is not None
        else None,
        workload_profiles=_profiles(plan),
        ingress_configuration=_ingress(plan),
        tags=place.tags,
        # An environment keeps its network for life.
        opts=pulumi.ResourceOptions.merge(
            place.child(),
            pulumi.ResourceOptions(replace_on_changes=["vnetConfiguration"], delete_before_replace=True),
        ),
    )
    workspace, workspace_id = _workspace(place)
    monitor.DiagnosticSetting(
        f"{place.name}-logs-to-workspace",
        name="claude-byoc",
        resource_uri=made.id,
        workspace_id=workspace,
        logs=[
            monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
            for category in facts.LOG_CATEGORIES
        ],
        opts=place.child(),
    )
    found = Environment(
        id=made.id,
        name=made.name,
        group=place.group,
        domain=made.default_domain,
        address=made.static_ip,
        verification_id=made.custom_domain_configuration.apply(
            lambda known: str(known.custom_domain_verification_id) if known else ""
        ),
        destination=Output.from_input("azure-monitor"),
        workspace=workspace,
        workspace_id=workspace_id,
        made=made,
    )
    if plan.service.internal and plan.firewall is None and subnet is not None:
        network = Output.from_input(subnet).apply(documents.network_of)
        private_name(place, "environment", network, zone=found.domain, record="*", address=found.address)
        if plan.service.domain is not None:
            host = Output.from_input(plan.service.domain)
            private_name(place, "domain", network, zone=host, record="@", address=found.address)
    return found


def _profiles(plan: AzureGatewayPlan) -> list[app.WorkloadProfileArgs]:
    profiles = [
        app.WorkloadProfileArgs(name=facts.CONSUMPTION, workload_profile_type=facts.CONSUMPTION),
    ]
    if plan.premium_minutes is not None:
        profiles.append(
            app.WorkloadProfileArgs(
                name=facts.INGRESS_PROFILE,
                workload_profile_type=facts.INGRESS_PROFILE_TYPE,
                minimum_count=facts.INGRESS_NODES,
                maximum_count=facts.INGRESS_NODES,
            )
        )
    return profiles


def _ingress(plan: AzureGatewayPlan) -> app.IngressConfigurationArgs | None:
    if plan.premium_minutes is None:
        return None
    return app.IngressConfigurationArgs(
        workload_profile_name=facts.INGRESS_PROFILE,
        scale=app.IngressConfigurationScaleArgs(
            min_replicas=facts.INGRESS_NODES, max_replicas=facts.INGRESS_NODES
        ),
        request_idle_timeout=plan.premium_minutes,
        # Streams outlive a replaced ingress node for as long as an answer may take.
        termination_grace_period_seconds=plan.service.spec.timeout_seconds,
    )


def _workspace(place: GatewayPlace) -> tuple[Output[str], Output[str] | None]:
    given = place.args.get("log_workspace_id")
    if given is not None:
        # Often in a subscription for logs alone, where nothing may be looked up.
        return Output.from_input(given), None
    made = operationalinsights.Workspace(
        f"{place.name}-logs",
        workspace_name=f"{place.plan.name}-logs",
        resource_group_name=place.group,
        location=place.location,
        sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
        retention_in_days=place.plan.service.log_retention_days,
        features=operationalinsights.WorkspaceFeaturesArgs(
            # Environment and alerts use identities; the workspace's own keys would be one secret more.
            disable_local_auth=True,
            enable_log_access_using_only_resource_permissions=True,
        ),
        tags=place.tags,
        opts=place.child(),
    )
    return made.id, made.customer_id


def private_name(
    place: GatewayPlace,
    label: str,
    network: Output[str],
    *,
    zone: Output[str],
    record: str,
    address: Output[str],
) -> None:
    """Declare a private DNS zone that answers within the network, with one record."""
    made = privatedns.PrivateZone(
        f"{place.name}-zone-{label}",
        private_zone_name=zone,
        resource_group_name=place.group,
        location="global",
        tags=place.tags,
        opts=place.child(),
    )
    privatedns.VirtualNetworkLink(
        f"{place.name}-zone-{label}-link",
        virtual_network_link_name=place.plan.name,
        private_zone_name=made.name,
        resource_group_name=place.group,
        location="global",
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=network),
        tags=place.tags,
        opts=place.child(),
    )
    privatedns.PrivateRecordSet(
        f"{place.name}-zone-{label}-record",
        private_zone_name=made.name,
        resource_group_name=place.group,
        record_type="A",
        relative_record_set_name=record,
        ttl=300,
        a_records=[privatedns.ARecordArgs(ipv4_address=address)],
        opts=place.child(),
    )


def _existing(place: GatewayPlace, given: str) -> Environment:
    group, name = documents.resource_group_of(given), given.rpartition("/")[2]
    found = app.get_managed_environment_output(
        environment_name=name,
        resource_group_name=group,
        opts=pulumi.InvokeOutputOptions(parent=place.component),
    )

    def checked(known: tuple[app.GetManagedEnvironmentResult, str]) -> str:
        result, location = known
        ingress, network = result.ingress_configuration, result.vnet_configuration
        refuse_errors(
            misfits(
                place.plan,
                minutes=ingress.request_idle_timeout if ingress else None,
                internal=bool(network and network.internal),
                actual=result.location,
                location=location,
            )
        )
        return given

    workspace = place.args.get("log_workspace_id")
    return Environment(
        id=Output.all(found, place.location).apply(lambda known: checked((known[0], known[1]))),
        name=Output.from_input(name),
        group=Output.from_input(group),
        domain=found.default_domain,
        address=found.static_ip,
        verification_id=found.custom_domain_configuration.apply(
            lambda known: str(known.custom_domain_verification_id) if known else ""
        ),
        destination=found.app_logs_configuration.apply(
            lambda known: str(known.destination or "") if known else ""
        ),
        workspace=Output.from_input(workspace) if workspace is not None else None,
        workspace_id=found.app_logs_configuration.apply(_customer_id),
    )


def _customer_id(logs: app.outputs.AppLogsConfigurationResponse | None) -> str:
    analytics = logs.log_analytics_configuration if logs else None
    return str(analytics.customer_id or "") if analytics else ""


def misfits(
    plan: AzureGatewayPlan, *, minutes: float | None, internal: bool, actual: str, location: str
) -> list[Problem]:
    """Return why an existing environment cannot hold this gateway, from what Azure says of it."""
    found: list[Problem] = []
    seconds = (minutes or facts.INGRESS_TIMEOUT_SECONDS / 60) * 60
    if plan.service.spec.timeout_seconds > seconds:
        wrong = f"is more than the {seconds:g} seconds after which that environment ends a silent request"
        cure = "lower it, or let its owner run: az containerapp env premium-ingress add ... --request-idle-timeout"
        found.append(Problem("gateway.timeoutSeconds", wrong, f"up to {seconds:g} there", cure))
    if plan.hidden is not internal:
        kind = "internal" if internal else "open to the internet"
        if plan.firewall is not None:
            wrong, setting = f"is {kind}, and gateway.waf cannot stand in front of that", "waf"
        else:
            wrong, setting = f"is {kind}, and gateway.internal says otherwise", "internal"
        allowed = "an internal environment" if plan.hidden else "one that is open to the internet"
        cure = f"correct gateway.{setting}, or name another environment"
        found.append(Problem(_KEY, wrong, allowed, cure))
    if actual.replace(" ", "").lower() != location.lower():
        found.append(Problem(_KEY, f"lies in {actual}, and azure.location is {location}", "the same of both",
                             "correct the region"))  # fmt: skip
    return found
