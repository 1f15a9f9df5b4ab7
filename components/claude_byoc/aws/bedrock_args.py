"""The arguments of `BedrockAccess`, apart from it so that naming them does not load the AWS SDK."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict


class UseCaseArgs(TypedDict):
    """The form that AWS asks for once per account before Anthropic models answer.

    Field names of the form: documentation of `aws.bedrock.UseCaseForModelAccess`.
    """

    company_name: Input[str]
    company_website: Input[str]
    industry: Input[str]
    intended_users: Input[str]
    """As the form's API spells it, for instance `0` (see AWS's PutUseCaseForModelAccess)."""
    use_cases: Input[str]
    """What the models are used for, in a sentence or two."""


class BedrockRoleArgs(TypedDict, total=False):
    """The role that people assume; `{}` takes every default."""

    name: Input[str]
    """Name of the IAM role. Default `ClaudeBedrockAccess`."""
    residency: list[str]
    """Inference-profile prefixes (`us`, `eu`, `global`, ...) that prompts may be routed by."""
    session_seconds: Input[int]
    """Longest session in seconds, 3600 to 43200. Default 3600."""
    permissions_boundary: Input[str]
    """ARN of a managed policy that bounds the role."""


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
    """The role that people assume."""
    existing_oidc_provider_arn: NotRequired[Input[str]]
    """ARN of the account's OIDC provider for this tenant, where one exists; it is used and never changed."""
    use_case: NotRequired[UseCaseArgs]
    """Submits the first-use form. AWS keeps it for good: destroy takes nothing back."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags for the OIDC provider and the role."""
