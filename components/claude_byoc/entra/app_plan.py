"""What `EntraApp` will declare, checked before anything is.

Pure. A value that is not known yet (an Output) is None here and is checked when it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from claude_byoc.contract import entra
from claude_byoc.contract.entra_permissions import (
    REFERENCE_IDS,
    RESOURCE_NAMES,
    USES,
    Permission,
    permissions_of,
    reaches_data,
)
from claude_byoc.contract.problems import Problem, nearest
from claude_byoc.entra.grants_plan import GrantImport, GrantPlan, grants_of, import_problems

ROLE_KEY_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"
ROLE_VALUE_PATTERN = r"^(?!\.)[A-Za-z0-9:!#$%&'()*+,./;<=>?@\[\]^_{|}~`-]{1,249}$"
"""source: github.com/hashicorp/terraform-provider-azuread internal/services/applications/validate/tokens.go"""


@dataclass(frozen=True)
class RolePlan:
    """One app role and the object ids assigned to it."""

    value: str
    groups: Sequence[str | None] = ()


@dataclass(frozen=True)
class EntraAppPlan:
    """The organisation's own app."""

    tenant_id: str | None
    display_name: str = "Claude"
    cloud: str = "global"
    uses: Sequence[str] = ("sso",)
    people_read: bool = False
    roles: Mapping[str, RolePlan] = field(default_factory=dict[str, RolePlan])
    owners: Sequence[str | None] = ()
    assignment_required: bool = False
    groups: Sequence[str | None] = ()
    allow_public_client_flows: bool = False
    allow_public_client_flows_with_graph: bool = False
    import_object_id: str | None = None
    consent: str = "links"
    imports: Mapping[str, GrantImport] = field(default_factory=dict[str, GrantImport])

    @property
    def permissions(self) -> list[Permission]:
        """The delegated permissions that the app asks for."""
        return permissions_of(self.uses, people_read=self.people_read)

    @property
    def exposes_api(self) -> bool:
        """Whether the app is an API of its own, for the gateway."""
        return "gateway" in self.uses

    def grants(self) -> list[GrantPlan]:
        """Return the grants that consent amounts to, whether declared or given by links."""
        return grants_of(self.permissions, self.imports)

    def problems(self) -> list[Problem]:
        """Return everything that Entra would refuse, or that would not be as safe as it seems."""
        ids = {
            "entra.tenantId": [self.tenant_id],
            "entra.app.owners": self.owners,
            "entra.app.groups": self.groups,
            "entra.app.importObjectId": [self.import_object_id],
            **{f"entra.app.appRoles.{key}.groups": role.groups for key, role in self.roles.items()},
        }
        return [
            *cloud_problems(self.cloud),
            *self._uses(),
            *self._roles(),
            *guid_problems(ids),
            *self._public_client(),
            *self._people(),
            *import_problems(self.consent, self.grants(), self.imports),
        ]

    def hints(self) -> list[Problem]:
        """Return warnings."""
        found = [hint for grant in self.grants() for hint in grant.hints()]
        assigned = [*self.groups, *(group for role in self.roles.values() for group in role.groups)]
        if self.assignment_required and not assigned:
            found.append(
                Problem(
                    "entra.app.assignmentRequired",
                    "is set, and nobody is assigned: no one can sign in",
                    "with groups, or with groups in appRoles",
                    "name a group, or assign people in the Entra admin center",
                    "warning",
                )
            )
        return found

    def _uses(self) -> list[Problem]:
        found: list[Problem] = []
        if not self.uses:
            found.append(
                Problem(
                    "entra.app.uses", "is empty", ", ".join(USES), "name what the app is for, at least sso"
                )
            )
        for use in self.uses:
            if use not in USES:
                meant = nearest(use, USES)
                cure = f"did you mean {meant}?" if meant else "Bedrock and Vertex AI need `sso` alone"
                found.append(Problem("entra.app.uses", f"names {use!r}", ", ".join(USES), cure))
        if self.people_read and "outlook" not in self.uses:
            allowed = "with `outlook` among the uses"
            found.append(Problem("entra.app.peopleRead", "is set without Outlook", allowed, "remove it"))
        return found

    def _roles(self) -> list[Problem]:
        found: list[Problem] = []
        values: dict[str, str] = {}
        for key, role in self.roles.items():
            place = f"entra.app.appRoles.{key}"
            if not re.match(ROLE_KEY_PATTERN, key):
                allowed = "a lower-case letter, then letters, digits and hyphens, 31 at most"
                found.append(Problem(place, "is not a key of a role", allowed, "rename it"))
            if not re.match(ROLE_VALUE_PATTERN, role.value):
                allowed = "up to 249 characters without spaces, the first no period"
                found.append(Problem(f"{place}.value", "cannot stand in a token", allowed, "choose another"))
            if role.value in values:
                wrong = f"is the value of {values[role.value]} as well"
                found.append(Problem(f"{place}.value", wrong, "a value of its own", "choose another"))
            values.setdefault(role.value, key)
        if self.groups and self.roles:
            found.append(
                Problem(
                    "entra.app.groups",
                    "assigns without a role, which Entra refuses for an app that has roles",
                    "groups below appRoles, or no appRoles",
                    "move each group to a role",
                )
            )
        return found

    def _public_client(self) -> list[Problem]:
        allowed = self.allow_public_client_flows
        if not allowed or self.allow_public_client_flows_with_graph or not reaches_data(self.permissions):
            return []
        return [
            Problem(
                "entra.app.allowPublicClientFlows",
                "is set for an app that reaches mail: a device code that someone was tricked into entering would "
                "reach it without a prompt",
                "false; Claude Desktop has a registration of its own (entra.desktop)",
                "remove it, or take the risk by name: allowPublicClientFlowsWithGraph: true",
            )
        ]

    def _people(self) -> list[Problem]:
        if self.display_name.strip() and len(self.display_name) <= _LONGEST_NAME:
            return []
        allowed = f"1 to {_LONGEST_NAME} characters"
        return [Problem("entra.app.displayName", "is empty or too long", allowed, "choose another name")]


_LONGEST_NAME = 256
"""source: https://learn.microsoft.com/graph/api/resources/application (displayName)"""


def cloud_problems(cloud: str) -> list[Problem]:
    """Return a problem unless `cloud` is a Microsoft cloud."""
    if cloud in entra.CLOUDS:
        return []
    return [Problem("entra.cloud", f"is {cloud!r}", ", ".join(entra.CLOUDS), "choose one of them")]


def guid_problems(ids: Mapping[str, Sequence[str | None]]) -> list[Problem]:
    """Return a problem for each setting that holds something else than a GUID, or one twice."""
    found: list[Problem] = []
    for key, values in ids.items():
        texts = [value for value in values if value is not None]
        for text in dict.fromkeys(texts):
            found += entra.check_guid(key, text)
        if len({text.lower() for text in texts}) < len(texts):
            found.append(Problem(key, "names an id twice", "each id once", "remove the second"))
    return list(dict.fromkeys(found))


def permission_ids(
    resource: str, scopes: Sequence[str], published: Mapping[str, str], cloud: str
) -> tuple[list[str], list[Problem]]:
    """Return the ids of `scopes` as the tenant's own service principal publishes them, and what is wrong.

    In the global cloud an id that differs from the reference is an error, as someone may have put another API in
    its place. Elsewhere the reference is less sure: the tenant's id holds, with a warning.
    """
    found: list[Problem] = []
    ids: list[str] = []
    name = RESOURCE_NAMES[resource]
    for scope in scopes:
        expected, actual = REFERENCE_IDS[resource][scope], published.get(scope)
        if actual is None:
            found.append(
                Problem(
                    "entra.app.uses",
                    f"needs the permission {scope}, which {name} does not publish in this tenant",
                    f"{scope} ({expected})",
                    "check that the tenant is in the cloud named in entra.cloud",
                )
            )
            continue
        ids.append(actual)
        if actual.lower() != expected:
            found.append(
                Problem(
                    "entra.app.uses",
                    f"needs {scope} of {name}, whose id in this tenant is {actual} and not {expected}",
                    expected,
                    "find out why before anybody consents; compare with the permissions reference of "
                    "Microsoft Graph",
                    "error" if cloud == "global" else "warning",
                )
            )
    return ids, found
