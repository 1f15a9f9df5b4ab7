"""`ClaudeByoc`: every part of one environment, declared from one settings object."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_random as random
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.aws.bedrock_plan import EVERYONE
from claude_byoc.contract import allowlist, entra
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.manifest_plan import Plan
from claude_byoc.refusal import refuse_errors, told
from claude_byoc.stack_args import ClaudeByocArgs, bedrock_access_args, plan


class ClaudeByoc(pulumi.ComponentResource):
    """Everything that gives one organisation Claude in Microsoft 365 on its own cloud.

    The outputs are what the rollout files are made of; `claude-byoc build` writes those.
    """

    manifest_values: out.ManifestValues
    """The key=value pairs of each manifest."""
    manifest_ids: out.ManifestIds
    """The `<Id>` of each manifest."""
    desktop_values: dict[str, Any]
    """The keys of the Cowork / Claude Desktop profile."""
    consent: out.Consent
    """How the tenant's consent is given."""
    allowlist: Output[list[out.AllowlistRow]]
    """The addresses that the network must let through."""
    user_attributes: list[out.UserAttributes]
    """What differs per group of people."""
    gateway: out.GatewayOutputs | None
    """The gateway, where the environment has one."""
    next_steps: list[out.NextStep]
    """What a person must still do, in order."""
    bedrock: out.BedrockOutputs | None
    """The Bedrock part, where the environment has one."""
    vertex: out.VertexOutputs | None
    """The Vertex AI part, where the environment has one."""
    foundry: out.FoundryOutputs | None
    """The Foundry part, where the environment has one."""
    entra: out.EntraOutputs
    """The tenant, and the app whose tokens the other parts accept."""

    def __init__(self, name: str, args: ClaudeByocArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._plan = plan(args)
        refuse_errors(self._plan.problems())
        super().__init__("claude-byoc:index:ClaudeByoc", name, None, opts)
        self._name = name
        self.gateway = self.vertex = self.foundry = None
        self.desktop_values = {}
        self.entra = _entra_outputs(args, self._plan)
        self.bedrock = self._declare_bedrock(args)
        self.user_attributes = [
            {"group": role["team"], "values": {"aws_role_arn": role["roleArn"]}}
            for role in (self.bedrock["roles"] if self.bedrock else [])
            if role["team"] != EVERYONE
        ]
        self._declare_manifests(args)
        self.consent = _consent(self._plan, self.entra)
        self.allowlist = _allowlist(args, self._plan)
        self.next_steps = [
            *_consent_steps(self.consent),
            *self._bedrock_steps(args),
            *_rollout_steps(self.user_attributes),
        ]
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, Any]:
        """Return the stack outputs by name; each secret stays an Output of its own."""
        return {name: getattr(self, attribute) for name, attribute in out.OUTPUTS.items()}

    def export(self) -> None:
        """Export every output from the stack."""
        for name, value in self.outputs().items():
            pulumi.export(name, value)

    def _declare_bedrock(self, args: ClaudeByocArgs) -> out.BedrockOutputs | None:
        part = bedrock_access_args(args)
        if part is None:
            return None
        # Imported here so that an environment on another cloud does not load the AWS SDK.
        import pulumi_aws as aws  # noqa: PLC0415

        from claude_byoc.aws.bedrock_access import BedrockAccess  # noqa: PLC0415

        provider = aws.Provider(
            f"{self._name}-aws",
            region=part["region"],
            allowed_account_ids=[part["account_id"]] if "account_id" in part else None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        access = BedrockAccess(
            f"{self._name}-bedrock",
            {
                **part,
                "tags": {
                    "managed-by": "claude-byoc",
                    "claude-byoc:project": pulumi.get_project(),
                    "claude-byoc:stack": pulumi.get_stack(),
                },
            },
            pulumi.ResourceOptions(parent=self, providers=[provider]),
        )
        self.bedrock_access = access
        return {
            "accountId": access.account_id,
            "region": access.region,
            "issuer": access.issuer,
            "oidcProviderArn": access.oidc_provider_arn,
            "roles": access.roles,
        }

    def _bedrock_steps(self, args: ClaudeByocArgs) -> list[out.NextStep]:
        if self.bedrock is None:
            return []
        steps: list[out.NextStep] = []
        if "use_case" not in args.get("bedrock", {}):
            steps.append(
                {
                    "who": "AWS administrator",
                    "what": "Submit the first-use form for Anthropic models in Amazon Bedrock, once per account "
                    "(or set bedrock.useCase)",
                    "url": Output.from_input("https://console.aws.amazon.com/bedrock/home#/model-catalog"),
                }
            )
        own_apps = [
            team for team, role in args.get("bedrock", {}).get("teams", {}).items() if "audiences" in role
        ]
        if own_apps:
            steps.append(
                {
                    "who": "Platform engineer",
                    "what": f"Make a manifest of its own, with its app as graph_client_id, for: {', '.join(own_apps)} "
                    "(directory attributes cannot carry that key)",
                    "command": "claude-byoc manifest office graph_client_id=<application id> entra_sso=1 "
                    "aws_role_arn=<role ARN> aws_region=<region> -o manifest-<team>.xml",
                }
            )
        for audience, teams in self.bedrock_access.plan.shared_audiences():
            steps.append(
                {
                    "who": "Security reviewer",
                    "what": f"Accept or change: the roles of {', '.join(teams)} all accept the audience "
                    f"{audience}, so any user of the tenant who can sign in to that app could assume each of "
                    "them. An app with assignment required per team (bedrock.teams.<team>.audiences) separates "
                    "them",
                }
            )
        return steps

    def _declare_manifests(self, args: ClaudeByocArgs) -> None:
        derived: dict[str, Input[str]] = {"entra_sso": "1", "graph_cloud": self._plan.cloud}
        if self._plan.own_app:
            derived["graph_client_id"] = self.entra["clientId"]
        if self.bedrock:
            derived["aws_region"] = self.bedrock["region"]
            for role in self.bedrock["roles"]:
                if role["team"] == EVERYONE:
                    derived["aws_role_arn"] = role["roleArn"]
        values: dict[str, Input[str]] = {
            **{key: derived[key] for key in self._plan.derived()},
            **args.get("manifest", {}),
            **args.get("secrets", {}),
        }
        leaves = {key: out.checked_value(key, value) for key, value in values.items()}
        self.manifest_values = {}
        self.manifest_ids = {}
        for host in ("office", "outlook"):
            if host in self._plan.hosts:
                guid = random.RandomUuid(
                    f"{self._name}-{host}-manifest-id", opts=pulumi.ResourceOptions(parent=self)
                )
                self.manifest_values[host] = leaves
                self.manifest_ids[host] = guid.result


def _entra_outputs(args: ClaudeByocArgs, planned: Plan) -> out.EntraOutputs:
    tenant = args["entra"]
    tenant_id = Output.from_input(tenant["tenant_id"])
    return {
        "tenantId": tenant_id,
        "cloud": planned.cloud,
        "issuer": tenant_id.apply(lambda known: told(entra.issuer)(planned.cloud, known)),
        "clientId": Output.from_input(tenant.get("client_id", entra.ANTHROPIC_APP_ID)),
        "ownApp": planned.own_app,
    }


def _consent(planned: Plan, tenant: out.EntraOutputs) -> out.Consent:
    if planned.keys().get("entra_sso") != "1":
        return {"state": "notNeeded", "links": []}

    def link(known: Sequence[str]) -> str:
        client_id, tenant_id = known
        # A single-tenant app is asked for in its own tenant; Anthropic's may be in any.
        return told(entra.consent_url)(
            planned.cloud, client_id, tenant_id=tenant_id if planned.own_app else "organizations"
        )

    return {
        "state": "links",
        "links": [
            {
                "who": "Global Administrator, or Privileged Role Administrator",
                "why": "people sign in to the add-in with their work account",
                "url": Output.all(tenant["clientId"], tenant["tenantId"]).apply(link),
            }
        ],
    }


def _allowlist(args: ClaudeByocArgs, planned: Plan) -> Output[list[out.AllowlistRow]]:
    # Addresses that the manifest itself names; those inside secrets (mcp_servers) stay there.
    named = {
        key: value
        for key, value in args.get("manifest", {}).items()
        if key in MANIFEST_KEYS and MANIFEST_KEYS[key].kind == "url"
    }

    def rows(region: str | None, urls: Mapping[str, str]) -> list[out.AllowlistRow]:
        found = [row for row in allowlist.office_rows(planned.cloud) if set(row.hosts) & set(planned.hosts)]
        if region is not None:
            found += allowlist.bedrock_rows(region)
        found += allowlist.manifest_rows(urls)
        return [
            {
                "host": row.host,
                "path": row.path,
                "port": row.port,
                "protocol": row.protocol,
                "why": row.why,
                "required": row.required,
                "hosts": [host for host in row.hosts if host in planned.hosts],
            }
            for row in found
        ]

    region = args["aws"]["region"] if "bedrock" in args and "aws" in args else None
    return Output.all(region=region, urls=named).apply(lambda known: rows(known["region"], known["urls"]))


def _consent_steps(consent: out.Consent) -> list[out.NextStep]:
    return [
        {"who": link["who"], "what": f"Give consent: {link['why']}", "url": link["url"]}
        for link in consent["links"]
    ]


def _rollout_steps(attributes: list[out.UserAttributes]) -> list[out.NextStep]:
    steps: list[out.NextStep] = []
    if attributes:
        teams = ", ".join(row["group"] for row in attributes)
        steps.append(
            {
                "who": "User administrator",
                "what": f"Write the directory attributes of each team's people (output userAttributes): {teams}",
            }
        )
    return [
        *steps,
        {
            "who": "Platform engineer",
            "what": "Write the rollout files",
            "command": f"claude-byoc build -s {pulumi.get_stack()}",
        },
        {
            "who": "Microsoft 365 administrator",
            "what": "Upload each manifest under Integrated apps > Upload custom apps, for a pilot group "
            "first (people see it within 24 hours)",
            "url": Output.from_input("https://admin.cloud.microsoft/?#/Settings/IntegratedApps"),
        },
    ]
