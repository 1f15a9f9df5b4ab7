"""The stack outputs: their names and types, which are API, and the helpers that assemble them.

Every value that may be a secret is an Output of its own. Joining leaves with `Output.all(...)` would make
the whole map secret (or, done after unwrapping, the secret plain), so nothing here does.
"""

from typing import NotRequired

import pulumi
from pulumi import Output
from typing_extensions import TypedDict

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.refusal import refuse_errors


class ManifestValues(TypedDict):
    """The key=value pairs that each Office manifest carries; sensitive values are secrets."""

    office: NotRequired[dict[str, Output[str]]]
    """Excel, PowerPoint and Word."""
    outlook: NotRequired[dict[str, Output[str]]]
    """Outlook, which has a manifest of its own."""


class ManifestIds(TypedDict):
    """The `<Id>` of each manifest: a GUID made once per environment, so that re-uploads replace."""

    office: NotRequired[Output[str]]
    outlook: NotRequired[Output[str]]


class ConsentLink(TypedDict):
    """A link that an Entra administrator opens to give the tenant's consent."""

    who: str
    """The Entra role that may give it."""
    why: str
    url: Output[str]


class Consent(TypedDict):
    """How the tenant's consent is given."""

    state: str
    """`notNeeded`, `links` (a person follows them) or `granted` (declared as code)."""
    links: list[ConsentLink]


class AllowlistRow(TypedDict):
    """One address that the network must let through."""

    host: str
    path: str
    port: int
    protocol: str
    why: str
    required: bool
    hosts: list[str]
    """Where it is needed: `office`, `outlook`, `desktop`."""


class UserAttributes(TypedDict):
    """What differs for a group of people and is written into their directory attributes."""

    group: str
    values: dict[str, Output[str]]


class GatewayOutputs(TypedDict):
    """The gateway that prompts go through, made by this stack or an existing one."""

    url: Output[str]
    formats: list[str]
    auth: str
    models: list[str]
    health: NotRequired[Output[str]]
    """URL that answers 200 while the gateway works; absent for one that exists already."""


class NextStep(TypedDict):
    """Something that a person must still do."""

    who: str
    what: str
    url: NotRequired[Output[str]]
    command: NotRequired[str]


class BedrockRole(TypedDict):
    """A role that people of one team assume with their Entra token."""

    team: str
    """`everyone` where the environment has no teams."""
    roleArn: Output[str]
    roleName: Output[str]
    audiences: Output[list[str]]
    residency: Output[list[str]]
    models: list[str]
    """Bedrock model ids that it is limited to; empty means every Anthropic model."""
    assumableBy: Output[str]
    """Who can assume it, in a sentence for reviewers."""


class BedrockOutputs(TypedDict):
    """The Bedrock part."""

    accountId: Output[str]
    region: Output[str]
    issuer: Output[str]
    oidcProviderArn: Output[str]
    roles: list[BedrockRole]


class VertexOutputs(TypedDict):
    """The Vertex AI part."""

    projectId: Output[str]
    region: Output[str]
    models: list[str]


class FoundryDeployment(TypedDict):
    """A Claude deployment in Foundry; its name equals the model id."""

    name: str
    version: Output[str]


class FoundryOutputs(TypedDict):
    """The Foundry part."""

    resourceName: Output[str]
    endpoint: Output[str]
    keyless: bool
    deployments: list[FoundryDeployment]


class EntraOutputs(TypedDict):
    """The tenant, and the app whose tokens the other parts accept."""

    tenantId: Output[str]
    cloud: str
    issuer: Output[str]
    clientId: Output[str]
    ownApp: bool
    """False where it is Anthropic's multi-tenant app."""


OUTPUTS = {
    "manifestValues": "manifest_values",
    "manifestIds": "manifest_ids",
    "desktopValues": "desktop_values",
    "consent": "consent",
    "allowlist": "allowlist",
    "userAttributes": "user_attributes",
    "gateway": "gateway",
    "nextSteps": "next_steps",
    "bedrock": "bedrock",
    "vertex": "vertex",
    "foundry": "foundry",
    "entra": "entra",
}
"""Every stack output, in the order a reader wants them, and the attribute of `ClaudeByoc` it is."""


def checked_value(key: str, value: pulumi.Input[str]) -> Output[str]:
    """Return one manifest value, checked when it is known; secret where the contract calls the key so.

    Raises pulumi.RunError inside the Output; its text never holds the value of a secret key.
    """

    def check(known: str) -> str:
        refuse_errors(check_value(key, known))
        return known

    leaf: Output[str] = Output.secret(value) if MANIFEST_KEYS[key].secret else Output.from_input(value)
    return leaf.apply(check)
