"""Consent: who must click what, what it grants, how to see that it worked and how to take it back.

source: https://claude.com/docs/office-agents (sign-in and Outlook consent); https://learn.microsoft.com/entra/
identity/enterprise-apps/grant-admin-consent and .../manage-application-permissions
"""

from collections.abc import Iterator, Mapping

from claude_byoc.contract.entra import ANTHROPIC_APP_ID, CLOUDS, check_guid, consent_url
from claude_byoc.contract.entra_consent import CONSENT_GIVER
from claude_byoc.rollout.document import (
    Block,
    Code,
    Document,
    Items,
    Link,
    Rich,
    Section,
    Step,
    Steps,
    Strong,
    Table,
    Text,
)
from claude_byoc.rollout.environment import Environment, entries, mapping, text
from claude_byoc.rollout.permissions import Grant, app_grants, scopes_of

_ERRORS: tuple[tuple[Rich, ...], ...] = (
    (
        Code("AADSTS65001"),
        "Nobody has consented yet, or not to every scope.",
        "Open the link again as an administrator.",
    ),
    (Code("AADSTS90094"), "The person may not consent.", "An administrator opens the link."),
    (
        Code("AADSTS50105"),
        "The app asks for an assignment that the person lacks.",
        "Assign the person or a group to the app.",
    ),
    (
        Code("AADSTS50011"),
        "The app lacks a redirect address.",
        "Add the address that the message names, platform SPA.",
    ),
    (
        Code("AADSTS700016"),
        "The app is not in this tenant.",
        "Check the application id and the tenant of the link.",
    ),
)
"""Codes that people see when consent is missing. source: https://learn.microsoft.com/entra/identity-platform/
reference-error-codes"""


def needed(env: Environment) -> bool:
    """Tell whether there is anything to say about consent."""
    return _state(env) == "granted" or bool(_links(env))


def consent_document(env: Environment) -> Document:
    """Return the page for the administrators who give consent."""
    return Document(
        title=f"Consent for {env.label}",
        subtitle="Who must consent to what, once for the whole tenant, before people start.",
        sections=(*_cases(env), _proof(env)),
        notice=EXERCISE if env.exercise else "",
    )


EXERCISE = "Made by the stand-in clouds: an exercise. Do not upload or follow it."


def consent_section(env: Environment) -> Section:
    """Return the same for the report, as one section."""
    blocks: list[Block] = []
    for section in _cases(env):
        blocks += [Text(Strong(section.title)), *section.blocks]
    return Section("consent", "Consent", tuple(blocks))


def _state(env: Environment) -> str:
    return text(mapping(env.outputs.get("consent")).get("state"))


def _links(env: Environment) -> list[Mapping[str, object]]:
    return entries(mapping(env.outputs.get("consent")).get("links"))


def _cases(env: Environment) -> Iterator[Section]:
    links = _links(env)
    if _state(env) == "granted":
        granted = Text(
            (
                "The stack has given consent as code; nobody has to click. The grants outlive a destroy. ",
                "An administrator takes them back in the ",
                Link("Entra admin center", CLOUDS[env.cloud].portal),
                ": Enterprise applications, ",
                Code(env.client_id),
                ", Permissions.",
            )
        )
        yield Section("granted", "Given as code", (granted, *_grants_table(app_grants(env))))
    for number, link in enumerate(links, 1):
        url = text(link.get("url"))
        why = text(link.get("why")) or "consent"
        step = Step(text(link.get("who")) or "Administrator", f"Open the link and accept: {why}.", url=url)
        grants = _granted_by(env, url)
        yield Section(f"link-{number}", why[:1].upper() + why[1:], (Steps((step,)), *_grants_table(grants)))
    yield from _team_apps(env)
    if not links and _state(env) != "granted":
        yield Section("none", "Nobody has to consent", (Text(_why_none(env)),))
    if "vertex" in env.all_paths:
        yield _google()


def _team_apps(env: Environment) -> Iterator[Section]:
    """Yield the apps of teams that have one of their own, which the stack does not own."""
    for role in env.roles:
        for app in role.audiences:
            if app.lower() in (env.client_id.lower(), ANTHROPIC_APP_ID) or check_guid("", app):
                continue
            what = f"Open the link and accept what the app of the team {role.team} asks for."
            url = (
                consent_url(env.cloud, app, tenant_id=env.tenant_id)
                if not check_guid("", env.tenant_id)
                else ""
            )
            yield Section(
                f"team-{app.lower()}",
                f"The app of the team {role.team}",
                (Steps((Step(CONSENT_GIVER, what, url=url),)),),
            )


def _why_none(env: Environment) -> str:
    if env.signs_in:
        return "The outputs name no consent link. Whoever is asked for consent looks at the stack that owns the tenant."
    return (
        "People do not sign in to the add-in with their work account here, so no app asks the tenant for anything. "
        "The connection is in the manifest, or people enter it."
    )


def _granted_by(env: Environment, url: str) -> list[Grant]:
    return list(scopes_of(url, f"Entra app {env.client_id}")) or app_grants(env)


def _grants_table(grants: list[Grant]) -> tuple[Block, ...]:
    rows: tuple[tuple[Rich, ...], ...] = tuple((Code(one.what), one.where, one.why) for one in grants)
    return (Table("What it grants", ("Scope", "Of", "For"), rows),) if rows else ()


def _google() -> Section:
    return Section(
        "google",
        "Google",
        (
            Text(
                "Vertex AI needs no Entra consent. Each person signs in with a Google account on the first start. With "
                "the OAuth consent screen of type Internal nobody outside the organisation can, and Google's review is "
                "not needed."
            ),
        ),
    )


def _proof(env: Environment) -> Section:
    whose = "the organisation's own app" if env.own_app else "Anthropic's app Claude for Office"
    portal = CLOUDS[env.cloud].portal
    command = f"az ad app permission list-grants --id {env.client_id} --show-resource-name"
    seen: tuple[Rich, ...] = (
        "After Accept the address in the browser has admin_consent=True; with error= it names what went wrong.",
        (
            "In the ",
            Link("Entra admin center", portal),
            f", Enterprise applications, {whose} (application id ",
            Code(env.client_id),
            "), Permissions: the tab Admin consent lists the scopes above.",
        ),
        ("Read without a portal: ", Code(command), " lists the grants with consentType AllPrincipals."),
        "A person of the pilot group opens the add-in and is not asked for permission.",
    )
    errors = Table("What people see when it is missing", ("Code", "Means", "Cure"), _ERRORS)
    again = Text(
        "To take consent back: the same page, Review permissions, or delete the enterprise application. People then "
        "lose access when their token ends, within about an hour."
    )
    return Section("proof", "How to see that it worked", (Items(seen), errors, again))


def consent_links(env: Environment) -> list[dict[str, object]]:
    """Return the links for a program: [{who, why, url, grants: [scope]}]."""
    return [
        {
            **{name: text(link.get(name)) for name in ("who", "why", "url")},
            "grants": [one.what for one in _granted_by(env, text(link.get("url")))],
        }
        for link in _links(env)
    ]
