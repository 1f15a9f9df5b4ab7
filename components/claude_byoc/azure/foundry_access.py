"""`FoundryAccess`: people reach Claude in Microsoft Foundry with their Entra token, or with a key."""

import hashlib
import os
from collections.abc import Mapping

import pulumi
from pulumi import Input, Output
from pulumi_azure_native import authorization, cognitiveservices, monitor, network, resources

from claude_byoc.azure import documents, existing
from claude_byoc.azure.explained import SETTLING_SECONDS, explained, retried_while_settling
from claude_byoc.azure.foundry_args import FoundryAccessArgs, FoundryPrivateEndpointArgs, plan_of
from claude_byoc.azure.foundry_plan import FoundryPlan
from claude_byoc.azure.model_deployment import ADDRESS_VARIABLE, KeySwitch, ModelDeployment
from claude_byoc.contract import azure as facts
from claude_byoc.outputs import FoundryDeployment, FoundryKeyRotation
from claude_byoc.refusal import refuse_errors, told


class FoundryAccess(pulumi.ComponentResource):
    """Lets people of one organisation prompt Anthropic models in Microsoft Foundry.

    Makes a Foundry resource or adds to an existing one: Claude deployments, role assignments, a private endpoint, a
    diagnostic setting. Keyless disables keys; the two ways of signing in are never mixed.
    """

    resource_id: Output[str]
    """ARM id of the Foundry resource."""
    resource_name: Output[str]
    """Its name: the manifest's `azure_resource_name`."""
    resource_group: Output[str]
    """Name of its resource group."""
    location: Output[str]
    """Azure region."""
    endpoint: Output[str]
    """Base URL of its Anthropic API."""
    deployments: list[FoundryDeployment]
    """The Claude deployments, ours first."""
    api_key: Output[str] | None
    """The API key that is handed out, a secret; None where keyless."""
    key_rotation: FoundryKeyRotation | None
    """Where the rotation of the keys stands; None where keyless."""
    quota_request: Output[str]
    """Text of the quota request to file for the deployments."""

    def __init__(
        self, name: str, args: FoundryAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:FoundryAccess", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name, self._args, self._tags = name, args, args.get("tags")
        self._explained = explained(f"{name}-explained", self)
        self._subscription = Output.from_input(args["subscription_id"])
        self.location = Output.from_input(args["location"])
        self.resource_name = Output.from_input(plan.name)
        if plan.existing_resource is not None:
            self.resource_group = Output.from_input(
                facts.split_account_id(plan.existing_resource).resource_group
            )
            self.resource_id = existing.look_up(plan.existing_resource, plan, self.location, self)
        else:
            self.resource_group = self._declare_group()
            self.resource_id = self._declare_account()
        self.endpoint = self.resource_id.apply(lambda _: facts.endpoint(plan.name, plan.cloud))
        self.deployments = [*self._declare_deployments(), *self._existing_deployments()]
        self._declare_role_assignments()
        self._declare_network()
        self._declare_diagnostics()
        self.api_key, self.key_rotation = (None, None) if plan.keyless else self._keys()
        self.quota_request = Output.all(self.location, self._subscription).apply(
            lambda known: documents.quota_request(plan, known[0], known[1])
        )
        self.register_outputs(
            {
                "resourceId": self.resource_id,
                "resourceName": self.resource_name,
                "resourceGroup": self.resource_group,
                "location": self.location,
                "endpoint": self.endpoint,
                "deployments": self.deployments,
                "apiKey": self.api_key,
                "keyRotation": self.key_rotation,
                "quotaRequest": self.quota_request,
            }
        )

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            hooks=pulumi.ResourceHookBinding(on_error=[self._explained]),
        )

    def _declare_group(self) -> Output[str]:
        given = self._args.get("existing_resource_group")
        if given is not None:
            return Output.from_input(given)
        made = resources.ResourceGroup(
            f"{self._name}-group",
            resource_group_name=self._args.get("resource_group", f"{self.plan.name}-rg"),
            location=self.location,
            tags=self._tags,
            opts=self._child(),
        )
        return made.name

    def _declare_account(self) -> Output[str]:
        plan = self.plan
        access, default_action = documents.public_access(plan)
        addresses = self._args.get("network", {}).get("allowed_addresses", [])
        made = cognitiveservices.Account(
            f"{self._name}-account",
            account_name=plan.name,
            resource_group_name=self.resource_group,
            location=self.location,
            kind=facts.ACCOUNT_KIND,
            sku=cognitiveservices.SkuArgs(name=facts.ACCOUNT_SKU),
            identity=cognitiveservices.IdentityArgs(
                type=cognitiveservices.ResourceIdentityType.SYSTEM_ASSIGNED
            ),
            properties=cognitiveservices.AccountPropertiesArgs(
                custom_sub_domain_name=plan.name,
                disable_local_auth=plan.keyless,
                public_network_access=access,
                network_acls=cognitiveservices.NetworkRuleSetArgs(
                    default_action=default_action,
                    ip_rules=[cognitiveservices.IpRuleArgs(value=one) for one in addresses],
                ),
                restore=True if plan.restore else None,
            ),
            tags=self._tags,
            opts=self._child(),
        )
        self._account = made
        return made.id

    def _declare_deployments(self) -> list[FoundryDeployment]:
        cloud, result = facts.CLOUDS[self.plan.cloud], list[FoundryDeployment]()
        before = self._last_deployment = list[pulumi.Resource]()
        organization = self._args.get("organization")
        if organization is None:  # then there are no models: the plan has seen to it
            return result
        for model in sorted(self.plan.models):
            given = self._args["models"][model]
            planned = self.plan.models[model]
            made = ModelDeployment(
                f"{self._name}-{model}",
                account_id=self.resource_id,
                model=model,
                capacity=given["capacity"],
                sku=planned.sku,
                version=planned.version,
                organization={
                    "organization_name": organization["organization_name"],
                    "country_code": organization["country_code"],
                    "industry": organization["industry"],
                },
                resource_manager=cloud.resource_manager,
                tags=self._tags,
                # Azure changes one deployment of a resource at a time.
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before = [made]
            result.append(
                {
                    "name": model,
                    "version": made.actual_version,
                    "hostedBy": made.actual_version.apply(facts.hosted_by),
                    "sku": planned.sku,
                    "managed": True,
                }
            )
        self._last_deployment = before
        return result

    def _existing_deployments(self) -> list[FoundryDeployment]:
        result: list[FoundryDeployment] = []
        for model in sorted(set(self.plan.existing_models)):
            version = existing.version_of(model, self.plan, self.resource_group, self)
            result.append(
                {
                    "name": model,
                    "version": version,
                    "hostedBy": version.apply(facts.hosted_by),
                    "sku": "",
                    "managed": False,
                }
            )
        return result

    def _declare_role_assignments(self) -> None:
        people: list[tuple[str, Mapping[str, Input[str]]]] = [
            ("Group", self._args.get("groups", {})),
            ("User", self._args.get("users", {})),
        ]
        for kind, given in people:
            for label, principal in sorted(given.items()):
                authorization.RoleAssignment(
                    f"{self._name}-user-{label}",
                    role_assignment_name=Output.all(self.resource_id, principal).apply(
                        lambda known: documents.role_assignment_name(known[0], known[1])
                    ),
                    scope=self.resource_id,
                    role_definition_id=self._subscription.apply(documents.role_definition_id),
                    principal_id=principal,
                    # Without it Azure looks the principal up, and a group made a moment ago is not found.
                    principal_type=kind,
                    opts=self._child(),
                )

    def _declare_network(self) -> None:
        endpoint = self._args.get("network", {}).get("private_endpoint")
        if endpoint is not None:
            self._declare_private_endpoint(endpoint)

    def _declare_private_endpoint(self, endpoint: FoundryPrivateEndpointArgs) -> None:
        name = f"{self.plan.name}-pe"
        local = os.environ.get(ADDRESS_VARIABLE)  # a local service settles at once
        settled = retried_while_settling(
            f"{self._name}-settled", self, delay=0.05 if local else SETTLING_SECONDS
        )
        made = network.PrivateEndpoint(
            f"{self._name}-private-endpoint",
            private_endpoint_name=name,
            resource_group_name=self.resource_group,
            location=self.location,
            # Not SubnetArgs, which adds the SDK's defaults for a subnet's own settings to the reference.
            subnet={"id": endpoint["subnet_id"]},
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=name,
                    private_link_service_id=self.resource_id,
                    group_ids=[facts.PRIVATE_LINK_GROUP],
                )
            ],
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                # A deployment and a private endpoint change the same resource, which takes one change at a time.
                depends_on=self._last_deployment,
                delete_before_replace=True,
                hooks=pulumi.ResourceHookBinding(on_error=[settled]),
            ),
        )
        zones = endpoint.get("dns_zone_ids", [])
        if zones:
            network.PrivateDnsZoneGroup(
                f"{self._name}-private-dns",
                private_dns_zone_group_name="default",
                private_endpoint_name=made.name,
                resource_group_name=self.resource_group,
                private_dns_zone_configs=[
                    network.PrivateDnsZoneConfigArgs(name=f"zone-{number}", private_dns_zone_id=zone)
                    for number, zone in enumerate(zones)
                ],
                opts=self._child(),
            )

    def _declare_diagnostics(self) -> None:
        diagnostics = self._args.get("diagnostics")
        if diagnostics is None:
            return
        monitor.DiagnosticSetting(
            f"{self._name}-diagnostics",
            name="claude-byoc",
            resource_uri=self.resource_id,
            workspace_id=diagnostics["workspace_id"],
            logs=[
                monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
                for category in facts.DIAGNOSTIC_LOGS
            ],
            metrics=[
                monitor.DiagnosticsMetricSettingsArgs(category=category, enabled=True)
                for category in facts.DIAGNOSTIC_METRICS
            ],
            opts=self._child(),
        )

    def _keys(self) -> tuple[Output[str], FoundryKeyRotation]:
        keys = cognitiveservices.list_account_keys_output(
            account_name=self.resource_id.apply(lambda known: known.rpartition("/")[2]),
            resource_group_name=self.resource_group,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        both = Output.secret(Output.all(keys.key1, keys.key2))
        number = Output.from_input(self._args.get("active_key", 1)).apply(_checked_key)
        chosen = Output.all(both, number)
        other = chosen.apply(lambda known: fingerprint(known[0][2 - known[1]]))
        switch = KeySwitch(
            f"{self._name}-key-switch",
            active_key=number,
            other_key=other,
            opts=pulumi.ResourceOptions(parent=self),
        )
        regenerated = Output.all(other, switch.other_key).apply(lambda known: known[0] != known[1])
        return chosen.apply(lambda known: str(known[0][known[1] - 1])), {
            "activeKey": number,
            "switchedAt": switch.switched_at,
            "switches": switch.switches.apply(int),
            # Whether a key changed tells nothing of it.
            "otherKeyRegenerated": Output.unsecret(regenerated),
        }


def fingerprint(key: str) -> str:
    """Return a digest of an API key, by which a new one is told from the old one."""
    return hashlib.sha256(key.encode()).hexdigest()


@told
def _checked_key(number: float) -> int:
    refuse_errors(FoundryPlan(None, None, {}, auth="key", active_key=int(number)).key_problems())
    return int(number)
