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


class Lasting(TypedDict):
    """Something that a cloud keeps after a destroy."""

    what: str
    why: str


class GatewayUpstream(TypedDict):
    """What a gateway forwards to, and where that takes prompts."""

    kind: str
    """`anthropic`, `bedrock`, `vertex` or `foundry`."""
    storedKey: bool
    """Whether the gateway keeps a key for it; else it calls by its own identity."""
    ids: dict[str, str]
    """Model of `models` -> its id there; on Bedrock with the prefix of the inference profile that it is called by."""
    region: NotRequired[Output[str]]
    """bedrock, vertex: region that is called, or `us`, `eu`, `global`; foundry: location of the environment's own."""
    project: NotRequired[Output[str]]
    """vertex: project."""
    resource: NotRequired[Output[str]]
    """foundry: name of the resource."""
    host: NotRequired[Output[str]]
    """anthropic, foundry: host that is called in place of the provider's own; a path may hold a key."""


class GatewayCallers(TypedDict):
    """Who may call a gateway."""

    tokens: bool
    """Whether gateway tokens count."""
    entra: bool
    """Whether Entra tokens count."""
    roles: list[str]
    """App roles of which an Entra token has one; [] = everybody whom the app lets sign in."""
    addresses: list[str]
    """IPv4 ranges that may call; [] = what `internal` leaves."""
    firewall: str
    """The web application firewall in front: `none`, `ours`, or `existing`, whose rules are somebody else's."""


class GatewayLimits(TypedDict):
    """How much teams may use; by their names in settings."""

    default: dict[str, int]
    teams: dict[str, dict[str, int]]
    shared: bool
    """Whether instances count together; else each by itself."""


class GatewayOutputs(TypedDict):
    """The gateway that prompts go through, made by this stack or an existing one.

    What one of ours has alone is absent for an existing one.
    """

    url: Output[str]
    formats: list[str]
    auth: str
    models: list[str]
    internal: bool
    """Whether its name resolves to a private address: browsers then need a policy."""
    health: NotRequired[Output[str]]
    """URL that answers 200 while the gateway works; absent until one of ours can answer (a step says what for)."""
    cloud: NotRequired[str]
    """`aws`, `google` or `azure`."""
    account: NotRequired[Output[str]]
    """AWS account, Google Cloud project or Azure subscription that it stands in."""
    region: NotRequired[Output[str]]
    """Region or location of its containers, secrets and logs."""
    upstreams: NotRequired[list[GatewayUpstream]]
    """What it forwards to: the first answers, the others, in order, where those before fail."""
    restrictModels: NotRequired[bool]
    """Whether models besides `models` are refused."""
    callers: NotRequired[GatewayCallers]
    limits: NotRequired[GatewayLimits]
    """Absent where there are none."""
    collector: NotRequired[Output[str]]
    """Host of the collector that telemetry goes on to, which holds what people typed; absent where there is none."""
    logRetentionDays: NotRequired[int]
    """Days that its logs, which hold no prompts, are kept; absent where they are in a store of others."""
    identity: NotRequired[Output[str]]
    """By whom it calls models of its own cloud: role ARN, service account, principal id."""
    dnsRecords: NotRequired[Output[list[dict[str, str]]]]
    """Records that somebody must create: {name, type, value}."""
    logs: NotRequired[dict[str, Output[str]]]
    """Where its logs are, for `claude-byoc gateway logs` and the ready queries."""
    hosting: NotRequired[dict[str, float]]
    """What its host bills while nobody calls: item of contract.hosting.ITEMS -> how many."""
    lasting: NotRequired[list[Lasting]]
    """What a destroy would leave."""


class NextStep(TypedDict):
    """Something that a person must still do."""

    who: str
    what: str
    url: NotRequired[Output[str]]
    command: NotRequired[str]


class Support(TypedDict):
    """Whom people ask."""

    name: NotRequired[Output[str]]
    email: NotRequired[Output[str]]
    url: NotRequired[Output[str]]
    phone: NotRequired[Output[str]]


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
    role: Output[str]
    """Full name of the role that was granted."""
    members: list[str]
    """Who it was granted to, as IAM spells principals."""
    models: list[str]
    """Model ids that were enabled here."""
    lasting: list[Lasting]
    """What a destroy would leave in the project."""


class FoundryDeployment(TypedDict):
    """A Claude deployment in Foundry; its name equals the model id."""

    name: str
    """Model id; the deployment has the same name."""
    version: Output[str]
    """Version that Azure runs."""
    hostedBy: Output[str]
    """Who hosts it: `Azure`, `Anthropic` or `unknown`."""
    sku: str
    """Empty for a deployment that others manage."""
    managed: bool
    """False for a deployment that others manage."""


class FoundryKeyRotation(TypedDict):
    """Where the rotation of the API keys stands; `claude-byoc rotate-key` reads it."""

    activeKey: Output[int]
    switchedAt: Output[str]
    """When the active key was changed last, UTC."""
    switches: Output[int]
    """How often it was changed; 0 = never."""
    otherKeyRegenerated: Output[bool]
    """Whether the other key is a new one since then."""


class FoundryOutputs(TypedDict):
    """The Foundry part."""

    subscriptionId: Output[str]
    resourceGroup: Output[str]
    resourceId: Output[str]
    """ARM id."""
    resourceName: Output[str]
    location: Output[str]
    endpoint: Output[str]
    """Base URL of its Anthropic API."""
    keyless: bool
    deployments: list[FoundryDeployment]
    keyRotation: NotRequired[FoundryKeyRotation]
    """Absent where keyless."""
    quotaRequest: Output[str]
    """Text of the quota request to file."""


class EntraPermission(TypedDict):
    """A delegated permission that an app asks for, for reviewers."""

    resource: str
    """The API."""
    scope: str
    why: str


class EntraDesktopOutputs(TypedDict):
    """The registration by which Claude Desktop signs people in."""

    clientId: Output[str]
    scopes: NotRequired[Output[list[str]]]
    permissions: NotRequired[list[EntraPermission]]


class EntraOutputs(TypedDict):
    """The tenant, and the app whose tokens the other parts accept."""

    tenantId: Output[str]
    cloud: str
    issuer: Output[str]
    clientId: Output[str]
    ownApp: bool
    """False where it is Anthropic's multi-tenant app."""
    scope: NotRequired[Output[str]]
    """Scope of the API that the own app exposes for the gateway."""
    audiences: NotRequired[Output[list[str]]]
    """What `aud` of an access token for that API may be."""
    servicePrincipalObjectId: NotRequired[Output[str]]
    roleIds: NotRequired[Output[dict[str, str]]]
    """Ids of the app roles by key."""
    permissions: NotRequired[list[EntraPermission]]
    """Delegated permissions of the own app, where it is declared here."""
    desktop: NotRequired[EntraDesktopOutputs]


OUTPUTS = {
    "manifestValues": "manifest_values",
    "manifestIds": "manifest_ids",
    "desktopValues": "desktop_values",
    "consent": "consent",
    "allowlist": "allowlist",
    "userAttributes": "user_attributes",
    "gateway": "gateway",
    "nextSteps": "next_steps",
    "support": "support",
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
