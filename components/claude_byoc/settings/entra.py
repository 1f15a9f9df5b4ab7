"""Settings of the Entra part."""

from typing import Annotated

from pydantic import Field

from claude_byoc.contract import entra, entra_permissions
from claude_byoc.entra.anthropic_args import USES as ANTHROPIC_USES
from claude_byoc.entra.app_plan import ROLE_KEY_PATTERN, ROLE_VALUE_PATTERN
from claude_byoc.entra.desktop_plan import APIS, BEARER_TOKEN_TYPES
from claude_byoc.entra.grants_plan import CONSENTS
from claude_byoc.entra.tenant_plan import IMPORT_KEYS, STACK_PATTERN
from claude_byoc.settings.base import GUID, Section, one_of

Guid = Annotated[str, Field(pattern=GUID)]
# pydantic's regular expressions have no look-ahead; the plan refuses a leading period.
_VALUE = ROLE_VALUE_PATTERN.replace(r"(?!\.)", "")


class AppRoleSettings(Section):
    """An app role: Entra puts its value into the tokens of the people assigned to it."""

    value: str | None = Field(
        None, pattern=_VALUE, description="What the claim `roles` holds. Default: the role's key."
    )
    display_name: str | None = Field(None, min_length=1, description="Name that administrators see.")
    description: str | None = Field(None, min_length=1, description="What people of the role may do.")
    groups: list[Guid] | None = Field(
        None, description="Object ids of the groups assigned to it; members of nested groups are not."
    )


class _RegistrationSettings(Section):
    """What every registration of ours may be told."""

    display_name: str | None = Field(
        None, min_length=1, max_length=256, description="Name of the app, as people see it at sign-in."
    )
    owners: list[Guid] | None = Field(
        None,
        description="Object ids of people who may change the app. Not the identity that runs the stack.",
    )
    operator_object_id: Guid | None = Field(
        None,
        description="Object id of the pipeline's identity where it has Application.ReadWrite.OwnedBy alone.",
    )
    assignment_required: bool | None = Field(
        None, description="Only assigned people may sign in. Default false."
    )
    groups: list[Guid] | None = Field(
        None, description="Object ids of the groups that are assigned without a role."
    )
    notes: str | None = Field(
        None, min_length=1, description="Notes on the registration, before the line that says whose it is."
    )
    import_object_id: Guid | None = Field(
        None,
        description="Object id of a registration to take into the state, for instance one that an interrupted "
        "run left.",
    )


class EntraAppSettings(_RegistrationSettings):
    """The organisation's own app, declared here; {} takes every default."""

    uses: list[Annotated[str, Field(pattern=one_of(entra_permissions.USES))]] | None = Field(
        None,
        min_length=1,
        description="What people's tokens are for: "
        + ", ".join(entra_permissions.USES)
        + ". Default: what the environment's hosts and paths need.",
    )
    people_read: bool | None = Field(
        None, description="With Outlook: also asks for People.Read. Default false."
    )
    app_roles: dict[Annotated[str, Field(pattern=ROLE_KEY_PATTERN)], AppRoleSettings] | None = Field(
        None, description="App roles by key, for instance a team each."
    )
    allow_public_client_flows: bool | None = Field(
        None, description="Lets people sign in by device code, the way of phishing. Default false."
    )
    allow_public_client_flows_with_graph: bool | None = Field(
        None, description="Allows that even though the app reaches mail. Default false."
    )


class DesktopSignInSettings(_RegistrationSettings):
    """The registration by which Claude Desktop signs people in, apart from the add-in's app."""

    api: str | None = Field(
        None,
        pattern=one_of(APIS),
        description="What Claude Desktop calls with people's tokens: gateway or foundry. Default: the path of the "
        "host desktop.",
    )
    bearer_token_type: str | None = Field(
        None,
        pattern=one_of(BEARER_TOKEN_TYPES),
        description="What it sends to a gateway: access_token (default) or id_token.",
    )
    broker: bool | None = Field(
        None,
        description="Also signs in through the operating system's broker (Windows, macOS). Default true.",
    )
    device_code: bool | None = Field(
        None,
        description="With foundry: also signs in by device code, the way of phishing. Default false.",
    )


class AnthropicAppSettings(Section):
    """Anthropic's app as the tenant has it; {} looks it up and declares nothing about it."""

    uses: list[Annotated[str, Field(pattern=one_of(ANTHROPIC_USES))]] | None = Field(
        None,
        min_length=1,
        description="sso, outlook. Default: what the environment's hosts need.",
    )
    people_read: bool | None = Field(None, description="With Outlook: also People.Read. Default false.")
    existing_service_principal_id: Guid | None = Field(
        None,
        description="Object id of its service principal in this tenant: it is taken into the state, protected "
        "and never deleted, so that assignment can be required.",
    )
    assignment_required: bool | None = Field(
        None,
        description="Only assigned people may sign in. Default true with existingServicePrincipalId.",
    )
    groups: list[Guid] | None = Field(None, description="Object ids of the groups that are assigned.")


class GrantImportSettings(Section):
    """A tenant-wide grant that exists, taken into the state as it is and never deleted."""

    id: str = Field(
        pattern=r"^(/oauth2PermissionGrants/)?[A-Za-z0-9_-]{43}$",
        description="Id of the grant in Microsoft Graph.",
    )
    scopes: list[Annotated[str, Field(pattern=r"^\S+$")]] = Field(
        min_length=1,
        description="Every scope that it holds now; after the import, further ones may be added.",
    )


class EntraSettings(Section):
    """The Entra tenant whose people use Claude."""

    tenant_id: str = Field(pattern=GUID, description="Tenant id (GUID).")
    cloud: str = Field(
        "global",
        pattern=one_of(entra.CLOUDS),
        description="Entra cloud: " + ", ".join(entra.CLOUDS) + ".",
    )
    client_id: str | None = Field(
        None,
        pattern=GUID,
        description="Application id (GUID) of the organisation's own app. Default: Anthropic's app.",
    )
    scope: str | None = Field(
        None,
        pattern=r"^(api|https)://\S+/[^\s/]+$",
        description="With clientId: scope of the API that the app exposes for the gateway. Default: "
        "api://<clientId>/access_as_user.",
    )
    desktop_client_id: str | None = Field(
        None,
        pattern=GUID,
        description="Application id (GUID) of the registration by which Claude Desktop signs people in.",
    )
    from_stack: str | None = Field(
        None,
        pattern=STACK_PATTERN,
        description="Stack that declares the tenant's app (organization/project/stack), read instead of clientId.",
    )
    app: EntraAppSettings | None = Field(
        None, description="Declares the organisation's own app in this stack."
    )
    desktop: DesktopSignInSettings | None = Field(
        None, description="Declares the registration of Claude Desktop in this stack."
    )
    anthropic_app: AnthropicAppSettings | None = Field(
        None, description="Consent to Anthropic's app, and who is assigned to it."
    )
    consent: str | None = Field(
        None,
        pattern=one_of(CONSENTS),
        description="links (default): a person consents. code: the grants are declared, protected and kept on "
        "destroy.",
    )
    import_grants: dict[Annotated[str, Field(pattern=one_of(IMPORT_KEYS))], GrantImportSettings] | None = (
        Field(
            None,
            description="With `consent: code`: grants that exist, as the preview that found them says.",
        )
    )
