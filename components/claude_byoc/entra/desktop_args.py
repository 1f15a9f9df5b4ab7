"""The arguments of `DesktopSignIn` and what they ask for, apart from it so that neither needs the Entra SDK."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, require
from claude_byoc.entra.app_args import GrantImportArgs, imports_of
from claude_byoc.entra.desktop_plan import DesktopSignInPlan

DISPLAY_NAME = "Claude Desktop"


class DesktopRegistrationArgs(TypedDict, total=False):
    """The registration by which Claude Desktop signs people in."""

    display_name: str
    """Name of the app, as people see it at sign-in. Default `Claude Desktop`."""
    bearer_token_type: str
    """What it sends to a gateway: `access_token` (default) for the exposed API, or `id_token`."""
    broker: bool
    """Also signs in through the operating system's broker (Windows, macOS). Default true."""
    device_code: bool
    """With `foundry`: also signs in by device code, the way of phishing. Default false."""
    owners: list[Input[str]]
    """Object ids of people who may change the app. Not the identity that runs the stack."""
    operator_object_id: Input[str]
    """Object id of the pipeline's identity where it has Application.ReadWrite.OwnedBy alone: it stays an owner."""
    assignment_required: bool
    """Only assigned people may sign in. Default false."""
    groups: list[Input[str]]
    """Object ids of the groups (or users) that are assigned."""
    notes: Input[str]
    """Notes on the registration. Default: which stack owns it."""
    import_object_id: str
    """Object id of a registration to take into the state, for instance one that an interrupted run left."""


class DesktopSignInArgs(DesktopRegistrationArgs):
    """What `DesktopSignIn` needs to know."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    api: str
    """What Claude Desktop calls with people's tokens: `gateway` or `foundry`."""
    cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    gateway_client_id: NotRequired[Input[str]]
    """Application id of the app that exposes the gateway's API (`EntraApp.clientId`)."""
    gateway_scope_id: NotRequired[Input[str]]
    """Id of its scope (`EntraApp.scopeId`)."""
    gateway_service_principal_object_id: NotRequired[Input[str]]
    """With `consent: code`: object id of its service principal."""
    consent: NotRequired[str]
    """`links` (default): a person consents. `code`: the grants are declared here, protected and kept on destroy."""
    import_grants: NotRequired[dict[str, GrantImportArgs]]
    """With `code`: grants that exist, by `desktopGraph`, `desktopGateway`, `desktopCognitiveServices`."""


def plan_of(args: DesktopSignInArgs) -> DesktopSignInPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "DesktopSignIn", DesktopSignInArgs.__annotations__, ["tenant_id", "api"])
    return DesktopSignInPlan(
        tenant_id=known_text(args["tenant_id"]),
        api=args["api"],
        bearer_token_type=args.get("bearer_token_type", "access_token"),
        cloud=args.get("cloud", "global"),
        broker=args.get("broker", True),
        device_code=args.get("device_code", False),
        gateway_client_id=known_text(args.get("gateway_client_id")),
        names_gateway="gateway_client_id" in args and "gateway_scope_id" in args,
        names_gateway_principal="gateway_service_principal_object_id" in args,
        owners=[known_text(one) for one in args.get("owners", [])],
        assignment_required=args.get("assignment_required", False),
        groups=[known_text(one) for one in args.get("groups", [])],
        import_object_id=args.get("import_object_id"),
        consent=args.get("consent", "links"),
        imports=imports_of(args.get("import_grants", {})),
    )
