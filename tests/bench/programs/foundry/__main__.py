"""The anchor for the Foundry path: its group, account, deployments and role assignment, written out by hand.

The SDK's deployments have no field for what Anthropic asks, so that by hand they need a dynamic provider as well; the
one here calls nothing, since only runs without changes are timed.
"""

import uuid

import pulumi
import pulumi_azure_native as azure
import pulumi_random as random
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
from pulumi_azure_native import authorization, cognitiveservices, resources

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
USER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/a97b65f3-24c7-4388-baec-2e87135dc908"  # noqa: E501 -- an ARM id
GROUP = "aaaaaaaa-0000-4000-8000-000000000002"


class _Provider(ResourceProvider):
    def create(self, props: dict[str, object]) -> CreateResult:
        return CreateResult(str(props["model"]), props)


class ClaudeDeployment(Resource):
    """A deployment by its model and capacity."""

    def __init__(self, model: str, capacity: int, opts: pulumi.ResourceOptions) -> None:
        super().__init__(_Provider(), model, {"model": model, "capacity": capacity}, opts)


provider = azure.Provider("azure", subscription_id=SUBSCRIPTION, location="eastus2")
options = pulumi.ResourceOptions(provider=provider)
group = resources.ResourceGroup(
    "group", resource_group_name="example-claude-rg", location="eastus2", opts=options
)
account = cognitiveservices.Account(
    "account",
    account_name="example-claude",
    resource_group_name=group.name,
    location="eastus2",
    kind="AIServices",
    sku={"name": "S0"},
    identity={"type": cognitiveservices.ResourceIdentityType.SYSTEM_ASSIGNED},
    properties={"custom_sub_domain_name": "example-claude", "disable_local_auth": True},
    opts=options,
)
before: list[pulumi.Resource] = []
for model, capacity in (("claude-sonnet-5", 20), ("claude-haiku-4-5", 40)):
    # One at a time: the account refuses a second deployment while one is being made.
    before = [ClaudeDeployment(model, capacity, pulumi.ResourceOptions(depends_on=[account, *before]))]
authorization.RoleAssignment(
    "pilot",
    role_assignment_name=str(uuid.uuid5(uuid.NAMESPACE_URL, GROUP)),
    scope=account.id,
    role_definition_id=USER,
    principal_id=GROUP,
    principal_type=authorization.PrincipalType.GROUP,
    opts=options,
)
for host in ("office", "outlook"):
    pulumi.export(host, random.RandomUuid(host).result)
