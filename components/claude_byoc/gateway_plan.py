"""From the environment's arguments to its gateway: one that exists, or one of ours. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast

from pulumi import Input

from claude_byoc.arguments import camel
from claude_byoc.aws import gateway_plan as aws_gateway
from claude_byoc.azure import gateway_plan as azure_gateway
from claude_byoc.contract.aws import PROFILE_PREFIXES, reachable_prefixes
from claude_byoc.contract.gateway import CLOUDS
from claude_byoc.contract.manifest_values import named_models
from claude_byoc.contract.models import outsiders
from claude_byoc.contract.problems import Problem, ProblemsError, errors
from claude_byoc.contract.regions import check_region
from claude_byoc.entra import tenant_plan
from claude_byoc.gateway import values
from claude_byoc.gateway.service_args import (
    GatewayEntraArgs,
    GatewaySecretsArgs,
    GatewayServiceArgs,
    GatewayServiceSettingsArgs,
    GatewayUpstreamArgs,
)
from claude_byoc.gateway.service_plan import ServicePlan, plan_of
from claude_byoc.google import gateway_plan as google_gateway
from claude_byoc.manifest_plan import ALL_HOSTS, Connection
from claude_byoc.stack_args import ClaudeByocArgs, EntraArgs, GatewayArgs

_URL = "https://gateway.example.com"
"""Stands for the address of a gateway that is not made yet, where only the names of keys count."""

# Stands for an id that another resource will give; the plans take what is no text for not known yet.
_LATER = cast("Input[str]", object())


def auth(args: ClaudeByocArgs) -> str:
    """Return how people are known to the gateway: `token` or `entra`."""
    part = _part(args)
    if "existing" in part:
        return part["existing"].get("auth", "token")
    return part.get("auth", "entra" if "entra" in part else "token")


def uses_entra(args: ClaudeByocArgs) -> bool:
    """Tell whether people's add-ins need a token of the organisation's app for the gateway."""
    if "gateway" not in args:
        return False
    office_answers = _part(args).get("bootstrap", {}).get("office")
    return auth(args) == "entra" or bool(office_answers)


def is_ours(args: ClaudeByocArgs) -> bool:
    """Tell whether the environment makes the gateway."""
    return "gateway" in args and "existing" not in args["gateway"]


def service_args(
    args: ClaudeByocArgs,
    *,
    client_id: Input[str] = _LATER,
    desktop_client_id: Input[str] = _LATER,
    found: Mapping[str, Input[str]] | None = None,
) -> GatewayServiceArgs:
    """Return what the gateway's component takes on every cloud.

    `client_id` and `desktop_client_id` are the tenant's; `found` has what other parts of the environment give:
    `resource` and `api_key` of Foundry, `project` of Vertex AI.
    """
    part = _part(args)
    settings = {key: part[key] for key in GatewayServiceSettingsArgs.__annotations__ if key in part}
    known = {**_siblings(args), **(found or {})}
    made = cast("GatewayServiceArgs", settings)
    made["upstreams"] = [_upstream(one, known) for one in part.get("upstreams", [])]
    secrets = cast("GatewaySecretsArgs", dict(args.get("gateway_secrets", {})))
    if "api_key" in known and "foundry_api_key" not in secrets and _calls_foundry_by_key(part):
        secrets["foundry_api_key"] = known["api_key"]
    made["secrets"] = secrets
    if "entra" in part:
        tenant = args.get("entra", cast("EntraArgs", {}))
        entra = cast("GatewayEntraArgs", dict(part["entra"]))
        entra["tenant_id"] = tenant.get("tenant_id", _LATER)
        entra["cloud"] = tenant.get("cloud", "global")
        if any(key in tenant for key in tenant_plan.OWN_APP_SETTINGS):
            entra["client_id"] = client_id
        if tenant_plan.signs_in_on_desktop(tenant):
            entra["desktop_client_id"] = desktop_client_id
        made["entra"] = entra
    return made


def host_args(
    args: ClaudeByocArgs, service: GatewayServiceArgs, foundry_id: Input[str] = _LATER
) -> dict[str, Any]:
    """Return what the component of the gateway's cloud takes; `foundry_id` is the ARM id of the part foundry's account.

    In a stack that lacks the cloud's account or region these are not known.
    """
    part = _part(args)
    account: Mapping[str, Any] = {}
    match part.get("cloud"):
        case "aws":
            own: Mapping[str, Any] = part.get("aws", {})
            account = {key: args.get("aws", {}).get(key, _LATER) for key in ("region", "account_id")}
        case "google":
            own = {"region": _LATER, **part.get("google", {})}
            account = {"project_id": args.get("google", {}).get("project_id", _LATER)}
        case _:
            own = part.get("azure", {})
            if "foundry" in args and _is_keyless(part) and "foundry_account_id" not in own:
                own = {**own, "foundry_account_id": foundry_id}
            account = {key: args.get("azure", {}).get(key, _LATER) for key in ("subscription_id", "location")}
    return {**service, **own, **account}


def _is_keyless(part: GatewayArgs) -> bool:
    return any(
        one.get("kind") == "foundry" and one.get("keyless", False) for one in part.get("upstreams", [])
    )


def _host_problems(args: ClaudeByocArgs) -> list[Problem]:
    """Return what the gateway's cloud refuses, with what every cloud does."""
    given: Any = host_args(args, service_args(args))
    match _part(args).get("cloud"):
        case "aws":
            return aws_gateway.plan_of(given).problems()
        case "google":
            return google_gateway.plan_of(given).problems()
        case _:
            return azure_gateway.plan_of(given).problems()


def service_plan(args: ClaudeByocArgs) -> ServicePlan | None:
    """Return the plan of a gateway of ours, None where there is none or its cloud is not known."""
    cloud = _part(args).get("cloud", "")
    return plan_of(service_args(args), cloud) if is_ours(args) and cloud in CLOUDS else None


def problems(args: ClaudeByocArgs, unsure: AbstractSet[str] = frozenset()) -> list[Problem]:
    """Return what the gateway part refuses, as far as it is known before the run; `unsure` as in `part_problems`."""
    part = _part(args)
    if "gateway" not in args:
        return []
    if "existing" in part:
        return [
            Problem(f"gateway.{key}", "is set beside gateway.existing, which others run",
                    "gateway.existing by itself, or a gateway of our own", f"remove {key}, or existing")
            for key in map(camel, part)
            if key != "existing"
        ]  # fmt: skip
    cloud = part.get("cloud", "")
    if cloud not in CLOUDS:
        return [
            Problem("gateway.cloud", "is missing" if not cloud else "is no cloud that the gateway can run in",
                    ", ".join(f"{name} ({service})" for name, service in CLOUDS.items()),
                    "choose one, or name a gateway that exists: gateway.existing")
        ]  # fmt: skip
    found: list[Problem] = []
    if (plan := service_plan(args)) is not None:
        found += _host_problems(args)
        found += _role_problems(args)
        found += _profile_problems(part)
        if plan.spec.restrict_models and not {"bedrock", "vertex", "foundry", "manifest", "desktop"} & unsure:
            found += [one for key, ids in _offered(args) for one in outsiders(key, ids, plan.spec.served())]
        if cloud == "google" and "google" not in part:
            found.append(
                Problem(
                    "gateway.google.region",
                    "is missing",
                    "a region of Cloud Run",
                    "for instance europe-west1",
                )
            )
        if not errors(found):
            found += values.check(plan.spec, part.get("api_format", "anthropic"), auth(args))
    return found


def _profile_problems(part: GatewayArgs) -> list[Problem]:
    """Return the inference profiles that cannot be called from the region they are asked for in."""
    found: list[Problem] = []
    for one in part.get("upstreams", []):
        region, profile = one.get("region"), one.get("profile", "")
        if not isinstance(region, str) or profile not in PROFILE_PREFIXES:
            continue
        usable = reachable_prefixes(region)
        if profile not in usable:
            wrong = f"is {profile}, whose inference profiles cannot be called from {region}"
            cure = "choose one of them, or call another region"
            found.append(Problem("gateway.upstreams.bedrock.profile", wrong, ", ".join(usable), cure))
    return found


def hints(args: ClaudeByocArgs) -> list[Problem]:
    """Return what works and may be meant otherwise: regions not known here, models that a gateway may not have."""
    part = _part(args)
    clouds = {"bedrock": "aws", "vertex": "vertex"}
    found = [
        hint
        for one in part.get("upstreams", [])
        if (kind := one.get("kind", "")) in clouds
        for hint in check_region(f"gateway.upstreams.{kind}.region", clouds[kind], one.get("region"))
    ]
    if part.get("cloud") == "google":
        found += check_region("gateway.google.region", "google", part.get("google", {}).get("region"))
    listed = part.get("existing", {}).get("models", [])
    if listed:
        found += [
            one
            for key, ids in _offered(args)
            for one in outsiders(key, ids, listed, listed="gateway.existing.models", severity="warning")
        ]
    return found


def _offered(args: ClaudeByocArgs) -> list[tuple[str, list[str]]]:
    """Return (setting, ids) of the models that people are offered, where the gateway is their one way to a model."""
    if {"bedrock", "foundry", "vertex"} & set(args):
        return []
    by_hand = {
        "manifest.available_models": args.get("manifest", {}).get("available_models"),
        "desktop.values.inferenceModels": args.get("desktop", {}).get("values", {}).get("inferenceModels"),
    }
    return [(key, named_models(value)) for key, value in by_hand.items() if value is not None]


def _role_problems(args: ClaudeByocArgs) -> list[Problem]:
    """Return the app roles that callers need and that the app declared here does not have."""
    callers = _part(args).get("entra", {})
    app = args.get("entra", cast("EntraArgs", {})).get("app")
    if app is None:
        return []
    values = {role.get("value", key) for key, role in app.get("app_roles", {}).items()}
    return [
        Problem(
            f"gateway.entra.{setting}",
            f"names the app role {role}, which the app of this environment does not have: nobody could hold it",
            ", ".join(sorted(values)) or "app roles of entra.app.appRoles",
            f"declare it: entra.app.appRoles: {{KEY: {{value: {role}, groups: [object id of a group]}}}}",
        )
        for setting, roles in (
            ("roles", callers.get("roles", [])),
            ("teamRoles", callers.get("team_roles", {})),
        )
        for role in roles
        if role not in values
    ]


def connection(args: ClaudeByocArgs) -> Connection:
    """Return what the gateway brings to manifests and to the Claude Desktop profile."""
    part = _part(args)
    return _existing(args, part) if "existing" in part else _ours(args, part)


def _existing(args: ClaudeByocArgs, part: GatewayArgs) -> Connection:
    existing = part.get("existing", {})
    keys: dict[str, str | None] = {
        "gateway_url": None,
        "gateway_api_format": existing.get("api_format", "anthropic"),
    }
    desktop: dict[str, Any] = {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": None}
    if "models" in existing:
        desktop["inferenceModels"] = existing["models"]
    if "auth_header" in existing:
        keys["gateway_auth_header"] = existing["auth_header"]
    if auth(args) == "entra":
        keys |= {
            "entra_sso": "1",
            "graph_client_id": None,
            "entra_scope": None,
            "gateway_auth_source": "entra",
        }
        return Connection("gateway", ALL_HOSTS, keys, desktop=desktop | _desktop_sign_in(args))
    if "gateway_token" in args.get("secrets", {}):
        desktop |= {"inferenceCredentialKind": "static", "inferenceGatewayApiKey": None}
        if existing.get("auth_header", "x-api-key") == "x-api-key":
            desktop["inferenceGatewayAuthScheme"] = "x-api-key"
    return Connection("gateway", ALL_HOSTS, keys, ("gateway_token",), desktop)


def _ours(args: ClaudeByocArgs, part: GatewayArgs) -> Connection:
    desktop: dict[str, Any] = {"inferenceProvider": "gateway", "inferenceGatewayBaseUrl": None}
    plan = service_plan(args)
    if plan is None:
        return Connection("gateway", ALL_HOSTS, {"gateway_url": None}, ("gateway_token",), desktop)
    api_format, way = part.get("api_format", "anthropic"), auth(args)
    try:
        named = values.manifest_values(_URL, plan.spec, api_format=api_format, auth=way)
    except ProblemsError:
        named = {"gateway_url": _URL, "gateway_api_format": api_format}
    # The cloud's name follows from the tenant wherever an app signs people in.
    literal = ("gateway_api_format", "entra_sso", "gateway_auth_source")
    keys = {key: named[key] if key in literal else None for key in named if key != "graph_cloud"}
    if plan.spec.telemetry:
        desktop |= {"otlpEndpoint": None, "otlpAuthMode": "inference-credential"}
    if way == "entra":
        desktop |= _desktop_sign_in(args)
    elif "gateway_token" in args.get("secrets", {}):
        desktop |= {"inferenceCredentialKind": "static", "inferenceGatewayApiKey": None}
    return Connection("gateway", ALL_HOSTS, keys, values.secret_keys(plan.spec, way), desktop)


def _desktop_sign_in(args: ClaudeByocArgs) -> dict[str, Any]:
    tenant = args.get("entra", cast("EntraArgs", {}))
    if not tenant_plan.signs_in_on_desktop(tenant):
        return {}
    keys: dict[str, Any] = {"inferenceCredentialKind": "interactive", "inferenceGatewayOidc": None}
    return keys | {"inferenceGatewayOidcAuthFlow": "broker"} if tenant_plan.uses_broker(tenant) else keys


def _siblings(args: ClaudeByocArgs) -> dict[str, Input[str]]:
    """Return what other parts of the environment will give."""
    found: dict[str, Input[str]] = {}
    if "google" in args:
        found["project"] = args["google"].get("project_id", _LATER)
    if "foundry" in args:
        found["resource"] = _LATER
        if args["foundry"].get("auth", "keyless") == "key":
            found["api_key"] = _LATER
    return found


def _upstream(given: GatewayUpstreamArgs, known: Mapping[str, Input[str]]) -> GatewayUpstreamArgs:
    made = cast("GatewayUpstreamArgs", dict(given))
    kind = given.get("kind")
    if kind == "vertex" and "project" not in given and "project" in known:
        made["project"] = known["project"]
    if kind == "foundry" and not ({"resource", "base_url"} & set(given)) and "resource" in known:
        made["resource"] = known["resource"]
    return made


def _calls_foundry_by_key(part: GatewayArgs) -> bool:
    return any(
        one.get("kind") == "foundry"
        and not one.get("keyless", False)
        and "resource" not in one
        and "base_url" not in one
        for one in part.get("upstreams", [])
    )


def _part(args: ClaudeByocArgs) -> GatewayArgs:
    return args.get("gateway", cast("GatewayArgs", {}))
