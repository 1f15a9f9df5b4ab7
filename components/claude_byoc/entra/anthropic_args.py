"""The arguments of `AnthropicApp` and what they ask for, apart from it so that neither needs the Entra SDK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, require
from claude_byoc.contract.entra_permissions import permissions_of
from claude_byoc.contract.problems import Problem
from claude_byoc.entra.app_args import GrantImportArgs, imports_of
from claude_byoc.entra.app_plan import cloud_problems, guid_problems
from claude_byoc.entra.grants_plan import GrantImport, GrantPlan, grants_of, import_problems

USES = ("sso", "outlook")
"""What Anthropic's app can be for; a token for a gateway or for Foundry needs an app of your own."""


class TenantAnthropicAppArgs(TypedDict, total=False):
    """Anthropic's app as the tenant has it; `{}` looks it up and declares nothing about it."""

    uses: list[str]
    """`sso` (default), `outlook`."""
    people_read: bool
    """With `outlook`: also People.Read. Default false."""
    existing_service_principal_id: str
    """Object id of the app's service principal in this tenant. With it, the service principal is taken into the
    state, protected and never deleted, so that assignment can be required."""
    assignment_required: bool
    """Only assigned people may sign in; needs `existing_service_principal_id`. Default true with it."""
    groups: list[Input[str]]
    """Object ids of the groups (or users) that are assigned."""


class AnthropicAppArgs(TenantAnthropicAppArgs):
    """What `AnthropicApp` needs to know."""

    tenant_id: Input[str]
    """Tenant id (GUID)."""
    cloud: NotRequired[str]
    """`global`, the only cloud in which the app exists."""
    consent: NotRequired[str]
    """`links` (default): a person consents. `code`: the grants are declared here, protected and kept on destroy."""
    import_grants: NotRequired[dict[str, GrantImportArgs]]
    """With `code`: grants that exist, by `anthropicGraph`."""


@dataclass(frozen=True)
class AnthropicAppPlan:
    """What is declared about Anthropic's app."""

    tenant_id: str | None
    cloud: str = "global"
    uses: Sequence[str] = ("sso",)
    people_read: bool = False
    existing_service_principal_id: str | None = None
    assignment_required: bool = False
    groups: Sequence[str | None] = ()
    consent: str = "links"
    imports: Mapping[str, GrantImport] = field(default_factory=dict[str, GrantImport])

    def grants(self) -> list[GrantPlan]:
        """Return the grants that consent amounts to."""
        return grants_of(permissions_of(self.uses, people_read=self.people_read), self.imports, "anthropic")

    def problems(self) -> list[Problem]:
        """Return everything that cannot be, or that would not do what it seems to."""
        found = [*cloud_problems(self.cloud)]
        if not found and self.cloud != "global":
            found.append(
                Problem(
                    "entra.anthropicApp",
                    f"is set, and Anthropic's app does not exist in the cloud {self.cloud}",
                    "an app of your own outside the global cloud",
                    "use entra.app instead",
                )
            )
        if refused := [use for use in self.uses if use not in USES] or ([] if self.uses else ["nothing"]):
            found.append(
                Problem(
                    "entra.anthropicApp.uses",
                    f"names {', '.join(refused)}",
                    ", ".join(USES),
                    "use an app of your own (entra.app) for a gateway or Foundry",
                )
            )
        if self.people_read and "outlook" not in self.uses:
            allowed = "with `outlook` among the uses"
            found.append(
                Problem("entra.anthropicApp.peopleRead", "is set without Outlook", allowed, "remove it")
            )
        if self.assignment_required and self.existing_service_principal_id is None:
            found.append(
                Problem(
                    "entra.anthropicApp.assignmentRequired",
                    "changes a service principal that this stack does not hold",
                    "with existingServicePrincipalId: its object id in your tenant",
                    "add the id (az ad sp show --id c2995f31-11e7-4882-b7a7-ef9def0a0266 --query id), or set it "
                    "in the Entra admin center",
                )
            )
        return [
            *found,
            *guid_problems(
                {
                    "entra.tenantId": [self.tenant_id],
                    "entra.anthropicApp.existingServicePrincipalId": [self.existing_service_principal_id],
                    "entra.anthropicApp.groups": self.groups,
                }
            ),
            *import_problems(self.consent, self.grants(), self.imports),
        ]

    def hints(self) -> list[Problem]:
        """Return warnings."""
        found = [hint for grant in self.grants() for hint in grant.hints()]
        if self.assignment_required and not self.groups:
            found.append(
                Problem(
                    "entra.anthropicApp.groups",
                    "is empty, and assignment is required: only who was assigned by hand can sign in",
                    "object ids of groups",
                    "name a group",
                    "warning",
                )
            )
        return found


def plan_of(args: AnthropicAppArgs) -> AnthropicAppPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "AnthropicApp", AnthropicAppArgs.__annotations__, ["tenant_id"])
    existing = args.get("existing_service_principal_id")
    return AnthropicAppPlan(
        tenant_id=known_text(args["tenant_id"]),
        cloud=args.get("cloud", "global"),
        uses=tuple(args.get("uses", ["sso"])),
        people_read=args.get("people_read", False),
        existing_service_principal_id=existing,
        assignment_required=args.get("assignment_required", existing is not None),
        groups=[known_text(one) for one in args.get("groups", [])],
        consent=args.get("consent", "links"),
        imports=imports_of(args.get("import_grants", {})),
    )
