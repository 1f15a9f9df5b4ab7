"""From the arguments of `ClaudeByoc` to the plans of its parts: what each asks for, checked before anything is made.

Pure. It reads settings that were refused in part as well, so a value of the wrong kind counts as not known.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast

from pulumi import Input

from claude_byoc import gateway_plan
from claude_byoc.aws import bedrock_args
from claude_byoc.azure import foundry_args
from claude_byoc.azure import values as foundry_values
from claude_byoc.contract import entra
from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.problems import Problem
from claude_byoc.contract.regions import check_region
from claude_byoc.desktop_plan import DEFAULT_PROFILE, DesktopPlan
from claude_byoc.entra import anthropic_args, app_args, desktop_args, tenant_plan
from claude_byoc.entra import values as entra_values
from claude_byoc.entra.desktop_plan import DesktopSignInPlan
from claude_byoc.google import values as vertex_values
from claude_byoc.google import vertex_args
from claude_byoc.manifest_plan import ALL_HOSTS, DESKTOP, Connection, Plan, config_key
from claude_byoc.stack_args import ClaudeByocArgs, EntraArgs

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "bedrock": ("aws", 'aws: {accountId: "12 digits", region: for instance us-east-1}'),
    "foundry": ("azure", "azure: {subscriptionId: GUID, location: for instance eastus2}"),
    "vertex": ("google", "google: {projectId: id of the project}"),
}
"""Part -> the setting that names the account it stands in, and its form."""

# Stands for an id that another resource will give; the plans take what is no text for not known yet.
_LATER = cast("Input[str]", None)

DESKTOP_APIS = ("gateway", "foundry")
"""Paths for which Claude Desktop signs people in with their Entra account."""


def plan(args: ClaudeByocArgs) -> Plan:
    """Return what `args` ask of the manifests; a value that is an Output counts as not known yet."""
    tenant = _tenant(args)
    return Plan(
        hosts=tuple(dict.fromkeys(args.get("hosts", ["office"]))),
        connections=connections(args),
        paths=args.get("paths", {}),
        cloud=tenant.get("cloud", "global"),
        own_app=has_own_app(args),
        extra={
            key: value if isinstance(value, str) else None for key, value in args.get("manifest", {}).items()
        },
        secrets=tuple(args.get("secrets", {})),
    )


def has_own_app(args: ClaudeByocArgs) -> bool:
    """Tell whether people sign in to an app of the organisation, wherever it is declared."""
    return any(key in _tenant(args) for key in tenant_plan.OWN_APP_SETTINGS)


def desktop_plan(args: ClaudeByocArgs) -> DesktopPlan:
    """Return what `args` ask of the Claude Desktop profile; nothing without the host `desktop`."""
    planned, part = plan(args), args.get("desktop", {})
    if DESKTOP not in planned.hosts:
        return DesktopPlan(wanted=False)
    carried = planned.connections_of(DESKTOP)
    return DesktopPlan(
        connection=carried[0].desktop if len(carried) == 1 else {},
        shared_secrets=[config_key(key) for one in carried for key in one.secrets],
        own=part.get("values", {}),
        secrets=tuple(args.get("desktop_secrets", {})),
        profile=part.get("profile", DEFAULT_PROFILE),
    )


def part_problems(args: ClaudeByocArgs, unsure: AbstractSet[str] = frozenset()) -> list[Problem]:
    """Return what the parts refuse in `args`, as far as it is known before the run.

    `unsure` are sections of settings that were refused: what reads one of them is not judged.
    """
    found: list[Problem] = []
    for part, (account, form) in ACCOUNTS.items():
        if part in args and account not in args and account not in unsure:
            wrong = f"is missing, and the part `{part}` stands in it"
            found.append(Problem(account, wrong, form, f"add `{account}` to the settings"))
    if not {"bedrock", "aws", "entra"} & unsure and (bedrock := bedrock_access_args(args)) is not None:
        found += bedrock_args.plan_of(bedrock).problems()
    if not {"foundry", "azure", "entra"} & unsure and (foundry := foundry_access_args(args)) is not None:
        found += foundry_args.plan_of(foundry).problems()
    if not {"vertex", "google"} & unsure and (vertex := vertex_access_args(args)) is not None:
        found += vertex_args.plan_of(vertex).problems()
    cloud = args.get("gateway", {}).get("cloud", "")
    if cloud in CLOUDS and cloud not in args and cloud not in unsure:
        form = next(form for account, form in ACCOUNTS.values() if account == cloud)
        wrong = "is missing, and the gateway runs in it (gateway.cloud)"
        found.append(Problem(cloud, wrong, form, f"add `{cloud}` to the settings"))
    if not {"gateway", "foundry", "google", "entra", cloud} & unsure:
        found += gateway_plan.problems(args, unsure)
    if not {"entra", "hosts", "paths", "foundry", "gateway"} & unsure:
        found += _tenant_problems(args)
    return found


def part_hints(args: ClaudeByocArgs) -> list[Problem]:
    """Return what works and may be meant otherwise, of accounts and gateway; the parts tell their own."""
    # The part foundry says itself where there is no Claude, of a location that does not exist as well.
    location = None if "foundry" in args else args.get("azure", {}).get("location")
    return [
        *check_region("aws.region", "aws", args.get("aws", {}).get("region")),
        *check_region("azure.location", "azure", location),
        *check_region("vertex.region", "vertex", args.get("vertex", {}).get("region")),
        *gateway_plan.hints(args),
    ]


def _tenant_problems(args: ClaudeByocArgs) -> list[Problem]:
    tenant, planned = args["entra"], plan(args)
    found = tenant_plan.tenant_problems(tenant)
    if (app := entra_app_args(args)) is not None:
        found += app_args.plan_of(app).problems()
    if (desktop := desktop_sign_in_args(args)) is not None:
        found += desktop_args.plan_of(desktop).problems()
    if (anthropic := anthropic_app_args(args)) is not None:
        found += anthropic_args.plan_of(anthropic).problems()
    for host in planned.hosts:
        uses = {use for path in planned.connections_of(host) for use in _uses(path.path, args)}
        if host == "outlook":
            uses.add("outlook")
        if host != DESKTOP:
            found += entra_values.value_problems(sorted(uses), planned.cloud, own_app=planned.own_app)
    return list(dict.fromkeys(found))


def _uses(path: str, args: ClaudeByocArgs) -> list[str]:
    """Return what the add-in uses Entra tokens for on a path."""
    if path == "bedrock":
        return ["sso"]
    if path == "foundry" and args.get("foundry", {}).get("auth", "keyless") == "keyless":
        return ["sso", "foundry"]
    if path == "gateway" and gateway_plan.uses_entra(args):
        return ["sso", "gateway"]
    return []


def app_uses(args: ClaudeByocArgs) -> list[str]:
    """Return what the organisation's own app is for: as set, else what hosts and paths need."""
    given = _tenant(args).get("app", {})
    if "uses" in given:
        return list(given["uses"])
    planned = plan(args)
    needed = {
        use
        for host in planned.hosts
        for connection in planned.connections_of(host)
        for use in _uses(connection.path, args)
        # Claude Desktop calls Foundry through its own registration, the gateway through this app's API.
        if host != DESKTOP or use == "gateway"
    }
    if "outlook" in planned.hosts:
        needed.add("outlook")
    return [use for use in ("sso", "outlook", "foundry", "gateway") if use == "sso" or use in needed]


def entra_app_args(args: ClaudeByocArgs) -> app_args.EntraAppArgs | None:
    """Return the arguments of `EntraApp`, or None where this environment does not declare it."""
    tenant = _tenant(args)
    if "app" not in tenant:
        return None
    made: app_args.EntraAppArgs = {
        **tenant["app"],
        "uses": app_uses(args),
        "tenant_id": tenant["tenant_id"],
        "cloud": tenant.get("cloud", "global"),
        "consent": tenant.get("consent", "links"),
        "import_grants": tenant_plan.imports_for("app", tenant.get("import_grants", {})),
    }
    return made


def desktop_api(args: ClaudeByocArgs) -> str:
    """Return what Claude Desktop calls with people's tokens: as set, else the path of the host `desktop`."""
    given = _tenant(args).get("desktop", {})
    carried = [one.path for one in plan(args).connections_of(DESKTOP) if one.path in DESKTOP_APIS]
    return given.get("api", carried[0] if len(carried) == 1 else DESKTOP_APIS[0])


def desktop_sign_in_args(
    args: ClaudeByocArgs, gateway: Mapping[str, Input[str]] | None = None
) -> desktop_args.DesktopSignInArgs | None:
    """Return the arguments of `DesktopSignIn`, or None where this environment does not declare it.

    `gateway` holds client_id, scope_id and service_principal_object_id of the app that exposes the gateway's API.
    """
    tenant = _tenant(args)
    if "desktop" not in tenant:
        return None
    if gateway is None and "app" in tenant and "gateway" in app_uses(args):
        gateway = dict.fromkeys(("client_id", "scope_id", "service_principal_object_id"), _LATER)
    made: desktop_args.DesktopSignInArgs = {
        **tenant["desktop"],
        "api": desktop_api(args),
        "tenant_id": tenant["tenant_id"],
        "cloud": tenant.get("cloud", "global"),
        "consent": tenant.get("consent", "links"),
        "import_grants": tenant_plan.imports_for("desktop", tenant.get("import_grants", {})),
    }
    if gateway is not None:
        made["gateway_client_id"] = gateway["client_id"]
        made["gateway_scope_id"] = gateway["scope_id"]
        made["gateway_service_principal_object_id"] = gateway["service_principal_object_id"]
    return made


def anthropic_app_args(args: ClaudeByocArgs) -> anthropic_args.AnthropicAppArgs | None:
    """Return the arguments of `AnthropicApp`, or None where this environment says nothing about it."""
    tenant = _tenant(args)
    if "anthropic_app" not in tenant:
        return None
    uses = [use for use in app_uses(args) if use in anthropic_args.USES]
    made: anthropic_args.AnthropicAppArgs = {
        "uses": uses,
        **tenant["anthropic_app"],
        "tenant_id": tenant["tenant_id"],
        "cloud": tenant.get("cloud", "global"),
        "consent": tenant.get("consent", "links"),
        "import_grants": tenant_plan.imports_for("anthropic_app", tenant.get("import_grants", {})),
    }
    return made


def connections(args: ClaudeByocArgs) -> list[Connection]:
    """Return the connection paths that the environment has."""
    found: list[Connection] = []
    if "bedrock" in args:
        # Without a role for everyone, aws_role_arn comes per person, by directory attributes.
        role = {"aws_role_arn": None} if bedrock_args.has_everyone(args["bedrock"]) else {}
        found.append(
            Connection(
                "bedrock",
                ("office", DESKTOP),
                {"aws_region": None, "entra_sso": "1", **role},
                desktop={"inferenceProvider": "bedrock", "inferenceBedrockRegion": None},
            )
        )
    if "foundry" in args:
        found.append(_foundry(args))
    if "vertex" in args:
        found.append(_vertex(args))
    if "gateway" in args:
        found.append(gateway_plan.connection(args))
    return found


def _foundry(args: ClaudeByocArgs) -> Connection:
    part = args.get("foundry", {})
    auth = part.get("auth", "keyless")
    keys = foundry_values.manifest_keys(auth, _tenant(args).get("cloud", "global"))
    if auth == "keyless":
        keys["graph_client_id"] = None
    desktop: dict[str, Any] = {
        "inferenceProvider": "foundry",
        "inferenceFoundryResource": None,
        "inferenceModels": [*part.get("models", {}), *part.get("existing_models", [])],
    }
    if auth == "key":
        desktop["inferenceFoundryApiKey"] = None
    elif tenant_plan.signs_in_on_desktop(_tenant(args)):
        desktop["inferenceCredentialKind"] = "interactive"
        desktop |= dict.fromkeys(("inferenceFoundryTenantId", "inferenceFoundryClientId"))
        desktop["inferenceFoundryAuthFlow"] = foundry_flow(args)
    return Connection("foundry", ALL_HOSTS, keys, desktop=desktop)


def foundry_flow(args: ClaudeByocArgs) -> str:
    """Return how Claude Desktop signs people in to Foundry; the browser where the registration is not declared here."""
    tenant = _tenant(args)
    if "desktop" not in tenant:
        return "browser"
    given = tenant["desktop"]
    return DesktopSignInPlan(
        None, "foundry", broker=given.get("broker", True), device_code=given.get("device_code", False)
    ).foundry_flow


def _vertex(args: ClaudeByocArgs) -> Connection:
    part = args.get("vertex", {})
    keys: dict[str, str | None] = {"gcp_project_id": None, "gcp_region": None}
    if "google_client_id" in part:
        keys["google_client_id"] = None
    desktop: dict[str, Any] = {
        key: value if key in ("inferenceProvider", "inferenceCredentialKind") else None
        for key, value in vertex_desktop_values(args, project_id=_LATER, region=_LATER).items()
    }
    return Connection("vertex", ALL_HOSTS, keys, ("google_client_secret",), desktop)


def vertex_desktop_values(
    args: ClaudeByocArgs, *, project_id: Input[str], region: Input[str]
) -> dict[str, Input[Any]]:
    """Return the desktop keys of Vertex AI; the secret of the OAuth client is one of the desktop secrets."""
    return vertex_values.desktop_values(
        args.get("vertex", {}).get("desktop"), project_id=project_id, region=region
    )


def bedrock_access_args(args: ClaudeByocArgs) -> bedrock_args.BedrockAccessArgs | None:
    """Return the arguments of the Bedrock part, in the tenant as it is given; None where there is no such part."""
    if "bedrock" not in args or "aws" not in args:
        return None
    tenant = _tenant(args)
    default = _LATER if has_own_app(args) else entra.ANTHROPIC_APP_ID
    return {
        **args["bedrock"],
        "tenant_id": tenant["tenant_id"],
        "entra_cloud": tenant.get("cloud", "global"),
        "region": args["aws"]["region"],
        "account_id": args["aws"]["account_id"],
        "audiences": [tenant.get("client_id", default)],
    }


def foundry_access_args(args: ClaudeByocArgs) -> foundry_args.FoundryAccessArgs | None:
    """Return the arguments of the Foundry part; None where there is no such part."""
    if "foundry" not in args or "azure" not in args:
        return None
    return {
        **args["foundry"],
        "subscription_id": args["azure"]["subscription_id"],
        "location": args["azure"]["location"],
        "entra_cloud": _tenant(args).get("cloud", "global"),
    }


def vertex_access_args(args: ClaudeByocArgs) -> vertex_args.VertexAccessArgs | None:
    """Return the arguments of the Vertex AI part; None where there is no such part."""
    if "vertex" not in args or "google" not in args:
        return None
    return {**args["vertex"], "project_id": args["google"]["project_id"]}


def _tenant(args: ClaudeByocArgs) -> EntraArgs:
    # Settings that were refused in part may lack it.
    return args.get("entra", cast("EntraArgs", {}))
