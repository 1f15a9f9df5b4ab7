"""`GoogleGateway`: the gateway in Cloud Run, its secrets, identity, logs, and what stands before it."""

from typing import Any, cast

import pulumi
import pulumi_gcp as gcp
from pulumi import Input, Output

from claude_byoc.contract import google as google_facts
from claude_byoc.contract import google_gateway as facts
from claude_byoc.gateway.container import ARCHIVE_SECRET, GatewayContainers
from claude_byoc.gateway.service import rendered, secret_values
from claude_byoc.google.gateway_args import GoogleGatewayArgs
from claude_byoc.google.gateway_documents import default_uri_disabled, ingress, template
from claude_byoc.google.gateway_front import Records, declare_front
from claude_byoc.google.gateway_logs import declare_logs
from claude_byoc.google.gateway_plan import plan_of
from claude_byoc.google.gateway_waits import retry_while_settling, wait_for_grants
from claude_byoc.outputs import Lasting
from claude_byoc.refusal import refuse_errors, told


class GoogleGateway(pulumi.ComponentResource):
    """Runs the gateway in Cloud Run, with a service account that may read its secrets and call its models, no more.

    Without a domain people reach it at run.app; with one through an external or internal Application Load Balancer.
    Cloud Run's IAM check of callers is off, since a browser's preflight carries no token: the gateway knows its own.
    """

    url: Output[str]
    """Origin, without a path."""
    dns_records: Output[list[dict[str, str]]]
    """Records that somebody must create: [{name, type, value}]. An internal gateway's A record is among them, for DNS
    beside the private zone, which has it."""
    identity: Output[str]
    """E-mail of the service account."""
    log_source: dict[str, Output[str]]
    """`project`, `location`, `bucket`, `view` and `service`: what reads the logs and runs the ready queries."""
    internal: bool
    """Whether it is reached from private networks alone."""
    lasting: list[Lasting]
    """What a destroy would leave."""

    def __init__(
        self, name: str, args: GoogleGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:GoogleGateway", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name, self._args = name, args
        self.internal = plan.service.internal
        project, region = Output.from_input(args["project_id"]), Output.from_input(args["region"])
        self.project_id = project
        self._retry = retry_while_settling(f"{name}-settling", delay=plan.delay, resource=self)
        self._containers = rendered(args, plan.service).apply(lambda made: made.without_init())
        self._apis = [self._enable(kind) for kind in plan.apis()]
        self._account = gcp.serviceaccount.Account(
            f"{name}-identity",
            project=project,
            account_id=plan.name,
            display_name="Claude gateway",
            description="reads the gateway's secrets and calls its models",
            opts=self._child(*self._apis),
        )
        self.identity = self._account.email
        self._versions, grants = self._declare_secrets()
        grants += self._declare_predict()
        self._service = self._declare_service(grants)
        log_bucket = declare_logs(name, plan, project=project, region=region, child=self._after_apis)
        records = self._declare_front()
        self.url = self._service.uri
        if plan.service.domain is not None:
            scheme = "http" if plan.service.plaintext else "https"
            self.url = Output.from_input(f"{scheme}://{plan.service.domain}")
        self.dns_records = Output.all(*records).apply(lambda found: [one for part in found for one in part])
        self.log_source = {
            "project": project,
            "location": region,
            "bucket": log_bucket,
            "view": Output.from_input("_AllLogs"),
            "service": self._service.name,
        }
        self.lasting = self._lasting()
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

    def _child(
        self, *after: Input[pulumi.Resource], before: pulumi.ResourceHook | None = None
    ) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            hooks=pulumi.ResourceHookBinding(
                before_create=[before] if before else None, on_error=[self._retry]
            ),
        )

    def _after_apis(self, *after: Input[pulumi.Resource]) -> pulumi.ResourceOptions:
        return self._child(*self._apis, *after)

    def _enable(self, kind: str) -> gcp.projects.Service:
        return gcp.projects.Service(
            f"{self._name}-api-{kind}",
            project=self.project_id,
            service=facts.APIS[kind],
            # Other things in the project may need it, and disabling it would end them.
            disable_on_destroy=False,
            opts=self._child(),
        )

    def _declare_secrets(self) -> tuple[dict[str, gcp.secretmanager.SecretVersion], list[pulumi.Resource]]:
        """Declare each secret with its one version, readable by the service account alone."""
        versions: dict[str, gcp.secretmanager.SecretVersion] = {}
        grants: list[pulumi.Resource] = []
        for held, value in secret_values(self._args, self.plan.service, self._containers).items():
            secret = gcp.secretmanager.Secret(
                f"{self._name}-secret-{held}",
                project=self.project_id,
                secret_id=f"{self.plan.name}-{held}",
                replication={"auto": {}},
                opts=self._child(*self._apis),
            )
            versions[held] = gcp.secretmanager.SecretVersion(
                f"{self._name}-secret-{held}-version", secret=secret.id, secret_data=value, opts=self._child()
            )
            grants.append(
                gcp.secretmanager.SecretIamMember(
                    f"{self._name}-secret-{held}-reader",
                    project=self.project_id,
                    secret_id=secret.secret_id,
                    role=facts.ACCESSOR_ROLE,
                    member=self._account.member,
                    opts=self._child(),
                )
            )
        return versions, grants

    def _declare_predict(self) -> list[pulumi.Resource]:
        """Let the service account send prompts to Vertex AI, where an upstream is that and has no stored key."""
        if not self.plan.predicts:
            return []
        [project] = [
            one.get("project", self.project_id)
            for one in self._args.get("upstreams", [])
            if one["kind"] == "vertex"
        ]
        api = gcp.projects.Service(
            f"{self._name}-api-vertex",
            project=project,
            service=google_facts.VERTEX_API,
            disable_on_destroy=False,
            opts=self._child(),
        )
        role = self._args.get("predict_role")
        if role is None:
            role = gcp.projects.IAMCustomRole(
                f"{self._name}-predict-role",
                project=project,
                role_id=self.plan.predict_role_id,
                title="Claude gateway prompts",
                description="Sends prompts to models on Vertex AI and nothing else",
                permissions=[google_facts.PREDICT_PERMISSION],
                opts=self._child(*self._apis),
            ).name
        return [
            gcp.projects.IAMMember(
                f"{self._name}-predict",
                project=project,
                role=role,
                member=self._account.member,
                opts=self._after_apis(api),
            )
        ]

    def _declare_service(self, grants: list[pulumi.Resource]) -> gcp.cloudrunv2.Service:
        plan = self.plan
        wait = wait_for_grants(f"{self._name}-grants", delay=plan.delay, resource=self)
        return gcp.cloudrunv2.Service(
            f"{self._name}-run",
            project=self.project_id,
            location=self._args["region"],
            name=plan.name,
            ingress=ingress(plan),
            default_uri_disabled=default_uri_disabled(plan),
            # A browser's preflight carries no token, so that Cloud Run's own check would shut everybody out; the
            # gateway checks who calls. A grant to allUsers would do the same, and organisations often forbid it.
            invoker_iam_disabled=True,
            deletion_protection=False,
            template=cast("gcp.cloudrunv2.ServiceTemplateArgsDict", self._template()),
            opts=self._child(*grants, before=wait),
        )

    def _template(self) -> dict[str, Any]:
        return template(
            self.plan,
            account=self._account.email,
            secret=self._reference,
            value=self._value,
            archive=ARCHIVE_SECRET,
        )

    def _reference(self, held: str) -> tuple[Input[str], Input[str]]:
        """Return a secret's id and its exact version, so that a change of the value is a new revision."""
        return f"{self.plan.name}-{held}", self._versions[held].version

    def _value(self, container: str, variable: str) -> Input[str]:
        def found(made: GatewayContainers) -> str:
            return next(one for one in made.containers if one.name == container).environment[variable]

        return self._containers.apply(found)

    def _declare_front(self) -> list[Records]:
        domain = self.plan.service.domain
        if domain is None:
            return []
        return declare_front(
            self._name,
            self.plan,
            self._args,
            domain=domain,
            service=self._service,
            child=self._after_apis,
        )

    def _lasting(self) -> list[Lasting]:
        names = [facts.APIS[kind] for kind in self.plan.apis()]
        if self.plan.predicts:
            names.append(google_facts.VERTEX_API)
        kept = [
            (f"the APIs {', '.join(names)}, enabled", "other things in the project may need them"),
            ("the log bucket, for 7 days", "Cloud Logging deletes it and its entries after that"),
        ]
        if self.plan.predicts and "predict_role" not in self._args:
            why = "Google deletes the role for good after 7 days; within these an `up` restores it"
            kept.append((f"the id of the custom role {self.plan.predict_role_id}", why))
        return [cast("Lasting", {"what": what, "why": why}) for what, why in kept]
