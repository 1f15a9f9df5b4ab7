"""The arguments of `EntraApp` and what they ask for, apart from it so that neither needs the Entra SDK."""

from collections.abc import Mapping
from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, require
from claude_byoc.entra.app_plan import EntraAppPlan, RolePlan
from claude_byoc.entra.grants_plan import GrantImport


class GrantImportArgs(TypedDict):
    """A tenant-wide grant that exists, to be taken into the state as it is and never deleted."""

    id: str
    """Id of the grant in Microsoft Graph, 43 characters."""
    scopes: list[str]
    """Every scope that it holds now; after the import, further ones may be added."""


class AppRoleArgs(TypedDict):
    """An app role: Entra puts its value into the tokens of the people assigned to it.

    Unlike the claim `groups`, it is there for people of more than 200 groups as well.
    """

    value: NotRequired[str]
    """What the claim `roles` holds. Default: the role's key."""
    display_name: NotRequired[Input[str]]
    """Name that administrators see. Default: the value."""
    description: NotRequired[Input[str]]
    """What people of the role may do."""
    groups: NotRequired[list[Input[str]]]
    """Object ids of the groups (or users) assigned to it; members of nested groups are not."""


class OwnAppArgs(TypedDict, total=False):
    """The organisation's own app; `{}` takes every default."""

    display_name: str
    """Name of the app, as people see it at sign-in. Default `Claude for Microsoft 365`."""
    uses: list[str]
    """What people's tokens are for: `sso` (default; enough for Bedrock and Vertex AI), `outlook`, `foundry`
    (without a key), `gateway` (exposes the API that the gateway checks tokens for)."""
    people_read: bool
    """With `outlook`: also asks for People.Read. Default false."""
    app_roles: dict[str, AppRoleArgs]
    """Roles by key, for instance a team each."""
    owners: list[Input[str]]
    """Object ids of people who may change the app. Not the identity that runs the stack."""
    operator_object_id: Input[str]
    """Object id of the pipeline's identity where it has Application.ReadWrite.OwnedBy alone: it stays an owner."""
    assignment_required: bool
    """Only assigned people may sign in. Default false."""
    groups: list[Input[str]]
    """Object ids of the groups (or users) that are assigned without a role."""
    allow_public_client_flows: bool
    """Lets people sign in by device code, the way of phishing. Default false."""
    allow_public_client_flows_with_graph: bool
    """Allows that even though the app reaches mail: a phished code then reaches mail without a prompt."""
    notes: Input[str]
    """Notes on the registration. Default: which stack owns it."""
    import_object_id: str
    """Object id of a registration to take into the state, for instance one that an interrupted run left."""


class EntraAppArgs(OwnAppArgs):
    """What `EntraApp` needs to know."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    consent: NotRequired[str]
    """`links` (default): a person consents. `code`: the grants are declared here, protected and kept on destroy."""
    import_grants: NotRequired[dict[str, GrantImportArgs]]
    """With `code`: grants that exist, by `graph`, `cognitiveServices`, `gateway`."""


def plan_of(args: EntraAppArgs) -> EntraAppPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "EntraApp", EntraAppArgs.__annotations__, ["tenant_id"])
    return EntraAppPlan(
        tenant_id=known_text(args["tenant_id"]),
        display_name=args.get("display_name", DISPLAY_NAME),
        cloud=args.get("cloud", "global"),
        uses=tuple(args.get("uses", ["sso"])),
        people_read=args.get("people_read", False),
        roles={
            key: RolePlan(role.get("value", key), [known_text(one) for one in role.get("groups", [])])
            for key, role in args.get("app_roles", {}).items()
        },
        owners=[known_text(one) for one in args.get("owners", [])],
        assignment_required=args.get("assignment_required", False),
        groups=[known_text(one) for one in args.get("groups", [])],
        allow_public_client_flows=args.get("allow_public_client_flows", False),
        allow_public_client_flows_with_graph=args.get("allow_public_client_flows_with_graph", False),
        import_object_id=args.get("import_object_id"),
        consent=args.get("consent", "links"),
        imports=imports_of(args.get("import_grants", {})),
    )


DISPLAY_NAME = "Claude for Microsoft 365"


def imports_of(args: Mapping[str, GrantImportArgs]) -> dict[str, GrantImport]:
    """Return the grants that exist, by key."""
    return {key: GrantImport(one.get("id", ""), one.get("scopes", [])) for key, one in args.items()}
