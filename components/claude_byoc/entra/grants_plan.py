"""Tenant-wide grants of delegated permissions: what each will hold, and what is said of one that exists.

Pure. Entra has one such grant per app and API. The provider neither merges nor adopts it: a create beside an
existing grant fails, and a delete takes the whole grant away, whoever gave what is in it.
source: github.com/hashicorp/terraform-provider-azuread service_principal_delegated_permission_grant_resource.go
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from claude_byoc.contract.entra_permissions import GATEWAY, REFERENCE_IDS, RESOURCE_NAMES, Permission
from claude_byoc.contract.problems import Problem

CONSENTS = ("links", "code")
"""How consent is given: by a person who follows links (default), or declared as code."""

_PREFIX = "/oauth2PermissionGrants/"
_ID = re.compile(r"(/oauth2PermissionGrants/)?[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class GrantImport:
    """A grant that exists: its id in Microsoft Graph and the scopes that it has."""

    id: str
    scopes: Sequence[str]


@dataclass(frozen=True)
class GrantPlan:
    """One grant. `key` is its name under `importGrants`, `resource` the API (a key of RESOURCE_NAMES)."""

    key: str
    resource: str
    scopes: Sequence[str]
    imported: GrantImport | None = None

    @property
    def import_id(self) -> str | None:
        """The id by which the provider imports it, None for a grant that is to be made."""
        return self.imported and _PREFIX + self.imported.id.removeprefix(_PREFIX)

    @property
    def claim_values(self) -> list[str]:
        """The scopes that it will hold: those it has, where it is imported."""
        return sorted(self.imported.scopes if self.imported else self.scopes)

    def hints(self) -> list[Problem]:
        """Return a warning where an imported grant lacks a scope that is needed."""
        if self.imported is None or not (missing := sorted(set(self.scopes) - set(self.imported.scopes))):
            return []
        return [
            Problem(
                f"entra.importGrants.{self.key}.scopes",
                f"lacks {', '.join(missing)}, so that people would be asked for consent, or refused",
                ", ".join(sorted(self.scopes)) + ", and what the grant holds besides",
                f"import the grant as it is (one `pulumi up`), then add {', '.join(missing)} to the list",
                "warning",
            )
        ]


def grants_of(
    permissions: Collection[Permission], imports: Mapping[str, GrantImport], prefix: str = ""
) -> list[GrantPlan]:
    """Return one grant per API of `permissions`; `prefix` sets apps of one tenant apart (`desktop` -> desktopGraph)."""
    grants: list[GrantPlan] = []
    for resource in RESOURCE_NAMES:
        if scopes := [one.scope for one in permissions if one.resource == resource]:
            key = prefix + (resource[0].upper() + resource[1:] if prefix else resource)
            grants.append(GrantPlan(key, resource, scopes, imports.get(key)))
    return grants


def import_problems(
    consent: str, grants: Sequence[GrantPlan], imports: Mapping[str, GrantImport]
) -> list[Problem]:
    """Return what is wrong with `consent` and `import_grants` of one app."""
    found: list[Problem] = []
    if consent not in CONSENTS:
        found.append(
            Problem("entra.consent", f"is {consent!r}", " or ".join(CONSENTS), "choose one of the two")
        )
    known = [grant.key for grant in grants]
    for key, imported in imports.items():
        place = f"entra.importGrants.{key}"
        if consent == "links":
            wrong = "is set, and no grant is declared: consent is given by links"
            found.append(
                Problem(place, wrong, "with `consent: code` alone", "remove it, or set `consent: code`")
            )
        elif key not in known:
            wrong = "names no grant that this app needs"
            found.append(Problem(place, wrong, ", ".join(known), "correct the name, or remove it"))
        if not _ID.fullmatch(imported.id):
            allowed = "43 characters of base64url, as Microsoft Graph shows them"
            cure = "copy it from the message of the preview that found the grant"
            found.append(Problem(f"{place}.id", "is not the id of a tenant-wide grant", allowed, cure))
        if not imported.scopes:
            allowed = "every scope that the grant has now"
            found.append(Problem(f"{place}.scopes", "is empty", allowed, "list them all"))
    return found


def existing_grant(grant: GrantPlan, found: GrantImport, app: str) -> Problem:
    """Return the problem of a grant that exists: what it holds, and what imports it. `app` names the app."""
    setting = f"claude-byoc:settings.entra.importGrants.{grant.key}"
    pairs = [f"{setting}.id={found.id}"]
    pairs += [f"{setting}.scopes[{at}]={scope}" for at, scope in enumerate(sorted(found.scopes))]
    words = " ".join(f"--plaintext '{pair}'" for pair in pairs)
    scopes = ", ".join(f'"{scope}"' for scope in sorted(found.scopes))
    return Problem(
        f"entra.importGrants.{grant.key}",
        f"is missing, and {app} has a tenant-wide grant for {RESOURCE_NAMES[grant.resource]} already "
        f"({', '.join(sorted(found.scopes))}); the provider would neither merge nor adopt it",
        "one grant per app and API: an existing one is imported and keeps what it holds",
        f"run: pulumi config set-all --path {words}\n"
        f"           or, in a program of your own, give the component "
        f'import_grants={{"{grant.key}": {{"id": "{found.id}", "scopes": [{scopes}]}}}}',
    )


def dropped_scopes(grant: GrantPlan, old: Collection[str], new: Collection[str]) -> list[Problem]:
    """Return a problem where an update would take scopes away that this package never gives."""
    ours = set(REFERENCE_IDS.get(grant.resource, {})) if grant.resource != GATEWAY else set(grant.scopes)
    foreign = sorted(set(old) - set(new) - ours)
    if not foreign:
        return []
    return [
        Problem(
            f"entra.importGrants.{grant.key}.scopes",
            f"would take {', '.join(foreign)} from a grant that others rely on",
            "the scopes that the grant had when it was imported",
            f"keep {', '.join(foreign)} in the list; to take them away, do it in the Entra admin center",
        )
    ]
