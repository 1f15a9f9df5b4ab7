"""Every permission that the environment gives, to whom and why: the inventory for a security review."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from claude_byoc.contract.entra_permissions import ACCESS_SCOPE, RESOURCE_NAMES, permissions_of
from claude_byoc.contract.google import PREDICT_PERMISSION, USER_ROLE
from claude_byoc.rollout.document import Code, Piece, Rich, Section, Table, Text
from claude_byoc.rollout.environment import Environment, entries, mapping, text
from claude_byoc.rollout.gateway_facts import upstreams


@dataclass(frozen=True)
class Grant:
    """`holder` may do `what` on `where`, because of `why`."""

    holder: str
    what: str
    where: str
    why: str


BEDROCK_ACTIONS: Mapping[str, str] = {
    "bedrock:InvokeModel": "asks a Claude model and takes the answer whole",
    "bedrock:InvokeModelWithResponseStream": "asks a Claude model and takes the answer as it is written",
    "bedrock:ListInferenceProfiles": "the add-in lists the inference profiles at sign-in; 403 without it",
    "bedrock:GetInferenceProfile": "the add-in looks a profile up at sign-in; 403 without it",
}
"""Every action of a role's policy and its reason.
source: bedrock page of claude-for-msft-365-install."""

SCOPES: Mapping[str, str] = {
    "openid": "sign-in",
    "profile": "name of the person who signs in",
    "email": "mail address of the person who signs in",
    "offline_access": "stays signed in without asking again",
    "User.Read": "reads the signed-in person's own profile",
    "Mail.ReadWrite": "reads mail, files it and writes drafts; cannot send (that would be Mail.Send)",
    "Calendars.Read": "reads the calendar",
    "People.Read": "finds the people that the person works with",
    "user_impersonation": "calls Azure AI services as the signed-in person",
    ACCESS_SCOPE: "calls the gateway as the signed-in person",
}
"""Delegated scopes and their reason. source: Microsoft Graph permissions reference; entra-app page of
claude-for-msft-365-install."""

MANIFEST_PERMISSIONS: Mapping[str, str] = {
    "ReadWriteDocument": "reads and changes the open document",
    "ReadWriteMailbox": "reads and changes what is in the mailbox, through Office.js",
    "ReadWriteItem": "reads and changes the open message",
    "ReadItem": "reads the open message",
}
"""Permission levels of an Office add-in. source: Microsoft, requesting permissions for add-ins."""


def permissions(env: Environment, levels: Mapping[str, str]) -> Section:
    """Return the inventory; `levels` maps a host to the permission level in its manifest."""
    together: dict[tuple[str, str], list[Grant]] = {}
    for one in inventory(env, levels):
        together.setdefault((one.holder, one.where), []).append(one)
    rows: list[tuple[Rich, ...]] = [
        (holder, _listed(grants), where, "; ".join(dict.fromkeys(one.why for one in grants)))
        for (holder, where), grants in together.items()
    ]
    blocks = (
        Text("Delegated scopes act with the rights of the person who is signed in, never with more."),
        Table("Permissions", ("Who", "May", "On", "Why"), tuple(rows)),
    )
    return Section("permissions", "Permissions and why", blocks)


def _listed(grants: list[Grant]) -> Rich:
    found: list[Piece] = []
    for one in grants:
        found += [", ", Code(one.what)] if found else [Code(one.what)]
    return tuple(found)


def inventory(env: Environment, levels: Mapping[str, str]) -> list[Grant]:
    """Return every grant, without repetition."""
    found = [*_addin(levels), *_entra(env), *_bedrock(env), *_others(env)]
    return list(dict.fromkeys(found))


def _addin(levels: Mapping[str, str]) -> Iterator[Grant]:
    for host, level in levels.items():
        yield Grant(
            f"Add-in ({host})",
            level,
            "mailbox items" if host == "outlook" else "the open document",
            MANIFEST_PERMISSIONS.get(level, "set by its maker"),
        )


def _entra(env: Environment) -> Iterator[Grant]:
    yield from app_grants(env)
    for link in entries(mapping(env.outputs.get("consent")).get("links")):
        yield from scopes_of(text(link.get("url")), f"Entra app {env.client_id}")


def app_grants(env: Environment) -> list[Grant]:
    """Return what the app that people sign in to asks for, as its hosts and paths need it."""
    uses = [
        use
        for use, wanted in (
            ("sso", env.signs_in),
            ("outlook", "outlook" in env.hosts),
            ("foundry", env.own_app and "cognitiveservices" in env.value("entra_scope")),
            ("gateway", env.own_app and env.value("entra_scope").startswith("api://")),
        )
        if wanted
    ]
    return [
        Grant(
            f"Entra app {env.client_id}",
            one.scope,
            RESOURCE_NAMES[one.resource],
            SCOPES.get(one.scope, one.why),
        )
        for one in permissions_of(uses)
    ]


def scopes_of(url: str, app: str) -> Iterator[Grant]:
    """Yield the grants that a consent link asks for by name."""
    try:
        asked = parse_qs(urlsplit(url).query).get("scope", [])
    except ValueError:
        return
    for scope in " ".join(asked).split():
        resource, _, name = scope.rpartition("/")
        # Scopes without a resource, such as offline_access, are Microsoft Graph's too.
        graph = not resource or "graph" in (urlsplit(resource).hostname or "")
        where = RESOURCE_NAMES["graph"] if graph else resource
        yield Grant(app, name, where, SCOPES.get(name, "asked for by the consent link"))


def _bedrock(env: Environment) -> Iterator[Grant]:
    for role in env.roles:
        holder = f"Role {role.name or role.team}"
        yield Grant(
            role.assumable_by or role.team,
            "sts:AssumeRoleWithWebIdentity",
            holder,
            "an Entra token for the audience "
            + ", ".join(role.audiences)
            + " becomes temporary AWS credentials",
        )
        models = ", ".join(role.models) or "every Anthropic model"
        reach = ", ".join(role.residency)
        for action, why in BEDROCK_ACTIONS.items():
            where = (
                f"{models}; inference profiles of {reach}"
                if "Invoke" in action
                else "every inference profile (metadata)"
            )
            yield Grant(holder, action, where if reach or "Invoke" not in action else models, why)


def _others(env: Environment) -> Iterator[Grant]:
    if "vertex" in env.all_paths:
        yield Grant(
            "People of the Vertex AI path",
            USER_ROLE,
            f"project {text(env.part('vertex').get('projectId')) or env.value('gcp_project_id')}",
            f"asks Claude models; a role with {PREDICT_PERMISSION} alone is enough for that",
        )
    if "foundry" in env.all_paths:
        resource = text(env.part("foundry").get("resourceName")) or env.value("azure_resource_name")
        if env.has_secret("azure_api_key"):
            yield Grant(
                "Whoever has the manifest",
                "API key",
                f"Foundry resource {resource}",
                "the key stands for the resource, not for a person",
            )
        else:
            yield Grant(
                "People of the Foundry path",
                "Cognitive Services User",
                f"Foundry resource {resource}",
                "asks the deployed models",
            )
    if "gateway" in env.all_paths:
        if env.has_secret("gateway_token"):
            yield Grant(
                "Whoever has the manifest or attribute",
                "gateway token",
                "the gateway",
                "the token that the gateway issued",
            )
        why = "forwards requests; people never see it"
        behind = upstreams(env)
        for one in behind:
            yield Grant("The gateway", one.credential, one.place, why)
        if not behind:
            yield Grant("The gateway", "its provider's credential", "the provider behind it", why)
