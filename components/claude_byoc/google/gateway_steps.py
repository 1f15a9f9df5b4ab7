"""What a person must still do for a gateway in Cloud Run, in order.

sources: https://docs.cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs,
https://docs.cloud.google.com/certificate-manager/docs/deploy-google-managed-regional, contract/google_gateway.py
"""

import functools

from pulumi import Output

from claude_byoc.contract import google as google_facts
from claude_byoc.contract.google_gateway import INVOKER_CONSTRAINT
from claude_byoc.google.gateway_plan import GoogleGatewayPlan
from claude_byoc.outputs import NextStep


def next_steps(plan: GoogleGatewayPlan, project_id: Output[str]) -> list[NextStep]:
    """Return the steps; the DNS records that they speak of are the component's `dns_records`."""
    steps: list[NextStep] = []
    if plan.front == "external" and "dns_zone" not in plan.given:
        steps.append(
            {
                "who": "DNS administrator",
                "what": f"Create the A record for {plan.service.domain} (output gateway.dnsRecords)",
            }
        )
    if plan.front == "external" and plan.makes_certificate:
        steps.append(
            {
                "who": "Platform engineer",
                "what": "Wait until Google has made the certificate: it begins when the A record is seen and takes "
                "up to an hour, or a day where the record is new. Until then every connection fails",
                "url": project_id.apply(functools.partial(google_facts.console_url, "certificates")),
            }
        )
    if plan.front == "internal":
        if plan.makes_certificate and "dns_zone" not in plan.given:
            steps.append(
                {
                    "who": "DNS administrator",
                    "what": "Create the CNAME record that proves the domain (output gateway.dnsRecords) in the public "
                    "zone; it stays, since the certificate is renewed by it",
                }
            )
        steps.append(
            {
                "who": "Network administrator",
                "what": f"Let people's networks resolve {plan.service.domain} by the private zone (Cloud DNS inbound "
                "forwarding, or the same A record, output gateway.dnsRecords, in the company's own DNS), and route to "
                "the address over VPN or Interconnect",
            }
        )
        steps.append(
            {
                "who": "Device administrator",
                "what": "Set the browser policy LocalNetworkAccessAllowedForUrls to https://pivot.claude.ai: Chromium "
                "142 and later ask people before a public page may call a private address",
            }
        )
    steps.append(
        {
            "who": "Security reviewer",
            "what": "Accept that Cloud Run's own check of callers (roles/run.invoker) is off. An add-in's preflight "
            "carries no token, so that with the check on nobody could use the gateway. The gateway checks gateway "
            f"tokens and Entra tokens itself; {_doors(plan)}. {INVOKER_CONSTRAINT} must not be enforced in the project",
            "url": project_id.apply(functools.partial(google_facts.console_url, "policies")),
        }
    )
    if not plan.channels:
        steps.append(
            {
                "who": "Platform engineer",
                "what": "Name channels under gateway.google.notificationChannels, so that alerts reach somebody",
                "url": project_id.apply(functools.partial(google_facts.console_url, "alertChannels")),
            }
        )
    if plan.predicts:
        steps.append(
            {
                "who": f"Google Cloud administrator with {google_facts.ENABLE_ROLE}",
                "what": "Make sure that each Claude model of gateway.models is enabled in Model Garden of the "
                "upstream's project",
                "url": project_id.apply(functools.partial(google_facts.console_url, "models")),
            }
        )
    return steps


def _doors(plan: GoogleGatewayPlan) -> str:
    """Return who can reach it at all, in words."""
    if plan.front == "run":
        return "the run.app address is open to the whole internet"
    limited = "from gateway.allowedAddresses" if plan.service.allowed_addresses else "from everywhere"
    way = "the internal load balancer" if plan.front == "internal" else f"the load balancer, {limited}"
    return (
        f"it is reached through {way}, and its run.app address is disabled, since networks of the project would call "
        "that past the load balancer; whoever may make load balancers in the project can make another way to it"
    )
