"""What a person must still do for the gateway in AWS, in order."""

from claude_byoc.aws.gateway_plan import AwsGatewayPlan
from claude_byoc.outputs import NextStep


def next_steps(plan: AwsGatewayPlan) -> list[NextStep]:
    """Return the steps."""
    return [*_names(plan), *_certificate(plan), *_verified(plan), *_reach(plan), *_watch(plan)]


def _names(plan: AwsGatewayPlan) -> list[NextStep]:
    domain = plan.service.domain
    if domain is None or (plan.has_zone and not plan.service.internal):
        return []
    if plan.service.internal:
        what = (
            f"Let the company's DNS answer for {domain} with the CNAME in gateway.dnsRecords (split DNS): its value "
            "resolves to private addresses. Within the VPC a private zone answers already"
            if plan.private_zone
            else f"Let the company's DNS answer for {domain} with the CNAME in gateway.dnsRecords"
        )
        return [{"who": "Network administrator", "what": what}]
    return [
        {
            "who": "DNS administrator",
            "what": f"Create the records in gateway.dnsRecords: {domain} as CNAME of the load balancer"
            + (", and the proof for the certificate, which has to stay" if plan.requests_certificate else ""),
        }
    ]


def _verified(plan: AwsGatewayPlan) -> list[NextStep]:
    if not plan.awaits_proof:
        return []
    return [
        {
            "who": "Platform engineer",
            "what": "When the proof is in the public DNS, set gateway.aws.domainVerified: true and run up again. Until "
            f"then nothing answers at {plan.service.domain}: a load balancer serves nothing without a certificate, and "
            "ECS starts nothing behind a load balancer that serves nothing",
        }
    ]


def _certificate(plan: AwsGatewayPlan) -> list[NextStep]:
    if plan.requests_certificate and not plan.has_zone and plan.service.internal:
        return [
            {
                "who": "DNS administrator",
                "what": "Create the record that proves the domain in the public DNS (the one that begins with _ in "
                "gateway.dnsRecords), and keep it there: ACM looks for it at every renewal, also for an internal one",
            }
        ]
    if plan.has_certificate:
        return [
            {
                "who": "Platform engineer",
                "what": f"See that the given certificate covers {plan.service.domain} and is renewed: ACM renews those "
                "that it issued, not those that were imported",
            }
        ]
    return []


def _reach(plan: AwsGatewayPlan) -> list[NextStep]:
    if not plan.service.internal:
        return []
    ways = "its peering, transit gateway or VPN"
    who = (
        "The VPC was made for the gateway: connect it with the company's network"
        if plan.own_network
        else "See that the company's network reaches the load balancer's subnets"
    )
    ranges = (
        ""
        if plan.service.allowed_addresses
        else "; addresses outside the VPC's own range need gateway.allowedAddresses"
    )
    return [{"who": "Network administrator", "what": f"{who} ({ways}){ranges}"}]


def _watch(plan: AwsGatewayPlan) -> list[NextStep]:
    if plan.has_topic:
        return []
    return [
        {
            "who": "Platform engineer",
            "what": f"Decide who hears of alarms: those of {plan.name} show in CloudWatch alone until "
            "gateway.aws.alarmTopicArn names an SNS topic",
        }
    ]
