"""Amazon ECS on Fargate and the Application Load Balancer: what a gateway there can reach."""

from collections.abc import Mapping
from types import MappingProxyType

FARGATE_SIZES: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        256: (512, 1024, 2048),
        512: tuple(range(1024, 4097, 1024)),
        1024: tuple(range(2048, 8193, 1024)),
        2048: tuple(range(4096, 16385, 1024)),
        4096: tuple(range(8192, 30721, 1024)),
        8192: tuple(range(16384, 61441, 4096)),
        16384: tuple(range(32768, 122881, 8192)),
    }
)
"""CPU units (1024 = one vCPU) -> MiB of memory that Fargate offers with them.
source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html (task CPU and memory)"""

LONGEST_STOP_SECONDS = 120
"""Most that Fargate waits between the sign to stop and the end (stopTimeout).
source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""

HEALTH_CHECK_RETRIES = 10
HEALTH_CHECK_START_SECONDS = 300
"""Most of a container's health check: failures in a row, and seconds in which failures do not count.
source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"""

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3 alone, the policy that AWS recommends.
source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""

SERVICE_NAME_PATTERN = r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$"
"""The gateway's name ends at 20 characters: load balancers end at 32, and Pulumi appends `-target-` and 7 more.
source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"""

VPC_ID_PATTERN = r"^vpc-[0-9a-f]{8,17}$"
SUBNET_ID_PATTERN = r"^subnet-[0-9a-f]{8,17}$"
ZONE_ID_PATTERN = r"^Z[A-Z0-9]{5,31}$"
CERTIFICATE_ARN_PATTERN = r"^arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}$"
TOPIC_ARN_PATTERN = r"^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"

VPC_PREFIXES = range(16, 27)
"""Prefix lengths of a VPC that leaves room for four subnets: a VPC may have 16 to 28, a load balancer's subnet 27 at
most.
source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html (8 free ones)"""
SUBNETS = 2
"""Availability Zones that a load balancer needs at least. source: as above"""

INBOUND_RULES = 60
"""Inbound IPv4 rules of a security group, by default; more on request.
source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (security groups)"""

ECR_IMAGE_PATTERN = (
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)"
    r"/(?P<repository>[a-z0-9._/-]+)(:[\w.-]+)?@sha256:[0-9a-f]{64}"
)
"""An image in a private registry of Amazon ECR, by its digest.
source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html"""
ECR_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What ECS needs at a repository to pull from it, beside `ecr:GetAuthorizationToken`, which knows no resource.
source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"""

AVERAGE_ANSWER_SECONDS = 30
"""How long an answer is taken to last on average. The load balancer counts requests in a minute, not those that run at
once: at 30 seconds each, N at once are 2 N in a minute (Little's law)."""
BUSY_CPU_PERCENT = 70
"""Use of CPU above which an instance is added, whatever the answers' length."""

WAF_COUNTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AWSManagedRulesAmazonIpReputationList": (),
        "AWSManagedRulesCommonRuleSet": (
            "SizeRestrictions_BODY",
            "EC2MetaDataSSRF_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "CrossSiteScripting_BODY",
        ),
        "AWSManagedRulesKnownBadInputsRuleSet": (
            "JavaDeserializationRCE_BODY",
            "Log4JRCE_BODY",
            "ReactJSRCE_BODY",
        ),
        "AWSManagedRulesSQLiRuleSet": ("SQLi_BODY", "SQLiExtPatterns_BODY"),
    }
)
"""Managed rule group of AWS WAF -> its rules that look into the body and are counted, not blocked: prompts are large
and hold SQL, HTML and shell.
source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html,
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html"""
