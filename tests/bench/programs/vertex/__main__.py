"""The anchor for the Vertex AI path: the resources of scenario `vertex`, written out by hand."""

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

PROJECT = "stand-in-null-project"
options = pulumi.ResourceOptions(provider=gcp.Provider("google", project=PROJECT))
api = gcp.projects.Service(
    "api", project=PROJECT, service="aiplatform.googleapis.com", disable_on_destroy=False, opts=options
)
after = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[api]))
role = gcp.projects.IAMCustomRole(
    "role",
    project=PROJECT,
    role_id="claudePredict",
    title="Claude prompts",
    permissions=["aiplatform.endpoints.predict"],
    opts=options,
)
gcp.projects.IAMMember(
    "pilot", project=PROJECT, role=role.name, member="group:claude-pilot@example.com", opts=options
)
gcp.projects.IAMAuditConfig(
    "audit",
    project=PROJECT,
    service="aiplatform.googleapis.com",
    audit_log_configs=[{"log_type": "DATA_READ"}, {"log_type": "DATA_WRITE"}],
    opts=after,
)
gcp.vertex.AiModelGardenEnableModel(
    "sonnet",
    project=PROJECT,
    publisher_model_name="publishers/anthropic/models/claude-sonnet-5",
    opts=after,
)
for host in ("office", "outlook"):
    pulumi.export(host, random.RandomUuid(host).result)
