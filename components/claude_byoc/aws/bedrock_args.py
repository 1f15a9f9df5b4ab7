"""The arguments of `BedrockAccess` and what they ask for, apart from it so that neither needs the AWS SDK."""

from collections.abc import Mapping
from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from claude_byoc.arguments import known_text, require
from claude_byoc.aws.bedrock_plan import EVERYONE, BedrockPlan, RolePlan
from claude_byoc.contract import entra


class UseCaseArgs(TypedDict):
    """The form that AWS asks for once per account before Anthropic models answer.

    Field names of the form: documentation of `aws.bedrock.UseCaseForModelAccess`.
    """

    company_name: Input[str]
    """Name of the organisation."""
    company_website: Input[str]
    """Web address of the organisation."""
    industry: Input[str]
    """Industry, in a word of the form's list."""
    intended_users: Input[str]
    """As the form's API spells it, for instance `0` (see AWS's PutUseCaseForModelAccess)."""
    use_cases: Input[str]
    """What the models are used for, in a sentence or two."""


class BedrockRoleArgs(TypedDict, total=False):
    """A role that people assume; `{}` takes every default."""

    name: Input[str]
    """Name of the IAM role. Default `ClaudeBedrockAccess`, for a team `ClaudeBedrockAccess-<team>`."""
    path: Input[str]
    """IAM path of the role. Default `/`."""
    audiences: list[Input[str]]
    """Application ids (GUID) whose tokens are accepted. Default: the environment's app."""
    subjects: list[str]
    """Only these people: the `sub` of their tokens, which Entra makes per person and app."""
    residency: list[str]
    """Inference-profile prefixes (`us`, `eu`, `global`, ...) that prompts may be routed by."""
    models: list[str]
    """Bedrock model ids, `*` allowed (`anthropic.claude-sonnet-*`). Default: every Anthropic model."""
    session_seconds: Input[int]
    """Longest session in seconds, 3600 to 43200. Default 3600."""
    permissions_boundary: Input[str]
    """ARN of a managed policy that bounds the role."""


class InvocationLoggingArgs(TypedDict, total=False):
    """Bedrock's invocation log of one account and region. Declaring it replaces a configuration that is there."""

    log_group_name: Input[str]
    """A CloudWatch log group to make. Default `/claude-byoc/bedrock-invocations` where no bucket is named."""
    retention_days: Input[int]
    """How long CloudWatch keeps events, in days. Default 365."""
    bucket_name: Input[str]
    """An existing S3 bucket to write to instead; its lifecycle rules decide how long it keeps."""
    key_prefix: Input[str]
    """Prefix of the objects in the bucket."""
    include_prompts_and_responses: bool
    """Also log what people write and what Claude answers. Default false: who, when, which model, how many tokens."""


class BedrockAccessArgs(TypedDict):
    """What `BedrockAccess` needs to know."""

    tenant_id: Input[str]
    """Entra tenant id (GUID) whose people may sign in."""
    region: Input[str]
    """AWS region that the add-in calls, for instance `us-east-1`."""
    entra_cloud: NotRequired[str]
    """`global` (default), `us-gov-high`, `us-gov-dod` or `china`."""
    account_id: NotRequired[Input[str]]
    """AWS account id, 12 digits. Looked up from the credentials where it is not given."""
    audiences: NotRequired[list[Input[str]]]
    """Application ids (GUID) whose tokens are accepted. Default: Anthropic's app "Claude for Office"."""
    role: NotRequired[BedrockRoleArgs]
    """The role for everyone. Declared by default, unless there are teams."""
    teams: NotRequired[dict[str, BedrockRoleArgs]]
    """Roles by team, each with its own audience, residency, models and boundary."""
    existing_oidc_provider_arn: NotRequired[Input[str]]
    """ARN of the account's OIDC provider for this tenant, where one exists; it is used and never changed."""
    use_case: NotRequired[UseCaseArgs]
    """Submits the first-use form. AWS keeps it for good: destroy takes nothing back."""
    accept_model_terms: NotRequired[list[str]]
    """Accepts the terms of these Bedrock models (ids) for the account."""
    invocation_logging: NotRequired[InvocationLoggingArgs]
    """Turns Bedrock's invocation log of the region on."""
    global_endpoint_token_version: NotRequired[Input[str]]
    """`v2Token` for opt-in regions: the version of the global STS endpoint's tokens, for the whole account."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags for what has tags."""


def plan_of(args: BedrockAccessArgs) -> BedrockPlan:
    """Return what `args` ask for, as far as it is known before the run.

    Raises ProblemsError where a required argument is missing.
    """
    require(args, "BedrockAccess", BedrockAccessArgs.__annotations__, ["tenant_id", "region"])
    default = args.get("audiences", [entra.ANTHROPIC_APP_ID])
    return BedrockPlan(
        region=known_text(args["region"]),
        account_id=known_text(args.get("account_id")),
        tenant_id=known_text(args["tenant_id"]),
        cloud=args.get("entra_cloud", "global"),
        roles={
            team: RolePlan(
                audiences=[known_text(one) for one in role.get("audiences", default)],
                subjects=role.get("subjects", []),
                residency=role.get("residency", []),
                models=role.get("models", []),
                name=known_text(role.get("name")),
                permissions_boundary=known_text(role.get("permissions_boundary")),
            )
            for team, role in roles_of(args).items()
        },
        existing_oidc_provider_arn=known_text(args.get("existing_oidc_provider_arn")),
        sts_v2_tokens=args.get("global_endpoint_token_version", "v1Token") != "v1Token",
    )


def roles_of(args: BedrockAccessArgs) -> dict[str, BedrockRoleArgs]:
    """Return the roles by team, the one for everyone first where there is one."""
    everyone = {EVERYONE: args.get("role", {})} if has_everyone(args) else {}
    return everyone | args.get("teams", {})


def has_everyone(part: Mapping[str, object]) -> bool:
    """Tell whether the Bedrock part has a role for people of no team."""
    return "role" in part or not part.get("teams")
