"""The gateway part of an environment: one that exists already, or one of ours."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import Input, Output

from claude_byoc import gateway_plan
from claude_byoc import outputs as out
from claude_byoc.assembly import gateway_hosts, gateway_outputs
from claude_byoc.assembly.part import Part, Tenant
from claude_byoc.contract import allowlist
from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.contract.gateway import HEALTH_PATH
from claude_byoc.gateway import values
from claude_byoc.gateway.service_plan import inputs_of, resolved
from claude_byoc.refusal import told
from claude_byoc.stack_args import ClaudeByocArgs


def declare(
    name: str, args: ClaudeByocArgs, tenant: Tenant, parent: pulumi.Resource, others: Mapping[str, Part]
) -> Part:
    """Return what the environment says about its gateway; one of ours is declared first.

    `others` are the parts declared so far: a gateway of ours can forward to what they made.
    """
    if gateway_plan.is_ours(args):
        return _ours(name, args, tenant, parent, others)
    return _existing(args, tenant)


def _existing(args: ClaudeByocArgs, tenant: Tenant) -> Part:
    existing = args.get("gateway", {}).get("existing")
    if existing is None:
        raise ValueError("the environment has no gateway that exists already")
    url = Output.from_input(existing["url"])
    api_format, auth = existing.get("api_format", "anthropic"), gateway_plan.auth(args)
    manifest: dict[str, Input[str]] = {"gateway_url": url, "gateway_api_format": api_format}
    if "auth_header" in existing:
        manifest["gateway_auth_header"] = existing["auth_header"]
    desktop: dict[str, Input[Any]] = {"inferenceGatewayBaseUrl": url}
    if auth == "entra":
        manifest |= {
            "entra_sso": "1",
            "graph_client_id": tenant.client_id,
            "entra_scope": tenant.scope(),
            "gateway_auth_source": "entra",
        }
        desktop |= tenant.desktop
    else:
        desktop |= _token(args)
    outputs: out.GatewayOutputs = {
        "url": url,
        "formats": [api_format],
        "auth": auth,
        "models": existing.get("models", []),
        "internal": existing.get("internal", False),
    }
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop=desktop,
        rows=url.apply(lambda known: allowlist.manifest_rows({"gateway_url": known})),
        steps=_private(outputs["internal"]),
    )


def _ours(
    name: str, args: ClaudeByocArgs, tenant: Tenant, parent: pulumi.Resource, others: Mapping[str, Part]
) -> Part:
    plan = gateway_plan.service_plan(args)
    if plan is None:
        raise ValueError("the environment makes no gateway")
    service = gateway_plan.service_args(
        args,
        client_id=tenant.client_id,
        desktop_client_id=tenant.desktop_client_id,
        found=_found(others),
    )
    host = gateway_hosts.declare(name, args, service, parent, others)
    api_format, auth = args.get("gateway", {}).get("api_format", "anthropic"), gateway_plan.auth(args)
    known = Output.all(url=host.url, **inputs_of(service)).apply(
        told(
            lambda found: values.manifest_values(
                found["url"], resolved(service, plan.cloud, found).spec, api_format=api_format, auth=auth
            )
        )
    )
    keys = gateway_plan.connection(args).keys
    manifest: dict[str, Input[str]] = {
        key: known.apply(lambda found, key=key: found[key]) if literal is None else literal
        for key, literal in keys.items()
    }
    desktop: dict[str, Input[Any]] = {"inferenceGatewayBaseUrl": host.url, "otlpEndpoint": host.url}
    desktop |= tenant.desktop if auth == "entra" else _token(args)
    outputs: out.GatewayOutputs = {
        "url": host.url,
        "formats": list(plan.spec.formats()),
        "auth": auth,
        "models": [model.id for model in plan.spec.models],
        "internal": plan.internal,
        "cloud": plan.cloud,
        "account": host.account,
        "region": host.region,
        "upstreams": gateway_outputs.upstreams(plan.spec, service, others),
        "restrictModels": plan.spec.restrict_models,
        "callers": gateway_outputs.callers(plan, firewall=host.firewall),
        "identity": host.identity,
        "dnsRecords": host.dns_records,
        "logs": host.log_source,
        "hosting": host.hosting,
        "lasting": host.lasting,
    }
    if host.answers:
        outputs["health"] = host.url.apply(lambda url: url + HEALTH_PATH)
    if host.log_days is not None:
        outputs["logRetentionDays"] = host.log_days
    if plan.spec.limits:
        outputs["limits"] = gateway_outputs.limits(plan.spec.limits)
    if "telemetry" in service:
        outputs["collector"] = gateway_outputs.host(service["telemetry"]["collector_url"])
    addresses = ("gateway_url", "bootstrap_url", "otlp_endpoint")
    return Part(
        outputs=outputs,
        manifest=manifest,
        desktop=desktop,
        rows=known.apply(
            lambda found: allowlist.manifest_rows({key: found[key] for key in addresses if key in found})
        ),
        steps=[
            *host.steps,
            *([_look(plan.domain)] if host.answers else []),
            *_private(plan.internal),
            *_tokens(auth),
        ],
    )


def _tokens(auth: str) -> list[out.NextStep]:
    """Return the step that gives people their credential, where they do not sign in with Entra."""
    if auth != "token":
        return []
    return [
        {
            "who": "Platform engineer",
            "what": "Make a gateway token for each team or person and hand it out: in the manifest (the secret "
            "gatewayToken) or by directory attribute",
            "command": "claude-byoc tokens new NAME --team TEAM --expires 90d --key signing-key.pem -o token.txt",
        }
    ]


def _private(internal: bool) -> list[out.NextStep]:
    """Return the step without which browsers ask people before a public page may call a private address."""
    if not internal:
        return []
    what = (
        f"Allow {ADDIN_ORIGIN} to call private addresses by browser policy (the rollout files browser-local-network): "
        "Chromium 142 and later ask each person otherwise"
    )
    return [{"who": "Device administrator", "what": what}]


def _look(domain: str | None) -> out.NextStep:
    """Return the step that shows whether the gateway is reached and read."""
    url = f"https://{domain}" if domain else "URL"
    return {
        "who": "Platform engineer",
        "what": "See from a person's network that add-ins reach the gateway and can read every answer"
        + ("" if domain else " (URL: output gateway.url)"),
        "command": f"claude-byoc doctor --url {url} --token @FILE",
    }


def _token(args: ClaudeByocArgs) -> dict[str, Input[Any]]:
    secrets = args.get("secrets", {})
    if "gateway_token" not in secrets:
        return {}
    return {"inferenceGatewayApiKey": Output.secret(secrets["gateway_token"])}


def _found(others: Mapping[str, Part]) -> dict[str, Input[str]]:
    """Return what the gateway's upstreams take from the parts that the environment has."""
    found: dict[str, Input[str]] = {}
    if "foundry" in others:
        found["resource"] = others["foundry"].outputs["resourceName"]
        if "azure_api_key" in others["foundry"].manifest:
            found["api_key"] = others["foundry"].manifest["azure_api_key"]
    return found
