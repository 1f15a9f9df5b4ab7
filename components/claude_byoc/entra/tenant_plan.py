"""Which app an environment uses: Anthropic's, one by value, another stack's, or one declared here. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from claude_byoc.arguments import camel
from claude_byoc.contract import entra
from claude_byoc.contract.entra_consent import access_scope
from claude_byoc.contract.problems import Problem
from claude_byoc.entra.grants_plan import CONSENTS

OWN_APP_SETTINGS = ("client_id", "from_stack", "app")
_SHOWN = {"client_id": "clientId", "from_stack": "fromStack", "app": "app"}

STACK_PATTERN = r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$"
"""organization/project/stack; with a backend that is no Pulumi Cloud the organization is `organization`."""

IMPORT_KEYS = (
    "graph",
    "cognitiveServices",
    "gateway",
    "desktopGraph",
    "desktopGateway",
    "desktopCognitiveServices",
    "anthropicGraph",
)
"""Grants that may exist, by app and API."""


def tenant_problems(settings: Mapping[str, Any]) -> list[Problem]:
    """Return what contradicts itself in the Entra settings (names as in the components' args)."""
    own = [name for name in OWN_APP_SETTINGS if name in settings]
    found: list[Problem] = []
    if len(own) > 1:
        found.append(
            Problem(
                f"entra.{_SHOWN[own[1]]}",
                f"is set beside {' and '.join(f'entra.{_SHOWN[name]}' for name in own if name != own[1])}",
                "one of " + ", ".join(f"entra.{name}" for name in _SHOWN.values()),
                "keep the one that is meant",
            )
        )
    if "scope" in settings and "client_id" not in settings:
        found.append(
            Problem(
                "entra.scope",
                "is set without entra.clientId",
                "the scope of the app that clientId names",
                "add clientId, or remove scope: it follows from app and fromStack",
            )
        )
    if (
        settings.get("client_id", "").lower() == entra.ANTHROPIC_APP_ID
        and settings.get("cloud", "global") != "global"
    ):
        found.append(
            Problem(
                "entra.clientId",
                f"is Anthropic's app, which does not exist in the cloud {settings['cloud']}",
                "an app of your own",
                "use entra.app, or name your app",
            )
        )
    if "desktop" in settings and "desktop_client_id" in settings:
        found.append(
            Problem(
                "entra.desktopClientId",
                "is set beside entra.desktop, which declares the registration here",
                "one of the two",
                "keep the one that is meant",
            )
        )
    declared = [name for name in ("app", "desktop", "anthropic_app") if name in settings]
    if settings.get("consent") == "code" and not declared:
        found.append(
            Problem(
                "entra.consent",
                "is code, and no app is declared here that it could be for",
                f"{CONSENTS[0]}, or app, desktop or anthropicApp beside it",
                "set it in the stack that declares the app",
            )
        )
    return [*found, *_imports(settings, declared)]


def _imports(settings: Mapping[str, Any], declared: Collection[str]) -> list[Problem]:
    imports = settings.get("import_grants") or {}
    found: list[Problem] = []
    for key in imports:
        if key not in IMPORT_KEYS:
            wrong, cure = "names no grant", "correct the name"
        elif settings.get("consent", "links") != "code":
            wrong, cure = "is set, and consent is given by links", "remove it, or set `consent: code`"
        elif app_of(key) not in declared:
            wrong, cure = f"is set without entra.{camel(app_of(key))}", "remove it, or declare that app here"
        else:
            continue
        found.append(Problem(f"entra.importGrants.{key}", wrong, ", ".join(IMPORT_KEYS), cure))
    return found


def imports_for(app: str, imports: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of `import_grants` that belong to `app`, `desktop` or `anthropic_app`."""
    return {key: value for key, value in imports.items() if app_of(key) == app}


def app_of(key: str) -> str:
    """Return whose grant an entry of `import_grants` is: `app`, `desktop` or `anthropic_app`."""
    if key.startswith("desktop"):
        return "desktop"
    return "anthropic_app" if key.startswith("anthropic") else "app"


def default_scope(settings: Mapping[str, Any]) -> str | None:
    """Return the access scope of an app by value: as given, else as `EntraApp` would name it."""
    if "scope" in settings:
        return str(settings["scope"])
    return access_scope(settings["client_id"]) if isinstance(settings.get("client_id"), str) else None


def signs_in_on_desktop(settings: Mapping[str, Any]) -> bool:
    """Tell whether there is a registration by which Claude Desktop signs people in."""
    return any(key in settings for key in ("desktop", "desktop_client_id", "from_stack"))


def uses_broker(settings: Mapping[str, Any]) -> bool:
    """Tell whether Claude Desktop signs in through the operating system's broker: where its registration says so."""
    return "desktop" in settings and bool(settings["desktop"].get("broker", True))
