"""The container app: an init container that unpacks the files, then edge and application, in one replica."""

from collections.abc import Mapping

import pulumi
from pulumi import Output
from pulumi_azure_native import app, managedidentity

from claude_byoc.azure import gateway_documents as documents
from claude_byoc.azure.gateway_domain import Domain
from claude_byoc.azure.gateway_environment import Environment
from claude_byoc.azure.gateway_place import GatewayPlace
from claude_byoc.azure.gateway_vault import StoredSecrets
from claude_byoc.contract import azure_gateway as facts
from claude_byoc.gateway.container import EDGE_PORT, FOLDER, Container, GatewayContainers

_LEAVING_SECONDS = 10
"""What the containers need to leave after the drain."""
_FILES = app.VolumeMountArgs(volume_name=documents.FILES_VOLUME, mount_path=FOLDER)
_ARCHIVE = app.VolumeMountArgs(volume_name=documents.ARCHIVE_VOLUME, mount_path=documents.ARCHIVE_FOLDER)


def declare(
    place: GatewayPlace,
    *,
    environment: Environment,
    domain: Domain,
    identity: managedidentity.UserAssignedIdentity,
    stored: StoredSecrets,
    made: Output[GatewayContainers],
) -> app.ContainerApp:
    """Declare the app. A changed file or secret changes its template, and by that rolls a new revision."""
    plan, service = place.plan, place.plan.service
    return app.ContainerApp(
        f"{place.name}-app",
        container_app_name=plan.name,
        resource_group_name=place.group,
        location=place.location,
        environment_id=environment.id,
        workload_profile_name=facts.CONSUMPTION if environment.made is not None else None,
        identity=app.ManagedServiceIdentityArgs(
            type=app.ManagedServiceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        ),
        configuration=app.ConfigurationArgs(
            # A revision takes over once it is ready; the one before drains.
            active_revisions_mode=app.ActiveRevisionsMode.SINGLE,
            ingress=app.IngressArgs(
                # In an internal environment this means the network, not the internet.
                external=True,
                target_port=EDGE_PORT,
                # HTTP/1.1, which nginx speaks, whatever the client speaks to the ingress.
                transport=app.IngressTransportMethod.HTTP,
                allow_insecure=service.plaintext,
                traffic=[app.TrafficWeightArgs(latest_revision=True, weight=100)],
                custom_domains=domain.bindings,
                ip_security_restrictions=[
                    app.IpSecurityRestrictionRuleArgs(
                        name=row["name"], action=row["action"], ip_address_range=row["ipAddressRange"]
                    )
                    for row in documents.restrictions(plan.sources)
                ],
            ),
            secrets=[
                app.SecretArgs(name=name, key_vault_url=address, identity=identity.id)
                for name, address in stored.addresses.items()
            ],
            registries=[
                app.RegistryCredentialsArgs(server=server, identity=identity.id) for server in plan.registries
            ]
            or None,
        ),
        template=_template(place, identity.client_id, stored.addresses, made),
        tags=place.tags,
        opts=pulumi.ResourceOptions.merge(
            place.child(after=[*stored.readable, *domain.before]),
            pulumi.ResourceOptions(delete_before_replace=True),
        ),
    )


def _template(
    place: GatewayPlace,
    client_id: Output[str],
    addresses: Mapping[str, Output[str]],
    made: Output[GatewayContainers],
) -> app.TemplateArgs:
    plan, service, shape = place.plan, place.plan.service, place.plan.service.shape
    versions = Output.all(*addresses.values()).apply(documents.versions)
    init = shape.init
    return app.TemplateArgs(
        init_containers=[
            app.InitContainerArgs(
                name=init.name,
                image=init.image.at(documents.REGISTRY),
                command=[*init.command],
                env=_env(init, made, {documents.VERSIONS_VARIABLE: versions}),
                resources=_resources(init),
                volume_mounts=[_FILES, _ARCHIVE],
            )
        ]
        if init is not None
        else [],
        containers=[
            app.ContainerArgs(
                name=container.name,
                image=container.image.at(documents.REGISTRY),
                command=[*container.command],
                env=_env(
                    container, made, {} if container.public else {documents.CLIENT_ID_VARIABLE: client_id}
                ),
                probes=[_probe(row) for row in documents.probes(container)],
                resources=_resources(container),
                volume_mounts=[_FILES],
            )
            for container in shape.containers
        ],
        volumes=[
            app.VolumeArgs(name=documents.FILES_VOLUME, storage_type=app.StorageType.EMPTY_DIR),
            app.VolumeArgs(
                name=documents.ARCHIVE_VOLUME,
                storage_type=app.StorageType.SECRET,
                secrets=[
                    app.SecretVolumeItemArgs(secret_ref=name, path=path)
                    for name, path in documents.archive_paths()
                ],
            ),
        ],
        scale=app.ScaleArgs(
            min_replicas=service.min_instances,
            max_replicas=service.max_instances,
            rules=[
                app.ScaleRuleArgs(
                    name="requests",
                    http=app.HttpScaleRuleArgs(metadata={"concurrentRequests": str(service.concurrency)}),
                )
            ],
        ),
        termination_grace_period_seconds=plan.service.drain_seconds + _LEAVING_SECONDS,
    )


def _env(
    container: Container, made: Output[GatewayContainers], own: Mapping[str, Output[str]]
) -> Output[list[app.EnvironmentVarArgs]]:
    def variables(known: tuple[GatewayContainers, Mapping[str, str]]) -> list[app.EnvironmentVarArgs]:
        whole, mine = known
        everything = [*whole.containers, *([whole.init] if whole.init else [])]
        environment = next(one.environment for one in everything if one.name == container.name)
        return [
            app.EnvironmentVarArgs(name=row["name"], value=row.get("value"), secret_ref=row.get("secretRef"))
            for row in documents.variables(environment, container.secrets, mine)
        ]

    # An Output of no names at all would be a list.
    mine = Output.all(**own) if own else Output.from_input(dict[str, str]())
    return Output.all(made, mine).apply(lambda known: variables((known[0], known[1])))


def _resources(container: Container) -> app.ContainerResourcesArgs:
    cpu, memory = documents.resources(container)
    return app.ContainerResourcesArgs(cpu=cpu, memory=memory)


def _probe(row: documents.ProbeRow) -> app.ContainerAppProbeArgs:
    get = row["httpGet"]
    return app.ContainerAppProbeArgs(
        type=row["type"],
        http_get=app.ContainerAppProbeHttpGetArgs(path=get["path"], port=get["port"], scheme=get["scheme"]),
        period_seconds=row["periodSeconds"],
        failure_threshold=row["failureThreshold"],
        timeout_seconds=row["timeoutSeconds"],
    )
