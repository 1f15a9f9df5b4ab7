"""Where the gateway stands in AWS: a VPC of its own or one that exists, and who can reach what in it."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from claude_byoc.aws.gateway_args import AwsGatewayArgs, AwsGatewayNetworkArgs
from claude_byoc.aws.gateway_plan import EVERYWHERE, AwsGatewayPlan
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.gateway.container import EDGE_PORT

with warnings.catch_warnings():
    # The SDK's module of EC2 warns, as it is imported, of a class of its own that is deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pulumi_aws.ec2 import (
        Eip,
        InternetGateway,
        NatGateway,
        RouteTable,
        RouteTableAssociation,
        RouteTableRouteArgs,
        SecurityGroup,
        Subnet,
        Vpc,
        get_vpc_output,
    )

TLS_PORT = 443
REDIS_PORT = 6379


@dataclass(frozen=True)
class Declaring:
    """What every part of the gateway is declared with: logical name, plan, arguments, options of its children."""

    name: str
    plan: AwsGatewayPlan
    args: AwsGatewayArgs
    opts: pulumi.ResourceOptions

    @property
    def tags(self) -> Input[Mapping[str, Input[str]]] | None:
        """Tags of everything that takes them."""
        return self.args.get("tags")

    def named(self, *parts: str) -> Output[Mapping[str, str]]:
        """Return the tags with a name, which EC2's console shows, and by which `recover` tells two of a type apart."""
        name = "-".join([self.plan.name, *parts])
        return Output.all(tags=self.tags or {}).apply(lambda known: {**known["tags"], "Name": name})

    def after(self, *needed: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return the options of a child that comes after others."""
        return pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(depends_on=[*needed]))


@dataclass(frozen=True)
class Network:
    """The VPC and its subnets. `ways_out` is what has to exist before a container can reach the internet."""

    vpc_id: Output[str]
    vpc_range: Output[str]
    front_subnets: list[Output[str]]
    task_subnets: list[Output[str]]
    assign_public_ip: bool
    ways_out: list[pulumi.Resource]


@dataclass(frozen=True)
class Firewall:
    """The security groups of the load balancer and of the containers; `rules` come before traffic."""

    front: SecurityGroup
    tasks: SecurityGroup
    rules: list[pulumi.Resource]


def declare_network(to: Declaring) -> Network:
    """Return the VPC that is made, or the one that is given."""
    return _made(to) if to.plan.own_network else _given(to)


def _given(to: Declaring) -> Network:
    given: AwsGatewayNetworkArgs = to.args.get("network", {})
    vpc_id = Output.from_input(given.get("vpc_id", ""))
    found = get_vpc_output(id=vpc_id, opts=pulumi.InvokeOutputOptions(parent=to.opts.parent))
    return Network(
        vpc_id,
        found.cidr_block,
        [Output.from_input(one) for one in given.get("load_balancer_subnet_ids", [])],
        [Output.from_input(one) for one in given.get("task_subnet_ids", [])],
        to.plan.assign_public_ip,
        [],
    )


def _made(to: Declaring) -> Network:
    name, plan, opts = to.name, to.plan, to.opts
    invoke = pulumi.InvokeOutputOptions(parent=opts.parent)
    zones = aws.get_availability_zones_output(
        state="available",
        # Local and Wavelength Zones have neither Fargate nor load balancers everywhere.
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        opts=invoke,
    ).names
    vpc = Vpc(
        f"{name}-vpc",
        cidr_block=plan.vpc_cidr,
        enable_dns_support=True,
        # Private zones answer within a VPC that has both.
        enable_dns_hostnames=True,
        tags=to.named(),
        opts=opts,
    )
    internet = InternetGateway(f"{name}-internet", vpc_id=vpc.id, tags=to.named(), opts=opts)
    ranges = plan.subnet_ranges()

    def subnets(kind: str, offset: int) -> list[Subnet]:
        return [
            Subnet(
                f"{name}-{kind}-{number}",
                vpc_id=vpc.id,
                cidr_block=ranges[offset + number],
                availability_zone=zones.apply(lambda known, number=number: known[number]),
                map_public_ip_on_launch=False,
                tags=to.named(kind, str(number)),
                # A zone that AWS adds must not move what stands.
                opts=pulumi.ResourceOptions.merge(
                    opts, pulumi.ResourceOptions(ignore_changes=["availabilityZone"])
                ),
            )
            for number in range(facts.SUBNETS)
        ]

    def routes(kind: str, number: int | None, target: RouteTableRouteArgs) -> RouteTable:
        suffix = kind if number is None else f"{kind}-{number}"
        return RouteTable(
            f"{name}-{suffix}-routes",
            vpc_id=vpc.id,
            routes=[target],
            tags=to.named(suffix),
            opts=opts,
        )

    def joined(kind: str, number: int, subnet: Subnet, table: RouteTable) -> pulumi.Resource:
        label = f"{name}-{kind}-{number}-routing"
        return RouteTableAssociation(label, subnet_id=subnet.id, route_table_id=table.id, opts=opts)

    public, private = subnets("public", 0), subnets("private", facts.SUBNETS)
    outside = routes("public", None, RouteTableRouteArgs(cidr_block=EVERYWHERE, gateway_id=internet.id))
    public_routes = [joined("public", number, subnet, outside) for number, subnet in enumerate(public)]
    tables: list[RouteTable] = []
    for number in range(plan.nat_gateways):
        address = Eip(
            f"{name}-nat-{number}-address",
            domain="vpc",
            tags=to.named("nat", str(number)),
            opts=to.after(internet),
        )
        nat = NatGateway(
            f"{name}-nat-{number}",
            allocation_id=address.allocation_id,
            subnet_id=public[number].id,
            tags=to.named("nat", str(number)),
            opts=to.after(*public_routes),
        )
        route = RouteTableRouteArgs(cidr_block=EVERYWHERE, nat_gateway_id=nat.id)
        tables.append(routes("private", number, route))
    private_routes = [
        joined("private", number, subnet, tables[min(number, len(tables) - 1)])
        for number, subnet in enumerate(private)
    ]
    front = private if plan.service.internal else public
    return Network(
        vpc.id,
        vpc.cidr_block,
        [subnet.id for subnet in front],
        [subnet.id for subnet in private],
        assign_public_ip=False,
        ways_out=[*public_routes, *private_routes],
    )


def declare_firewall(to: Declaring, network: Network) -> Firewall:
    """Return the security groups: who may call the load balancer, and it alone the containers."""
    name, plan, opts = to.name, to.plan, to.opts
    front = SecurityGroup(
        f"{name}-front",
        description="Load balancer of the Claude gateway",
        vpc_id=network.vpc_id,
        tags=to.named("front"),
        opts=opts,
    )
    tasks = SecurityGroup(
        f"{name}-tasks",
        description="Containers of the Claude gateway",
        vpc_id=network.vpc_id,
        tags=to.named("tasks"),
        opts=opts,
    )
    rules: list[pulumi.Resource] = [
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-front-from-{label}",
            security_group_id=front.id,
            description="People and their applications",
            ip_protocol="tcp",
            from_port=plan.port,
            to_port=plan.port,
            cidr_ipv4=network.vpc_range if one is None else one,
            tags=to.named("front-from", label),
            opts=pulumi.ResourceOptions.merge(
                # What rules were named by before; a second one of the same range would be refused.
                opts,
                pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-front-from-{number}")]),
            ),
        )
        for number, (label, one) in enumerate(plan.allowed_ranges().items())
    ]
    rules += [
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-front-to-tasks",
            security_group_id=front.id,
            description="To the containers",
            ip_protocol="tcp",
            from_port=EDGE_PORT,
            to_port=EDGE_PORT,
            referenced_security_group_id=tasks.id,
            tags=to.named("front-to-tasks"),
            opts=opts,
        ),
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-tasks-from-front",
            security_group_id=tasks.id,
            description="From the load balancer alone",
            ip_protocol="tcp",
            from_port=EDGE_PORT,
            to_port=EDGE_PORT,
            referenced_security_group_id=front.id,
            tags=to.named("tasks-from-front"),
            opts=opts,
        ),
    ]
    rules += [
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-tasks-to-{label}",
            security_group_id=tasks.id,
            description=purpose,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=EVERYWHERE,
            tags=to.named("tasks-to", label),
            opts=opts,
        )
        for label, (purpose, port) in _ways(to.args, plan).items()
    ]
    return Firewall(front, tasks, rules)


def _ways(args: AwsGatewayArgs, plan: AwsGatewayPlan) -> dict[str, tuple[str, Input[int]]]:
    """Return where the containers may call out to: label -> purpose and port."""
    ways: dict[str, tuple[str, Input[int]]] = {
        "internet": ("Models, sign-in keys, images, logs, secrets", TLS_PORT)
    }
    urls = [upstream.get("base_url") for upstream in args.get("upstreams", [])]
    telemetry = args.get("telemetry")
    urls += [telemetry["collector_url"]] if telemetry else []
    for url in urls:
        port = port_of(url, TLS_PORT) if isinstance(url, str) else TLS_PORT
        if port != TLS_PORT:
            ways[f"port-{port}"] = ("An address of the settings", port)
    redis = args.get("secrets", {}).get("redis_url")
    if plan.service.spec.limits and plan.service.spec.limits.shared and redis is not None:
        # Where Redis listens is no secret, the rest of its address is.
        port = Output.unsecret(Output.from_input(redis).apply(lambda url: port_of(url, REDIS_PORT)))
        ways["redis"] = ("Redis, which counts what teams use", port)
    return ways


def port_of(url: str, default: int) -> int:
    """Return the port that an address names."""
    try:
        return urlsplit(url).port or default
    except ValueError:
        return default
