"""AWS: what its services choose."""

import secrets
from typing import Any, cast

from standin.generators import Making, generator
from standin.values import Plain


@generator("thumbprints")
def thumbprints(_: Making) -> Plain:
    """Return one certificate thumbprint of the right form (rules/BELIEVED.md)."""
    return [secrets.token_hex(20)]


@generator("agreement_offers")
def agreement_offers(_: Making) -> Plain:
    """Return one offer of a model, as getModelAgreementOffers lists it, with a token of its own each time.

    source: pulumi_aws GetModelAgreementOffersOfferResult; that a token is new each time follows from
    `ignore_changes=["offerToken"]` in the documentation of ModelAgreement
    """
    terms: dict[str, Plain] = {
        "legalTerms": [{"url": "https://stand-in.invalid/legal-terms"}],
        "supportTerms": [{"refundPolicyDescription": "none: a stand-in sells nothing"}],
        "usageBasedPricingTerms": [
            {"rateCards": [{"description": "any use", "dimension": "any", "price": "0.00", "unit": "Units"}]}
        ],
        "validityTerms": [{"agreementDuration": "P1Y"}],
    }
    return [
        {
            "offerId": f"offer-{secrets.token_hex(7)}",
            "offerToken": secrets.token_urlsafe(48),
            "termDetails": [terms],
        }
    ]


_ELB = "loadbalancer/"


@generator("load_balancer_suffix")
def load_balancer_suffix(making: Making) -> Plain:
    """Return the part of a load balancer's ARN by which CloudWatch's metrics name it."""
    return str(making.properties["arn"]).partition(_ELB)[2]


@generator("target_group_suffix")
def target_group_suffix(making: Making) -> Plain:
    """Return the part of a target group's ARN by which CloudWatch's metrics name it."""
    return str(making.properties["arn"]).rpartition(":")[2]


@generator("load_balancer_host")
def load_balancer_host(making: Making) -> Plain:
    """Return the host name of a load balancer.

    source: docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html (the form)
    """
    internal = "internal-" if making.properties.get("internal") else ""
    suffix = "amazonaws.com.cn" if making.scope["partition"] == "aws-cn" else "amazonaws.com"
    number = 10**9 + secrets.randbelow(9 * 10**9)
    return f"{internal}{making.properties['name']}-{number}.{making.scope['region']}.elb.{suffix}"


@generator("listener_arn")
def listener_arn(making: Making) -> Plain:
    """Return the ARN of a listener, which goes on from its load balancer's.

    source: docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    """
    parent = str(making.properties["loadBalancerArn"]).replace(f":{_ELB}", ":listener/")
    return f"{parent}/{secrets.token_hex(8)}"


@generator("validation_records")
def validation_records(making: Making) -> Plain:
    """Return the CNAME by which ACM sees that the domain is ours: the same for a domain at each request of an account.

    source: docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    if making.properties.get("validationMethod") != "DNS":
        return []
    others = making.properties.get("subjectAlternativeNames")
    names = [str(making.properties["domainName"]), *(map(str, others) if isinstance(others, list) else [])]
    return [
        {
            "domainName": name,
            "resourceRecordName": f"_{making.cloud.digest([making.place, name])[:32]}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{making.cloud.digest([name, making.place])[:32]}.acm-validations.aws.",
        }
        for name in dict.fromkeys(names)
    ]


@generator("certificate_status")
def certificate_status(making: Making) -> Plain:
    """Return ISSUED for an imported certificate, and for a requested one once its records are in the DNS.

    The DNS is what Route 53's rows say, somebody else's among them.
    """
    wanted = making.properties.get("domainValidationOptions")
    if not isinstance(wanted, list):
        return "PENDING_VALIDATION"
    account = str(making.scope["account"])
    there = {
        str(row.properties.get("name")).rstrip(".")
        for row in making.cloud.all("aws:route53/record:Record", account)
    }
    needed = {str(one["resourceRecordName"]).rstrip(".") for one in wanted if isinstance(one, dict)}
    return "ISSUED" if needed <= there else "PENDING_VALIDATION"


@generator("task_definition_revision")
def task_definition_revision(making: Making) -> Plain:
    """Return the next revision of the family; those that were deregistered count as well.

    source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    token = "aws:ecs/taskDefinition:TaskDefinition"  # noqa: S105 -- a type
    family = making.properties["family"]
    rows = [*making.cloud.all(token, making.place), *making.cloud.lasting()]
    return 1 + sum(1 for row in rows if row.token == token and row.properties.get("family") == family)


@generator("ecs_service_arn")
def ecs_service_arn(making: Making) -> Plain:
    """Return the ARN of a service, which names its cluster.

    source: docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html (the long form)
    """
    cluster = str(making.properties.get("cluster", "default")).rpartition("/")[2]
    place = f"{making.scope['partition']}:ecs:{making.scope['region']}:{making.scope['account']}"
    return f"arn:{place}:service/{cluster}/{making.properties['name']}"


@generator("availability_zones")
def availability_zones(making: Making) -> Plain:
    """Return three zones of the region, as most regions have.

    source: docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    return [f"{making.scope['region']}{letter}" for letter in "abc"]


_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
_GONE = ("aws:lb/listener:Listener", _NAT_GATEWAY, "aws:route53/zone:Zone")
_NO_INDEX = ("aws:iam/",)


@generator("tagged_resources")
def tagged_resources(making: Making) -> Plain:
    """Return what the index of tags shows in a region: what carries the tags, and some that was deleted.

    Zones stand in one region alone. Beside each type that the index is known to keep after its delete stands one such,
    and task definitions that were deregistered are still there.
    source: docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html ("previously tagged"),
    supported-services.html (no IAM roles), github.com/aws/aws-sdk/issues/676 (deleted zones and listeners);
    docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html (deleted ones show for an hour)
    """
    filters = cast("list[dict[str, Any]]", making.properties.get("tagFilters") or [])
    wanted: dict[str, list[str]] = {one["key"]: one.get("values") or [] for one in filters}
    account, region = str(making.properties["account"]), str(making.properties["region"])
    place = f"{making.scope['partition']}:ec2:{region}:{account}"
    found: list[Plain] = []
    kept = [row for row in making.cloud.lasting() if row.token == _TASK_DEFINITION]
    for row in (*making.cloud.resources(), *making.cloud.foreign(), *kept):
        tags, arn = row.properties.get("tagsAll"), str(row.properties.get("arn"))
        if row.token == _NAT_GATEWAY:
            arn = f"arn:{place}:natgateway/{row.id}"
        if not isinstance(tags, dict) or not arn.startswith("arn:") or row.token.startswith(_NO_INDEX):
            continue
        home = region if row.place == f"{account}/{region}" else "us-east-1" if row.place == account else ""
        if home != region or any(tags.get(key) not in values for key, values in wanted.items()):
            continue
        found.append({"resourceArn": arn, "tags": dict(tags), "complianceDetails": []})
        if row.token in _GONE:
            digest = making.cloud.digest(["gone", arn])
            gone = f"Z{digest[:19].upper()}" if "hostedzone" in arn else f"nat-0{digest[:16]}"
            other = f"{arn.rpartition('/')[0]}/{digest[:16] if 'listener' in arn else gone}"
            found.insert(0, {"resourceArn": other, "tags": dict(tags), "complianceDetails": []})
    return found


@generator("secret_versions")
def secret_versions(making: Making) -> Plain:
    """Return the versions of a secret, the newest one as the current one.

    source: docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html (staging labels)
    """
    rows = making.cloud.all("aws:secretsmanager/secretVersion:SecretVersion", making.place)
    own = [row for row in rows if row.properties.get("secretId") == making.properties.get("arn")]
    own.sort(key=lambda row: row.created, reverse=True)
    stages = ["AWSCURRENT", "AWSPREVIOUS"]
    versions: list[Plain] = [
        {"versionId": str(row.properties["versionId"]), "versionStages": [*stages[number : number + 1]]}
        for number, row in enumerate(own)
    ]
    return versions
