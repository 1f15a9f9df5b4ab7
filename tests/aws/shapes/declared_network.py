"""Requests of the network, the load balancer and what stands before it."""

from collections.abc import Mapping
from typing import Any

from tests.aws.shapes.declared_requests import (
    Call,
    Row,
    Translation,
    call,
    labelled,
    pascal,
    tags,
    translates,
)


@translates("ec2/vpc:Vpc")
def vpc(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("ec2", "CreateVpc", {o["id"]: "Vpc.VpcId"}, CidrBlock=i["cidrBlock"],
                InstanceTenancy=i["instanceTenancy"], TagSpecifications=labelled(i, "vpc"))  # fmt: skip
    return [
        made,
        call("ec2", "ModifyVpcAttribute", VpcId=o["id"], EnableDnsSupport={"Value": i["enableDnsSupport"]}),
        call(
            "ec2", "ModifyVpcAttribute", VpcId=o["id"], EnableDnsHostnames={"Value": i["enableDnsHostnames"]}
        ),
    ]


@translates("ec2/subnet:Subnet")
def subnet(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("ec2", "CreateSubnet", {o["id"]: "Subnet.SubnetId"}, VpcId=i["vpcId"], CidrBlock=i["cidrBlock"],
                 AvailabilityZone=i["availabilityZone"], TagSpecifications=labelled(i, "subnet"))]  # fmt: skip


@translates("ec2/internetGateway:InternetGateway")
def internet_gateway(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("ec2", "CreateInternetGateway", {o["id"]: "InternetGateway.InternetGatewayId"},
                TagSpecifications=labelled(i, "internet-gateway"))  # fmt: skip
    return [made, call("ec2", "AttachInternetGateway", InternetGatewayId=o["id"], VpcId=i["vpcId"])]


@translates("ec2/eip:Eip")
def address(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("ec2", "AllocateAddress", {o["allocationId"]: "AllocationId"}, Domain=i["domain"],
                 TagSpecifications=labelled(i, "elastic-ip"))]  # fmt: skip


@translates("ec2/natGateway:NatGateway")
def nat_gateway(i: dict[str, Any], o: Row) -> list[Call]:
    kind = labelled(i, "natgateway")
    return [
        call(
            "ec2",
            "CreateNatGateway",
            {o["id"]: "NatGateway.NatGatewayId"},
            TagSpecifications=kind,
            **pascal(i),
        )
    ]


@translates("ec2/routeTable:RouteTable")
def route_table(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("ec2", "CreateRouteTable", {o["id"]: "RouteTable.RouteTableId"}, VpcId=i["vpcId"],
                TagSpecifications=labelled(i, "route-table"))  # fmt: skip
    names = {"cidrBlock": "DestinationCidrBlock", "gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}
    return [
        made,
        *(
            call(
                "ec2",
                "CreateRoute",
                RouteTableId=o["id"],
                **{names[key]: value for key, value in route.items()},
            )
            for route in ({k: v for k, v in one.items() if not k.startswith("__")} for one in i["routes"])
        ),
    ]


@translates("ec2/routeTableAssociation:RouteTableAssociation")
def association(i: dict[str, Any], _o: Row) -> list[Call]:
    return [call("ec2", "AssociateRouteTable", **pascal(i))]


@translates("ec2/securityGroup:SecurityGroup")
def security_group(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("ec2", "CreateSecurityGroup", {o["id"]: "GroupId"}, GroupName=i["name"], VpcId=i["vpcId"],
                 Description=i["description"], TagSpecifications=labelled(i, "security-group"))]  # fmt: skip


def _rule(operation: str) -> Translation:
    def rule(i: dict[str, Any], _o: Row) -> list[Call]:
        permission: dict[str, Any] = {
            "IpProtocol": i["ipProtocol"],
            "FromPort": i["fromPort"],
            "ToPort": i["toPort"],
        }
        if "cidrIpv4" in i:
            permission["IpRanges"] = [{"CidrIp": i["cidrIpv4"], "Description": i["description"]}]
        else:
            pair = {"GroupId": i["referencedSecurityGroupId"], "Description": i["description"]}
            permission["UserIdGroupPairs"] = [pair]
        return [call("ec2", operation, GroupId=i["securityGroupId"], IpPermissions=[permission],
                     TagSpecifications=labelled(i, "security-group-rule"))]  # fmt: skip

    return rule


translates("vpc/securityGroupIngressRule:SecurityGroupIngressRule")(_rule("AuthorizeSecurityGroupIngress"))
translates("vpc/securityGroupEgressRule:SecurityGroupEgressRule")(_rule("AuthorizeSecurityGroupEgress"))


def attributes(given: Mapping[str, object]) -> list[dict[str, str]]:
    return [
        {"Key": key, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
        for key, value in given.items()
    ]


@translates("lb/loadBalancer:LoadBalancer")
def load_balancer(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("elbv2", "CreateLoadBalancer", {o["arn"]: "LoadBalancers[0].LoadBalancerArn"}, Name=i["name"],
                Type=i["loadBalancerType"], Scheme="internal" if i["internal"] else "internet-facing",
                SecurityGroups=i["securityGroups"], Subnets=i["subnets"], IpAddressType=i["ipAddressType"],
                Tags=tags(i))  # fmt: skip
    set_ = attributes(
        {
            "idle_timeout.timeout_seconds": i["idleTimeout"],
            "routing.http.drop_invalid_header_fields.enabled": i["dropInvalidHeaderFields"],
            "routing.http.desync_mitigation_mode": i["desyncMitigationMode"],
            "routing.http2.enabled": i["enableHttp2"],
            "client_keep_alive.seconds": i["clientKeepAlive"],
        }
    )
    return [made, call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=o["arn"], Attributes=set_)]


@translates("lb/targetGroup:TargetGroup")
def target_group(i: dict[str, Any], o: Row) -> list[Call]:
    check = i["healthCheck"]
    made = call("elbv2", "CreateTargetGroup", {o["arn"]: "TargetGroups[0].TargetGroupArn"}, Name=o["name"],
                Protocol=i["protocol"], ProtocolVersion=i["protocolVersion"], Port=i["port"], VpcId=i["vpcId"],
                TargetType=i["targetType"], HealthCheckEnabled=check["enabled"], HealthCheckPath=check["path"],
                HealthCheckPort=check["port"], HealthCheckProtocol=check["protocol"],
                HealthCheckIntervalSeconds=check["interval"], HealthCheckTimeoutSeconds=check["timeout"],
                HealthyThresholdCount=check["healthyThreshold"], UnhealthyThresholdCount=check["unhealthyThreshold"],
                Matcher={"HttpCode": check["matcher"]}, Tags=tags(i))  # fmt: skip
    set_ = attributes(
        {
            "deregistration_delay.timeout_seconds": i["deregistrationDelay"],
            "load_balancing.algorithm.type": i["loadBalancingAlgorithmType"],
        }
    )
    return [made, call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=o["arn"], Attributes=set_)]


@translates("lb/listener:Listener")
def listener(i: dict[str, Any], o: Row) -> list[Call]:
    made = call("elbv2", "CreateListener", {o["arn"]: "Listeners[0].ListenerArn"}, LoadBalancerArn=i["loadBalancerArn"],
                Port=i["port"], Protocol=i["protocol"], SslPolicy=i["sslPolicy"],
                Certificates=[{"CertificateArn": i["certificateArn"]}], DefaultActions=pascal(i["defaultActions"]),
                Tags=tags(i))  # fmt: skip
    header = "routingHttpResponseAccessControlAllowOriginHeaderValue"
    set_ = attributes(
        {
            "routing.http.response.access_control_allow_origin.header_value": i[header],
            "routing.http.response.server.enabled": i["routingHttpResponseServerEnabled"],
        }
    )
    return [made, call("elbv2", "ModifyListenerAttributes", ListenerArn=o["arn"], Attributes=set_)]


@translates("acm/certificate:Certificate")
def certificate(i: dict[str, Any], o: Row) -> list[Call]:
    return [call("acm", "RequestCertificate", {o["arn"]: "CertificateArn"}, DomainName=i["domainName"],
                 ValidationMethod=i["validationMethod"], Tags=tags(i))]  # fmt: skip


@translates("route53/zone:Zone")
def zone(i: dict[str, Any], o: Row) -> list[Call]:
    place = {"VPCRegion": "us-east-1", "VPCId": i["vpcs"][0]["vpcId"]}
    config = {"Comment": i["comment"], "PrivateZone": True}
    labels = tags(i)
    return [
        call("route53", "CreateHostedZone", {o["zoneId"]: "HostedZone.Id"}, Name=i["name"], CallerReference="1",
             VPC=place, HostedZoneConfig=config),
        call("route53", "ChangeTagsForResource", ResourceType="hostedzone", ResourceId=o["zoneId"], AddTags=labels),
    ]  # fmt: skip


@translates("route53/record:Record")
def record(i: dict[str, Any], _o: Row) -> list[Call]:
    new: dict[str, Any] = {"Name": i["name"], "Type": i["type"]}
    if "aliases" in i:
        [alias] = i["aliases"]
        new["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    else:
        new |= {"TTL": i["ttl"], "ResourceRecords": [{"Value": one} for one in i["records"]]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": new}]}
    return [call("route53", "ChangeResourceRecordSets", HostedZoneId=i["zoneId"], ChangeBatch=batch)]


@translates("wafv2/webAcl:WebAcl")
def web_acl(i: dict[str, Any], o: Row) -> list[Call]:
    labels = tags(i)
    given = pascal({key: i[key] for key in ("name", "description", "scope", "defaultAction")})
    rules = [_capital(pascal(one)) for one in i["rules"]]
    return [call("wafv2", "CreateWebACL", {o["arn"]: "Summary.ARN"}, Rules=rules,
                 VisibilityConfig=_capital(pascal(i["visibilityConfig"])), Tags=labels, **given)]  # fmt: skip


def _capital(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a web ACL's parts with the one key that the API writes otherwise."""
    if isinstance(value, dict):
        return {key.replace("Cloudwatch", "CloudWatch"): _capital(inner) for key, inner in value.items()}
    return [_capital(inner) for inner in value] if isinstance(value, list) else value


@translates("wafv2/webAclAssociation:WebAclAssociation")
def web_acl_association(i: dict[str, Any], _o: Row) -> list[Call]:
    return [call("wafv2", "AssociateWebACL", WebACLArn=i["webAclArn"], ResourceArn=i["resourceArn"])]
