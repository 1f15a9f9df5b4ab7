"""What `AwsGateway` will declare, checked before anything is: name, network, certificate, size.

Pure. A value that is not known yet (an Output) is None here and is checked by AWS.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claude_byoc.arguments import camel, known_text, known_whole, require
from claude_byoc.aws.gateway_args import AwsGatewayArgs, AwsGatewayNetworkArgs
from claude_byoc.contract import aws as aws_facts
from claude_byoc.contract import aws_gateway as facts
from claude_byoc.contract.problems import Problem
from claude_byoc.gateway import service_plan
from claude_byoc.gateway.container import Container
from claude_byoc.gateway.service_plan import ServicePlan

CLOUD = "aws"
DEFAULT_NAME = "claude-gateway"
DEFAULT_RANGE = "10.71.0.0/22"
EVERYWHERE = "0.0.0.0/0"
REGISTRIES = ("public.ecr.aws", "ghcr.io")
"""Where images come from, first choice first: neither limits how often ECS may pull."""
_IMAGE_HEADROOM_MIB = 128
"""Memory of an instance besides the containers': Fargate's own agent."""


@dataclass(frozen=True)
class AwsGatewayPlan:
    """The gateway in AWS: the service, the same in every cloud, and what AWS adds."""

    service: ServicePlan
    region: str | None
    account_id: str | None
    name: str = DEFAULT_NAME
    own_network: bool = True
    vpc_cidr: str = DEFAULT_RANGE
    nat_per_zone: bool = False
    assign_public_ip: bool = False
    vpc_id: str | None = None
    front_subnets: Sequence[str | None] = ()
    task_subnets: Sequence[str | None] = ()
    network_keys: frozenset[str] = frozenset()
    """What was said of the network, by the names of the arguments."""
    has_certificate: bool = False
    certificate_arn: str | None = None
    has_zone: bool = False
    zone_id: str | None = None
    private_zone: bool = False
    domain_verified: bool = False
    cpu_asked: int | None = None
    memory_asked: int | None = None
    has_topic: bool = False
    alarm_topic_arn: str | None = None
    has_web_acl: bool = False

    @property
    def nat_gateways(self) -> int:
        """How many NAT gateways are made; none in a VPC that exists."""
        if not self.own_network:
            return 0
        return facts.SUBNETS if self.nat_per_zone else 1

    @property
    def plaintext(self) -> bool:
        """Whether the load balancer speaks HTTP alone."""
        return self.service.plaintext

    @property
    def requests_certificate(self) -> bool:
        """Whether a certificate is requested here."""
        return not self.plaintext and not self.has_certificate

    @property
    def awaits_proof(self) -> bool:
        """Whether somebody must first create the record that proves the domain; nothing answers before."""
        return self.requests_certificate and not self.has_zone and not self.domain_verified

    @property
    def scheme(self) -> str:
        """`https`, or `http` by explicit choice."""
        return "http" if self.plaintext else "https"

    @property
    def port(self) -> int:
        """Port of the load balancer."""
        return 80 if self.plaintext else 443

    @property
    def idle_seconds(self) -> int:
        """How long the load balancer waits for the next byte of an answer."""
        return self.service.spec.timeout_seconds

    @property
    def size(self) -> tuple[int, int]:
        """CPU units and MiB of an instance: the least size of Fargate that holds what is asked for."""
        cpu, memory = self._wanted()
        for units, offered in facts.FARGATE_SIZES.items():
            found = [mib for mib in offered if mib >= memory]
            if units >= cpu and found:
                return units, found[0]
        units, offered = list(facts.FARGATE_SIZES.items())[-1]
        return units, offered[-1]

    @property
    def images(self) -> list[str]:
        """The images to pull."""
        shape = self.service.shape
        every = [*([shape.init] if shape.init else []), *shape.containers]
        return sorted({image_of(one) for one in every})

    def allowed_ranges(self) -> dict[str, str | None]:
        """Return who may call: what the rule is named by -> IPv4 range; None is the range of a VPC that exists.

        A rule is named by its range: numbered ones would be updated to the range of another when one is left out,
        which EC2 refuses while the other stands.
        """
        allowed = self.service.allowed_addresses
        if not allowed:
            # The world only where that is meant: an internal load balancer opened to it is reachable by every network
            # that is ever connected.
            if self.service.internal and not self.own_network:
                return {"vpc": None}
            allowed = [self.vpc_cidr if self.service.internal else EVERYWHERE]
        return {text.replace("/", "-"): text for text in map(_range_text, allowed)}

    def subnet_ranges(self) -> list[str]:
        """Return the ranges of the four subnets of an own VPC: two of the load balancer, two of the containers."""
        return [str(one) for one in ipaddress.IPv4Network(self.vpc_cidr).subnets(prefixlen_diff=2)]

    def problems(self) -> list[Problem]:
        """Return everything by which this gateway could not work, or would let in whom it should not."""
        found = [*self.service.problems()]
        own = (self._names(), self._network(), self._front(), self._callers(), self._sizes())
        found += [problem for one in own for problem in one]
        return list(dict.fromkeys(found))

    def hints(self) -> list[Problem]:
        """Return what works and may surprise."""
        return self.service.hints()

    def _wanted(self) -> tuple[int, int]:
        """Return the CPU units and MiB that are asked for; without a word of them what the containers need."""
        containers = self.service.shape.containers
        cpu = self.cpu_asked or round(1024 * sum(one.cpu for one in containers))
        memory = self.memory_asked or sum(one.memory_mib for one in containers) + _IMAGE_HEADROOM_MIB
        return cpu, memory

    def _names(self) -> Iterator[Problem]:
        known: list[tuple[str, str | None, str, str]] = [
            ("aws.region", self.region, aws_facts.REGION_PATTERN, "for instance eu-central-1"),
            ("aws.accountId", self.account_id, aws_facts.ACCOUNT_ID_PATTERN, "12 digits"),
            ("gateway.aws.serviceName", self.name, facts.SERVICE_NAME_PATTERN,
             "2 to 20 lower-case letters, digits and hyphens, a letter first, no hyphen last"),
            ("gateway.aws.certificateArn", self.certificate_arn, facts.CERTIFICATE_ARN_PATTERN,
             "arn:aws:acm:REGION:ACCOUNT:certificate/ID"),
            ("gateway.aws.hostedZoneId", self.zone_id, facts.ZONE_ID_PATTERN, "for instance Z0123456789ABC"),
            ("gateway.aws.alarmTopicArn", self.alarm_topic_arn, facts.TOPIC_ARN_PATTERN,
             "arn:aws:sns:REGION:ACCOUNT:NAME"),
            ("gateway.aws.network.vpcId", self.vpc_id, facts.VPC_ID_PATTERN, "for instance vpc-0123456789abcdef0"),
            *(("gateway.aws.network", one, facts.SUBNET_ID_PATTERN, "for instance subnet-0123456789abcdef0")
              for one in (*self.front_subnets, *self.task_subnets)),
        ]  # fmt: skip
        for key, value, pattern, allowed in known:
            if value is not None and not re.match(pattern, value):
                yield Problem(key, f"{value!r} is none", allowed, "correct it")
        arn = self.certificate_arn or ""
        if self.region and arn.startswith("arn:") and arn.split(":")[3] not in (self.region, ""):
            place = arn.split(":")[3]
            yield Problem("gateway.aws.certificateArn", f"lies in {place}", f"a certificate in {self.region}",
                          "load balancers take certificates of their own region alone: request one there")  # fmt: skip

    def _network(self) -> Iterator[Problem]:
        key = "gateway.aws.network"
        given = {"vpc_id", "load_balancer_subnet_ids", "task_subnet_ids"}
        own = {"vpc_cidr", "nat_per_zone"}
        if self.own_network:
            if "assign_public_ip" in self.network_keys:
                yield Problem(f"{key}.assignPublicIp", "is set, and the VPC that is made has a NAT gateway",
                              "with subnets that exist alone", "remove it")  # fmt: skip
            yield from self._range(f"{key}.vpcCidr")
            return
        for name in sorted(given - self.network_keys):
            yield Problem(f"{key}.{camel(name)}", "is missing, and others of the network are given",
                          "vpcId, loadBalancerSubnetIds and taskSubnetIds together",
                          "add it, or remove the others to have a VPC made")  # fmt: skip
        for name in sorted(own & self.network_keys):
            yield Problem(f"{key}.{camel(name)}", "is set, and the VPC exists already",
                          "without vpcId alone", "remove it")  # fmt: skip
        if "load_balancer_subnet_ids" in self.network_keys and len(self.front_subnets) < facts.SUBNETS:
            yield Problem(f"{key}.loadBalancerSubnetIds", f"has {len(self.front_subnets)}",
                          "two at least, in two Availability Zones", "add one")  # fmt: skip
        if "task_subnet_ids" in self.network_keys and not self.task_subnets:
            yield Problem(f"{key}.taskSubnetIds", "is empty", "one subnet at least", "add one")

    def _range(self, key: str) -> Iterator[Problem]:
        allowed = f"a private IPv4 range with a prefix of {facts.VPC_PREFIXES[0]} to {facts.VPC_PREFIXES[-1]}"
        try:
            network = ipaddress.IPv4Network(self.vpc_cidr)
        except ValueError:
            yield Problem(key, f"{self.vpc_cidr!r} is no IPv4 range", allowed, "for instance 10.71.0.0/22")
            return
        if network.prefixlen not in facts.VPC_PREFIXES or not network.is_private:
            yield Problem(key, f"{self.vpc_cidr} does not do", allowed, "for instance 10.71.0.0/22")

    def _front(self) -> Iterator[Problem]:
        if self.plaintext:
            for key, given in (
                ("certificateArn", self.has_certificate),
                ("hostedZoneId", self.has_zone and not self.service.domain),
            ):
                if given:
                    yield Problem(f"gateway.aws.{key}", "is set, and gateway.insecurePlaintextHttp is true",
                                  "one of the two", "remove insecurePlaintextHttp")  # fmt: skip
        elif self.service.domain is None:
            yield Problem("gateway.domain", "is missing: a load balancer of AWS has no certificate for its own name",
                          "a host name of yours, for instance claude.example.com", "set it")  # fmt: skip
        if self.domain_verified:
            for key, given in (
                ("insecurePlaintextHttp", self.plaintext),
                ("aws.certificateArn", self.has_certificate),
                ("aws.hostedZoneId", self.has_zone),
            ):
                if given:
                    yield Problem("gateway.aws.domainVerified", f"is true beside gateway.{key}",
                                  "where somebody else creates the proof of the domain", "remove it")  # fmt: skip
        if self.private_zone and self.service.domain is None:
            yield Problem("gateway.aws.privateZone", "is true, and there is no gateway.domain", "with gateway.domain",
                          "remove it, or set gateway.domain")  # fmt: skip
        if self.has_web_acl and self.service.waf:
            yield Problem("gateway.waf", "is true, and gateway.aws.webAclArn names another web ACL", "one of the two",
                          "remove one: a load balancer has one web ACL")  # fmt: skip

    def _callers(self) -> Iterator[Problem]:
        number = len(self.allowed_ranges())
        if number > facts.INBOUND_RULES:
            yield Problem(
                "gateway.allowedAddresses",
                f"has {number} ranges, and a security group takes {facts.INBOUND_RULES} inbound rules",
                f"up to {facts.INBOUND_RULES} ranges",
                "join neighbouring ranges, or have gateway.aws.webAclArn name a web ACL with an IP set",
            )

    def _sizes(self) -> Iterator[Problem]:
        sizes = facts.FARGATE_SIZES
        if self.cpu_asked is not None and self.cpu_asked not in sizes:
            offered = ", ".join(map(str, sizes))
            yield Problem("gateway.aws.cpu", f"is {self.cpu_asked}", offered, "choose one of them")
            return
        if (self.cpu_asked is None and self.memory_asked is None) or not self.service.spec.upstreams:
            return
        cpu, memory = self._wanted()
        if self.memory_asked is None:
            if self.size[0] != cpu:
                allowed = ", ".join(str(units) for units, row in sizes.items() if row[-1] >= memory)
                yield Problem("gateway.aws.cpu", f"is {cpu}, with which Fargate offers less memory than is needed",
                              allowed, "choose one of them")  # fmt: skip
            return
        needed = sum(one.memory_mib for one in self.service.shape.containers)
        if self.memory_asked < needed:
            wrong = f"less than the {needed} that the containers need"
        elif self.size != (self.cpu_asked or self.size[0], self.memory_asked):
            least = next((units for units in sizes if units >= cpu), cpu)
            which = (
                f"{cpu} CPU units" if self.cpu_asked else f"{least} CPU units, the least for the containers"
            )
            wrong = f"which Fargate does not offer with {which}"
        else:
            return
        fitting = {units: [mib for mib in row if mib >= needed] for units, row in sizes.items()}
        working = [units for units in sizes if (units == cpu if self.cpu_asked else units >= cpu)]
        allowed = ", ".join(_offered(units, fitting[units]) for units in working if fitting[units])
        others = [str(units) for units, row in fitting.items() if self.memory_asked in row]
        cure = "choose one of them" + (f", or set gateway.aws.cpu to {' or '.join(others)}" if others else "")
        yield Problem("gateway.aws.memoryMib", f"is {self.memory_asked}, {wrong}", allowed, cure)


def image_of(container: Container) -> str:
    """Return the image to pull: from a registry that does not limit ECS, where it is known to hold the digest."""
    for registry in REGISTRIES:
        if any(name.startswith(registry) for name in container.image.names):
            return container.image.at(registry)
    return container.image.at()


def plan_of(args: AwsGatewayArgs) -> AwsGatewayPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "AwsGateway", AwsGatewayArgs.__annotations__, ["region"])
    network: AwsGatewayNetworkArgs = args.get("network", {})
    service = service_plan.plan_of(args, CLOUD)
    return AwsGatewayPlan(
        service,
        region=known_text(args["region"]),
        account_id=known_text(args.get("account_id")),
        name=args.get("service_name", DEFAULT_NAME),
        own_network=not ({"vpc_id", "load_balancer_subnet_ids", "task_subnet_ids"} & network.keys()),
        vpc_cidr=network.get("vpc_cidr", DEFAULT_RANGE),
        nat_per_zone=network.get("nat_per_zone", False),
        assign_public_ip=network.get("assign_public_ip", False),
        vpc_id=known_text(network.get("vpc_id")),
        front_subnets=[known_text(one) for one in network.get("load_balancer_subnet_ids", [])],
        task_subnets=[known_text(one) for one in network.get("task_subnet_ids", [])],
        network_keys=frozenset(network),
        has_certificate="certificate_arn" in args,
        certificate_arn=known_text(args.get("certificate_arn")),
        has_zone="hosted_zone_id" in args,
        zone_id=known_text(args.get("hosted_zone_id")),
        private_zone=args.get("private_zone", service.internal and service.domain is not None),
        cpu_asked=known_whole(args.get("cpu")),
        memory_asked=known_whole(args.get("memory_mib")),
        domain_verified=args.get("domain_verified", False),
        has_topic="alarm_topic_arn" in args,
        alarm_topic_arn=known_text(args.get("alarm_topic_arn")),
        has_web_acl="web_acl_arn" in args,
    )


def _range_text(text: str) -> str:
    """Return an IPv4 range as EC2 shows it; what is none is told elsewhere and stays."""
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError:
        return text


def _offered(units: int, sizes: Sequence[int]) -> str:
    step = sizes[1] - sizes[0] if len(sizes) > 1 else 0
    even = len(sizes) > 2 and list(sizes) == list(range(sizes[0], sizes[-1] + 1, step))  # noqa: PLR2004
    shown = f"{sizes[0]} to {sizes[-1]} in steps of {step}" if even else " or ".join(map(str, sizes))
    return f"{shown} with {units} CPU units"
