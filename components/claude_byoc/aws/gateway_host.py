"""`AwsGateway`: the gateway on Amazon ECS with Fargate, behind an Application Load Balancer."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from pulumi import Output

from claude_byoc.aws import gateway_documents as documents
from claude_byoc.aws import left_over
from claude_byoc.aws.gateway_args import AwsGatewayArgs
from claude_byoc.aws.gateway_front import Front, declare_front
from claude_byoc.aws.gateway_network import (
    Declaring,
    Firewall,
    Network,
    declare_firewall,
    declare_network,
)
from claude_byoc.aws.gateway_operation import declare_scaling, declare_watch
from claude_byoc.aws.gateway_plan import plan_of
from claude_byoc.contract.aws import partition
from claude_byoc.gateway.container import EDGE_PORT, GatewayContainers
from claude_byoc.gateway.service import rendered, secret_values
from claude_byoc.gateway.spec import BedrockUpstream
from claude_byoc.outputs import Lasting
from claude_byoc.refusal import refuse_errors, told

FIRST_START_SECONDS = 300
"""How long an instance may take until the load balancer's checks count: pulling LiteLLM's image takes most of it."""
_KEPT: Lasting = {
    "what": "revisions of the task definition, inactive",
    "why": "Amazon ECS keeps what was deregistered, at no cost; it holds names of secrets, not their values",
}
"""source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html"""


class AwsGateway(pulumi.ComponentResource):
    """Runs the gateway in an AWS account: containers on ECS Fargate behind an Application Load Balancer with TLS.

    Makes a VPC, a certificate and DNS records, or uses those that are given. Configuration and keys are kept in
    Secrets Manager; the containers call Amazon Bedrock by a role of their own.
    """

    url: Output[str]
    """Origin of the gateway, without a path. Nothing answers there while `plan.awaits_proof`."""
    dns_records: Output[list[dict[str, str]]]
    """Records that somebody must create: {name, type, value}."""
    identity: Output[str]
    """ARN of the role that the containers run with."""
    log_source: dict[str, Output[str]]
    """`logGroup` and `region` of the gateway's logs."""
    internal: bool
    """Whether it is reachable from private networks alone."""
    lasting: list[Lasting]
    """What a destroy would leave."""

    def __init__(self, name: str, args: AwsGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:AwsGateway", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name, self._args, self._tags = name, args, args.get("tags")
        self._opts = pulumi.ResourceOptions(parent=self)
        self._region = Output.from_input(args["region"])
        self._account = (
            Output.from_input(args["account_id"])
            if "account_id" in args
            else aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=self)).account_id
        )
        self.internal = plan.service.internal
        left_over.tell_tagged(self, args["region"], self._tags)
        to = Declaring(name, plan, args, self._opts)
        network = declare_network(to)
        firewall = declare_firewall(to, network)
        front = declare_front(to, network, firewall)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/claude-byoc/{plan.name}",
            retention_in_days=plan.service.log_retention_days,
            tags=self._tags,
            opts=self._opts,
        )
        containers = rendered(args, plan.service)
        versions = self._declare_secrets(secret_values(args, plan.service, containers))
        execution = self._declare_role("execution", "Amazon ECS starts the Claude gateway")
        task = self._declare_role("task", "The Claude gateway calls models")
        policies = self._declare_policies(execution, task, versions, logs)
        cluster = aws.ecs.Cluster(f"{name}-cluster", name=plan.name, tags=self._tags, opts=self._opts)
        definition = self._declare_task(containers, versions, logs, execution, task)
        if front.listener is not None:
            service = self._declare_service(
                cluster,
                definition,
                network,
                firewall,
                front=front,
                needed=[front.listener, *policies, *firewall.rules, *network.ways_out],
            )
            declare_scaling(to, cluster, service, front)
            declare_watch(to, cluster, service, front, logs)
        self.url = Output.from_input(plan.service.domain or front.load_balancer.dns_name).apply(
            lambda host: f"{plan.scheme}://{host}"
        )
        self.dns_records = Output.all(*[Output.all(**one) for one in front.records]).apply(list)
        self.identity = task.arn
        self.log_source = {"logGroup": logs.name, "region": self._region}
        self.lasting = [_KEPT]
        self.register_outputs(
            {
                "url": self.url,
                "dnsRecords": self.dns_records,
                "identity": self.identity,
                "logSource": self.log_source,
                "internal": self.internal,
                "lasting": self.lasting,
            }
        )

    def _declare_secrets(
        self, values: Mapping[str, Output[str]]
    ) -> dict[str, aws.secretsmanager.SecretVersion]:
        """Return secret -> the version that holds its value."""
        made: dict[str, aws.secretsmanager.SecretVersion] = {}
        for secret, value in values.items():
            kept = aws.secretsmanager.Secret(
                f"{self._name}-secret-{secret}",
                name=f"{self.plan.name}/{secret}",
                description="Read by the Claude gateway when it starts",
                # Every value comes from the settings; a window would hold the name against the next `up`.
                recovery_window_in_days=0,
                tags=self._tags,
                opts=self._opts,
            )
            left_over.tell_versions(self, kept.arn)
            made[secret] = aws.secretsmanager.SecretVersion(
                f"{self._name}-secret-{secret}-value",
                secret_id=kept.arn,
                secret_string=value,
                opts=self._opts,
            )
        return made

    def _declare_role(self, kind: str, description: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{kind}-role",
            name=self._region.apply(lambda region: f"{self.plan.name}-{region}-{kind}"),
            description=description,
            assume_role_policy=Output.all(self._region, self._account).apply(
                lambda known: documents.task_trust(partition(known[0]), known[0], known[1])
            ),
            permissions_boundary=self._args.get("permissions_boundary"),
            tags=self._tags,
            opts=self._opts,
        )

    def _declare_policies(
        self,
        execution: aws.iam.Role,
        task: aws.iam.Role,
        versions: Mapping[str, aws.secretsmanager.SecretVersion],
        logs: aws.cloudwatch.LogGroup,
    ) -> list[pulumi.Resource]:
        arns = Output.all(*[version.secret_id for version in versions.values()])
        policies: list[pulumi.Resource] = [
            aws.iam.RolePolicy(
                f"{self._name}-execution-policy",
                name="start-the-gateway",
                role=execution.name,
                policy=Output.all(arns, logs.arn).apply(
                    lambda known: documents.execution_policy(known[0], known[1], self.plan.images)
                ),
                opts=self._opts,
            )
        ]
        spec = self.plan.service.spec
        bedrock = spec.upstream("bedrock")
        if isinstance(bedrock, BedrockUpstream) and self.plan.service.own_identity("bedrock"):
            region = next(
                one["region"]
                for one in self._args.get("upstreams", [])
                if one["kind"] == "bedrock" and "region" in one
            )
            models = [found for model in spec.models if (found := model.id_at(bedrock)) is not None]
            policies.append(
                aws.iam.RolePolicy(
                    f"{self._name}-bedrock-policy",
                    name="call-bedrock",
                    role=task.name,
                    policy=Output.all(region, self._account).apply(
                        lambda known: documents.bedrock_policy(
                            partition=partition(known[0]), region=known[0], account_id=known[1], models=models
                        )
                    ),
                    opts=self._opts,
                )
            )
        return policies

    def _declare_task(
        self,
        containers: Output[GatewayContainers],
        versions: Mapping[str, aws.secretsmanager.SecretVersion],
        logs: aws.cloudwatch.LogGroup,
        execution: aws.iam.Role,
        task: aws.iam.Role,
    ) -> aws.ecs.TaskDefinition:
        cpu, memory = self.plan.size
        references = Output.all(
            **{
                secret: Output.all(version.secret_id, version.version_id).apply(
                    lambda known: documents.secret_reference(known[0], known[1])
                )
                for secret, version in versions.items()
            }
        )
        return aws.ecs.TaskDefinition(
            f"{self._name}-task",
            family=self.plan.name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(cpu),
            memory=str(memory),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture="X86_64", operating_system_family="LINUX"
            ),
            execution_role_arn=execution.arn,
            task_role_arn=task.arn,
            volumes=[
                aws.ecs.TaskDefinitionVolumeArgs(name=volume)
                for volume in (documents.FILES_VOLUME, documents.SCRATCH_VOLUME)
            ],
            container_definitions=Output.all(containers, references, logs.name, self._region).apply(
                lambda known: documents.container_definitions(
                    known[0], secrets=known[1], log_group=known[2], region=known[3]
                )
            ),
            tags=self._tags,
            opts=self._opts,
        )

    def _declare_service(
        self,
        cluster: aws.ecs.Cluster,
        definition: aws.ecs.TaskDefinition,
        network: Network,
        firewall: Firewall,
        *,
        front: Front,
        needed: list[pulumi.Resource],
    ) -> aws.ecs.Service:
        return aws.ecs.Service(
            f"{self._name}-service",
            name=self.plan.name,
            cluster=cluster.arn,
            task_definition=definition.arn,
            launch_type="FARGATE",
            platform_version="LATEST",
            desired_count=self.plan.service.min_instances,
            # New instances answer before old ones stop taking requests and get their time to end.
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(
                enable=True, rollback=True
            ),
            health_check_grace_period_seconds=FIRST_START_SECONDS,
            # An `up` that ends well has instances that answer.
            wait_for_steady_state=True,
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=network.task_subnets,
                security_groups=[firewall.tasks.id],
                assign_public_ip=network.assign_public_ip,
            ),
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(
                    container_name=next(one.name for one in self.plan.service.shape.containers if one.public),
                    container_port=EDGE_PORT,
                    target_group_arn=front.target_group.arn,
                )
            ],
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                # ECS takes no target group that no listener forwards to.
                # source: https://github.com/aws/aws-cdk/issues/1160
                depends_on=needed,
                # Scaling changes the count all day long.
                ignore_changes=["desiredCount"],
                # The name is taken until the one before is gone.
                delete_before_replace=True,
            ),
        )
