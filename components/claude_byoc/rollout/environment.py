"""One environment as the stack outputs tell it, for texts that people read. Holds no secret value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from unicodedata import category
from urllib.parse import urlsplit

from claude_byoc.contract import capabilities
from claude_byoc.contract.allowlist import AllowlistRow
from claude_byoc.contract.entra import ANTHROPIC_APP_ID, CLOUDS
from claude_byoc.contract.local import LOCAL_TENANT_ID
from claude_byoc.contract.manifest_keys import HOSTS, MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.models import PLATFORMS
from claude_byoc.rollout.allowlist import rows_of

PATHS: Mapping[str, str] = {
    path: PLATFORMS.get(path, capabilities.PATHS[path])
    for path in ("bedrock", "vertex", "foundry", "gateway")
}
"""Connection path -> its name in texts."""

HOST_NAMES: Mapping[str, str] = {
    "office": "Excel, PowerPoint and Word",
    "outlook": "Outlook",
    "desktop": "Cowork and Claude Desktop",
}
"""Host -> its name in texts."""

_PATH_MARKS = {
    "gateway": ("gateway_url",),
    "bedrock": ("aws_role_arn", "aws_region"),
    "vertex": ("gcp_project_id",),
    "foundry": ("azure_resource_name",),
}
_DESKTOP_PATHS = {"mantle": "bedrock", "anthropic": ""}
_DESKTOP_SHOWN = (
    "inferenceProvider", "inferenceCredentialKind", "inferenceBedrockRegion", "inferenceGatewayBaseUrl",
    "inferenceGatewayAuthScheme", "inferenceVertexProjectId", "inferenceVertexRegion",
    "inferenceFoundryResource", "otlpEndpoint",
)  # fmt: skip
"""Desktop keys that texts may show; every other one may hold a secret."""


@dataclass(frozen=True)
class Role:
    """A Bedrock role of one team."""

    team: str
    name: str
    arn: str
    audiences: tuple[str, ...]
    residency: tuple[str, ...]
    models: tuple[str, ...]
    assumable_by: str


@dataclass(frozen=True)
class Support:
    """Whom people ask; each part may be empty."""

    name: str = ""
    email: str = ""
    url: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Group:
    """People with manifest values of their own; `secret` names the keys whose values are not kept here."""

    name: str
    values: Mapping[str, str]
    secret: frozenset[str]


@dataclass(frozen=True)
class Environment:
    """What the outputs of one environment say, whatever is missing from them.

    `rows` is the allowlist, what the desktop profile needs included.

    `values` and `secret_keys` are the manifest values of each host that has a manifest, `desktop` the keys
    of the desktop profile that are safe to show, `date` the day of the build (YYYY-MM-DD) or "".
    """

    name: str
    date: str
    outputs: Mapping[str, object]
    values: Mapping[str, Mapping[str, str]]
    secret_keys: Mapping[str, frozenset[str]]
    desktop: Mapping[str, str]
    groups: tuple[Group, ...]
    rows: tuple[AllowlistRow, ...] = ()
    has_desktop: bool = False
    support: Support = field(default_factory=Support)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts that people have, in the order of HOST_NAMES."""
        return (*(host for host in HOSTS if host in self.values), *(["desktop"] if self.has_desktop else []))

    @property
    def label(self) -> str:
        """Return how a sentence speaks of it."""
        return f"the environment {self.name}" if self.name else "this environment"

    @property
    def exercise(self) -> bool:
        """Tell whether the stand-in clouds made it."""
        return self.tenant_id == LOCAL_TENANT_ID

    def part(self, name: str) -> Mapping[str, object]:
        """Return the output of one part, {} where the environment does not have it."""
        return mapping(self.outputs.get(name))

    def paths(self, host: str) -> tuple[str, ...]:
        """Return the connection paths that a host is configured for; several where each person picks."""
        if host == "desktop":
            provider = self.desktop.get("inferenceProvider", "")
            path = _DESKTOP_PATHS.get(provider, provider)
            return (path,) if path in PATHS else ()
        keys = {*self.values.get(host, {}), *self.secret_keys.get(host, ())}
        keys |= {key for group in self.groups for key in group.values if host in MANIFEST_KEYS[key].hosts}
        if "gateway_url" in keys and self.values.get(host, {}).get("gateway_api_format") == "vertex":
            keys -= set(_PATH_MARKS["vertex"])  # the gateway's path needs them, see the contract
        return tuple(path for path in PATHS if not keys.isdisjoint(_PATH_MARKS[path]))

    @property
    def all_paths(self) -> tuple[str, ...]:
        """Return every connection path that some host uses or that a part of the environment offers."""
        used = {path for host in self.hosts for path in self.paths(host)}
        return tuple(path for path in PATHS if path in used or self.part(path))

    def value(self, key: str) -> str:
        """Return a manifest value of the first host that has it, "" where none has."""
        return next((values[key] for values in self.values.values() if key in values), "")

    def has_secret(self, key: str) -> bool:
        """Tell whether some manifest or group carries the secret key."""
        everywhere = (*self.secret_keys.values(), *(group.secret for group in self.groups))
        return any(key in keys for keys in everywhere)

    @property
    def tenant_id(self) -> str:
        """Return the Entra tenant id, "" where it is not known."""
        return text(self.part("entra").get("tenantId"))

    @property
    def cloud(self) -> str:
        """Return the Microsoft cloud, a key of CLOUDS."""
        name = text(self.part("entra").get("cloud"))
        return name if name in CLOUDS else "global"

    @property
    def client_id(self) -> str:
        """Return the application id that people sign in to."""
        return text(self.part("entra").get("clientId")) or self.value("graph_client_id") or ANTHROPIC_APP_ID

    @property
    def own_app(self) -> bool:
        """Tell whether that is an app of the organisation's own."""
        return self.client_id.lower() != ANTHROPIC_APP_ID

    @property
    def signs_in(self) -> bool:
        """Tell whether people sign in to the add-in with their work account."""
        return any(values.get("entra_sso") == "1" for values in self.values.values())

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the Bedrock roles."""
        return tuple(
            Role(
                text(role.get("team")),
                text(role.get("roleName")),
                text(role.get("roleArn")),
                texts(role.get("audiences")),
                texts(role.get("residency")),
                texts(role.get("models")),
                text(role.get("assumableBy")),
            )
            for role in entries(self.part("bedrock").get("roles"))
        )

    @property
    def steps(self) -> list[Mapping[str, object]]:
        """Return the open steps of the output `nextSteps`."""
        return entries(self.outputs.get("nextSteps"))

    @property
    def models(self) -> tuple[str, ...]:
        """Return the model ids that the environment names, in the order of its parts; () = none named."""
        foundry = [text(one.get("name")) for one in entries(self.part("foundry").get("deployments"))]
        named = [model for role in self.roles for model in role.models]
        named += [
            *texts(self.part("vertex").get("models")),
            *foundry,
            *texts(self.part("gateway").get("models")),
        ]
        return tuple(dict.fromkeys(name for name in named if name))


def read_environment(outputs: Mapping[str, object], *, name: str, date: str = "") -> Environment:
    """Return the environment.

    Entries of another shape than `claude_byoc.outputs` declares are passed over, but for the allowlist, of
    which nothing may be missing: ProblemsError names them.
    """
    hosts = mapping(outputs.get("manifestValues"))
    values: dict[str, Mapping[str, str]] = {}
    secret: dict[str, frozenset[str]] = {}
    for host in HOSTS:
        leaves = mapping(hosts.get(host))
        if leaves:
            values[host] = _shown(leaves)
            secret[host] = frozenset(SECRET_KEYS & set(leaves))
    groups = tuple(
        Group(
            text(row.get("group")),
            _shown(own := mapping(row.get("values"))),
            frozenset(SECRET_KEYS & set(own)),
        )
        for row in entries(outputs.get("userAttributes"))
        if text(row.get("group"))
    )
    desktop = mapping(outputs.get("desktopValues"))
    ask = mapping(outputs.get("support"))
    return Environment(
        name=name,
        date=date,
        outputs=outputs,
        values=values,
        secret_keys=secret,
        desktop={key: text(desktop[key]) for key in _DESKTOP_SHOWN if text(desktop.get(key))},
        groups=groups,
        rows=tuple(rows_of(outputs)),
        has_desktop=bool(desktop),
        support=Support(*(text(ask.get(part)) for part in ("name", "email", "url", "phone"))),
    )


def _shown(leaves: Mapping[str, object]) -> dict[str, str]:
    return {
        key: text(value)
        for key, value in leaves.items()
        if key in MANIFEST_KEYS and key not in SECRET_KEYS and text(value)
    }


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object as it is, {} for anything else."""
    if not isinstance(value, dict):
        return {}
    return {
        name: inner for name, inner in cast("dict[object, object]", value).items() if isinstance(name, str)
    }


def entries(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a JSON array, [] for anything else."""
    return [mapping(entry) for entry in _list(value) if isinstance(entry, dict)]


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a JSON array, () for anything else."""
    return tuple(one for one in map(text, _list(value)) if one)


def text(value: object) -> str:
    """Return a JSON string on one line, "" for anything else.

    Control characters go, and those that turn the direction of writing: no page or script needs them.
    """
    if not isinstance(value, str):
        return ""
    shown = (" " if one.isspace() else one for one in value if one.isspace() or category(one)[0] != "C")
    return " ".join("".join(shown).split())


def host_of(url: str) -> str:
    """Return host and port of a URL, without user, path and parameters, which may hold credentials."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{name}:{port}" if name and port else name


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
