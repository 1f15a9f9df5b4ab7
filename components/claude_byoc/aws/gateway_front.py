"""What people reach of the gateway in AWS: certificate, load balancer, firewall for web applications, names."""

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc.aws.gateway_network import Declaring, Firewall, Network
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.contract.entra import ADDIN_ORIGIN
from claude_byoc.contract.gateway import READY_PATH
from claude_byoc.gateway.container import EDGE_PORT

HEALTH_SECONDS, HEALTHY, UNHEALTHY = 10, 2, 3
WAITING_FOR_CERTIFICATE = "20m"
"""How long an `up` waits for ACM, which needs minutes once the record that proves the domain is in the DNS.
source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html"""


@dataclass
class Front:
    """The load balancer and what was declared in front of it."""

    load_balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    listener: aws.lb.Listener | None
    """None until the certificate can be issued: nothing is reached before."""
    certificate: aws.acm.Certificate | None = None
    records: list[dict[str, Input[str]]] = field(default_factory=list[dict[str, Input[str]]])
    """What somebody must create in a DNS that is not managed here."""


def declare_front(to: Declaring, network: Network, firewall: Firewall) -> Front:
    """Return the load balancer with all that people reach it by."""
    name, plan, tags, opts = to.name, to.plan, to.tags, to.opts
    balancer = aws.lb.LoadBalancer(
        f"{name}-balancer",
        name=plan.name,
        load_balancer_type="application",
        internal=plan.service.internal,
        security_groups=[firewall.front.id],
        subnets=network.front_subnets,
        ip_address_type="ipv4",
        idle_timeout=plan.idle_seconds,
        drop_invalid_header_fields=True,
        desync_mitigation_mode="defensive",
        tags=tags,
        # The name is taken until the one before is gone.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )
    group = aws.lb.TargetGroup(
        f"{name}-target",
        # Another one takes its place before it goes, and names are unique.
        name_prefix="claude",
        vpc_id=network.vpc_id,
        target_type="ip",
        protocol="HTTP",
        protocol_version="HTTP1",
        port=EDGE_PORT,
        deregistration_delay=plan.service.drain_seconds,
        # A stream is one request for minutes: taking turns would pile them up.
        load_balancing_algorithm_type="least_outstanding_requests",
        health_check=aws.lb.TargetGroupHealthCheckArgs(
            enabled=True,
            path=READY_PATH,
            port="traffic-port",
            protocol="HTTP",
            matcher="200",
            interval=HEALTH_SECONDS,
            timeout=HEALTH_SECONDS // 2,
            healthy_threshold=HEALTHY,
            unhealthy_threshold=UNHEALTHY,
        ),
        tags=to.named(),
        opts=opts,
    )
    certificate, arn, waited = _certificate(to)
    front = Front(balancer, group, None, certificate)
    _declare_waf(to, balancer)
    _declare_names(to, network, front)
    if plan.awaits_proof:
        return front
    front.listener = aws.lb.Listener(
        f"{name}-listener",
        load_balancer_arn=balancer.arn,
        port=plan.port,
        protocol=plan.scheme.upper(),
        certificate_arn=arn,
        ssl_policy=None if plan.plaintext else facts.TLS_POLICY,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
        # The edge says the same; this is for answers that the load balancer gives by itself.
        routing_http_response_access_control_allow_origin_header_value=ADDIN_ORIGIN,
        routing_http_response_server_enabled=False,
        tags=to.named("listener"),
        opts=to.after(*waited),
    )
    return front


def _certificate(
    to: Declaring,
) -> tuple[aws.acm.Certificate | None, Input[str] | None, list[pulumi.Resource]]:
    """Return the certificate that is requested, the ARN to use, and what to wait for before its use."""
    name, plan, args, opts = to.name, to.plan, to.args, to.opts
    if plan.plaintext:
        return None, None, []
    if "certificate_arn" in args:
        return None, args["certificate_arn"], []
    made = aws.acm.Certificate(
        f"{name}-certificate",
        domain_name=plan.service.domain,
        validation_method="DNS",
        tags=to.named(),
        opts=opts,
    )
    if plan.awaits_proof:
        return made, None, []
    record = made.domain_validation_options.apply(lambda known: known[0])
    names: list[Input[str]] = []
    hooks = None
    if "hosted_zone_id" in args:
        proof = aws.route53.Record(
            f"{name}-certificate-proof",
            zone_id=args["hosted_zone_id"],
            # Route 53 keeps names without the dot at their end, and `recover` compares.
            name=record.apply(lambda known: (known.resource_record_name or "").rstrip(".")),
            type="CNAME",
            ttl=300,
            records=[record.apply(lambda known: known.resource_record_value or "")],
            opts=opts,
        )
        names = [proof.fqdn]
    else:
        hooks = pulumi.ResourceHookBinding(before_create=[_telling(name, record, opts.parent)])
    issued = aws.acm.CertificateValidation(
        f"{name}-certificate-issued",
        certificate_arn=made.arn,
        validation_record_fqdns=names or None,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                hooks=hooks, custom_timeouts=pulumi.CustomTimeouts(create=WAITING_FOR_CERTIFICATE)
            ),
        ),
    )
    return made, issued.certificate_arn, [issued]


def _telling(
    name: str,
    record: Output[aws.acm.outputs.CertificateDomainValidationOption],
    resource: pulumi.Resource | None,
) -> pulumi.ResourceHook:
    """Return the hook that says which record is waited for: no output can, before the run is over."""

    async def tell(_args: pulumi.ResourceHookArgs) -> None:
        known = await record.future()
        if known is not None:
            pulumi.log.warn(
                "Waiting for the certificate. This record has to be in the public DNS, and to stay there:\n"
                f"  {known.resource_record_name}  CNAME  {known.resource_record_value}",
                resource,
            )

    return pulumi.ResourceHook(f"{name}-certificate-record", tell)


def _declare_waf(to: Declaring, balancer: aws.lb.LoadBalancer) -> None:
    name, plan, args, opts = to.name, to.plan, to.args, to.opts
    acl: Input[str] | None = args.get("web_acl_arn")
    if plan.service.waf:
        acl = aws.wafv2.WebAcl(
            f"{name}-waf",
            name=plan.name,
            description="Managed rules in front of the Claude gateway, those on bodies counted",
            scope="REGIONAL",
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=[
                _waf_rule(number, group, counted)
                for number, (group, counted) in enumerate(facts.WAF_COUNTED.items())
            ],
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True,
                metric_name=plan.name,
                # Samples would keep parts of requests.
                sampled_requests_enabled=False,
            ),
            tags=args.get("tags"),
            opts=opts,
        ).arn
    if acl is not None:
        aws.wafv2.WebAclAssociation(f"{name}-waf-use", web_acl_arn=acl, resource_arn=balancer.arn, opts=opts)


def _waf_rule(number: int, group: str, counted: tuple[str, ...]) -> aws.wafv2.WebAclRuleArgs:
    count = aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
        count=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
    )
    return aws.wafv2.WebAclRuleArgs(
        name=group,
        priority=number,
        override_action=aws.wafv2.WebAclRuleOverrideActionArgs(
            none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()
        ),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                        name=rule, action_to_use=count
                    )
                    for rule in counted
                ]
                or None,
            )
        ),
        visibility_config=aws.wafv2.WebAclRuleVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, metric_name=group, sampled_requests_enabled=False
        ),
    )


def _declare_names(to: Declaring, network: Network, front: Front) -> None:
    """Declare the records of the domain, and say those that somebody else has to make."""
    name, plan, args, opts = to.name, to.plan, to.args, to.opts
    domain = plan.service.domain
    if domain is None:
        return

    def alias(label: str, zone_id: Input[str]) -> None:
        aws.route53.Record(
            f"{name}-{label}",
            zone_id=zone_id,
            name=domain,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=front.load_balancer.dns_name,
                    zone_id=front.load_balancer.zone_id,
                    evaluate_target_health=False,
                )
            ],
            opts=opts,
        )

    if plan.private_zone:
        zone = aws.route53.Zone(
            f"{name}-private-zone",
            name=domain,
            comment="The Claude gateway, within its VPC alone",
            vpcs=[aws.route53.ZoneVpcArgs(vpc_id=network.vpc_id)],
            tags=to.named("private"),
            opts=opts,
        )
        alias("private-name", zone.zone_id)
    if "hosted_zone_id" in args and not plan.service.internal:
        alias("public-name", args["hosted_zone_id"])
    else:
        front.records.append({"name": domain, "type": "CNAME", "value": front.load_balancer.dns_name})
    if front.certificate is not None and "hosted_zone_id" not in args:
        proof = front.certificate.domain_validation_options.apply(lambda known: known[0])
        front.records.append(
            {
                "name": proof.apply(lambda known: known.resource_record_name or ""),
                "type": "CNAME",
                "value": proof.apply(lambda known: known.resource_record_value or ""),
            }
        )
