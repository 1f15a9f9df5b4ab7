"""`VertexAccess`: people reach Claude on Vertex AI with their Google identity."""

import pulumi
import pulumi_gcp as gcp
from pulumi import Input, Output

from claude_byoc.contract import google as facts
from claude_byoc.google.enablement import retry_until_usable
from claude_byoc.google.existing import refuse_taken_over
from claude_byoc.google.vertex_args import VertexAccessArgs, plan_of
from claude_byoc.outputs import Lasting
from claude_byoc.refusal import refuse_errors, told


class VertexAccess(pulumi.ComponentResource):
    """Lets people of one Google Cloud project prompt Anthropic models on Vertex AI.

    Enables the API, grants a role to the principals named and to nobody else, and by explicit choice enables models
    and audit logs. The OAuth client that people sign in with has no API and stays a person's work.
    """

    project_id: Output[str]
    """The project: the manifest's `gcp_project_id`."""
    region: Output[str]
    """The Vertex AI location: the manifest's `gcp_region`."""
    role: Output[str]
    """Full name of the role that was granted."""
    members: list[str]
    """Who it was granted to, as IAM spells principals."""
    models: list[str]
    """Model ids that were enabled here."""
    lasting: list[Lasting]
    """What a destroy would leave in the project."""

    def __init__(self, name: str, args: VertexAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self.plan = plan = told(plan_of)(args)
        refuse_errors(plan.problems())
        super().__init__("claude-byoc:index:VertexAccess", name, None, opts)
        for hint in plan.hints():
            pulumi.log.warn(hint.text, self)
        self._name = name
        self.project_id = Output.from_input(args["project_id"])
        self.region = Output.from_input(args["region"])
        self.members = plan.principals()
        self.models = plan.models()
        self._retry = retry_until_usable(
            f"{name}-until-usable", project_id=plan.project_id, delay=plan.delay, resource=self
        )
        self._guard = refuse_taken_over(f"{name}-not-taken-over", self)
        self._api = gcp.projects.Service(
            f"{name}-api",
            project=self.project_id,
            service=facts.VERTEX_API,
            # Other things in the project may need it, and disabling it would end them.
            disable_on_destroy=False,
            opts=self._child(),
        )
        self.role = self._declare_role()
        for member in self.members:
            gcp.projects.IAMMember(
                f"{name}-{member}",
                project=self.project_id,
                role=self.role,
                member=member,
                opts=self._child(guarded=True),
            )
        for model in self.models:
            gcp.vertex.AiModelGardenEnableModel(
                f"{name}-model-{model}",
                project=self.project_id,
                publisher_model_name=f"{facts.PUBLISHER}{model}",
                opts=self._child(self._api),
            )
        if args.get("audit_logs", False):
            gcp.projects.IAMAuditConfig(
                f"{name}-audit-logs",
                project=self.project_id,
                service=facts.VERTEX_API,
                audit_log_configs=[{"log_type": kind} for kind in facts.AUDIT_LOG_TYPES],
                opts=self._child(guarded=True),
            )
        self.lasting = self._lasting()
        self.register_outputs(
            {
                "projectId": self.project_id,
                "region": self.region,
                "role": self.role,
                "members": self.members,
                "models": self.models,
                "lasting": self.lasting,
            }
        )

    def _child(self, *after: Input[pulumi.Resource], guarded: bool = False) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            hooks=pulumi.ResourceHookBinding(
                before_create=[self._guard] if guarded else None, on_error=[self._retry]
            ),
        )

    def _makes_role(self) -> bool:
        return self.plan.role == "predict" and self.plan.existing_role is None

    def _declare_role(self) -> Output[str]:
        if self.plan.existing_role is not None:
            return Output.from_input(self.plan.existing_role)
        if not self._makes_role():
            return Output.from_input(facts.USER_ROLE)
        made = gcp.projects.IAMCustomRole(
            f"{self._name}-predict-role",
            project=self.project_id,
            role_id=self.plan.custom_role_id or facts.PREDICT_ROLE_ID,
            title="Claude prompts",
            description="Sends prompts to models on Vertex AI and nothing else",
            permissions=[facts.PREDICT_PERMISSION],
            opts=self._child(),
        )
        return made.name

    def _lasting(self) -> list[Lasting]:
        kept = [
            (f"the API {facts.VERTEX_API}, enabled", "other things in the project may need it"),
            *(
                (f"the model {model}, enabled", "Google has no call that disables it")
                for model in self.models
            ),
        ]
        if self._makes_role():
            role = self.plan.custom_role_id or facts.PREDICT_ROLE_ID
            why = (
                "Google deletes the role for good after 7 days and keeps its id reserved for up to 30 more; within the "
                "7 days an `up` restores it"
            )
            kept.append((f"the id of the custom role {role}", why))
        return [{"what": what, "why": why} for what, why in kept]
