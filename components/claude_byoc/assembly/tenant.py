"""The Entra tenant of an environment: by value, from another stack, or declared here."""

from collections.abc import Sequence

from pulumi import Output

from claude_byoc import outputs as out
from claude_byoc.assembly.part import Tenant
from claude_byoc.contract import entra
from claude_byoc.manifest_plan import Plan
from claude_byoc.refusal import told
from claude_byoc.stack_args import ClaudeByocArgs


def tenant_by_value(args: ClaudeByocArgs, planned: Plan) -> Tenant:
    """Return the tenant as the settings name it; nothing is declared in it."""
    given = args["entra"]
    tenant_id = Output.from_input(given["tenant_id"])
    client_id = given.get("client_id", entra.ANTHROPIC_APP_ID)
    outputs: out.EntraOutputs = {
        "tenantId": tenant_id,
        "cloud": planned.cloud,
        "issuer": tenant_id.apply(lambda known: told(entra.issuer)(planned.cloud, known)),
        "clientId": Output.from_input(client_id),
        "ownApp": planned.own_app,
    }
    return Tenant(outputs, client_id)


def consent(planned: Plan, tenant: out.EntraOutputs) -> out.Consent:
    """Return the links by which an administrator gives the tenant's consent."""
    if not any(planned.keys(host).get("entra_sso") == "1" for host in planned.hosts):
        return {"state": "notNeeded", "links": []}

    def link(known: Sequence[str]) -> str:
        client_id, tenant_id = known
        # A single-tenant app is asked for in its own tenant; Anthropic's may be in any.
        return told(entra.consent_url)(
            planned.cloud, client_id, tenant_id=tenant_id if planned.own_app else "organizations"
        )

    return {
        "state": "links",
        "links": [
            {
                "who": "Global Administrator, or Privileged Role Administrator",
                "why": "people sign in to the add-in with their work account",
                "url": Output.all(tenant["clientId"], tenant["tenantId"]).apply(link),
            }
        ],
    }
