"""What a gateway is told: upstreams, models, who may call. Pure and typed; `problems()` finds everything at once."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from claude_byoc.contract import entra as entra_facts
from claude_byoc.contract.aws import PROFILE_PREFIXES
from claude_byoc.contract.gateway import LARGEST_BODY_MIB, PASS_THROUGH
from claude_byoc.contract.models import MODELS, PLATFORMS, Model, check_models, outsiders, shown
from claude_byoc.contract.problems import Problem, nearest
from claude_byoc.gateway.bootstrap import BootstrapSpec
from claude_byoc.gateway.checks import check_range, check_url, check_word
from claude_byoc.gateway.limits import LimitsSpec
from claude_byoc.gateway.telemetry import TelemetrySpec

MODEL_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:/@\[\]-]{0,199}"
_REGION = re.compile(r"[a-z][a-z0-9-]{1,30}")
_PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_RESOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,63}")
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_KEY_BYTES = 32
_MOST_KEYS = 2
_LONGEST_SKEW = 300


@dataclass(frozen=True)
class AnthropicUpstream:
    """Anthropic's own API; its key is the secret ANTHROPIC_API_KEY."""

    kind: ClassVar[str] = "anthropic"
    base_url: str = "https://api.anthropic.com"


@dataclass(frozen=True)
class FoundryUpstream:
    """Claude in Microsoft Foundry; its key is the secret AZURE_AI_API_KEY, or none where `keyless`.

    `keyless` uses the identity that the containers run with. `base_url` replaces the resource's own address.
    """

    kind: ClassVar[str] = "foundry"
    resource: str = ""
    keyless: bool = False
    base_url: str = ""

    def url(self) -> str:
        """Return the address below which `/v1/messages` lies."""
        return self.base_url or f"https://{self.resource}.services.ai.azure.com/anthropic"


@dataclass(frozen=True)
class BedrockUpstream:
    """Amazon Bedrock, with the role that the containers run with. `profile` is an inference-profile prefix.

    With `stored_key` the secrets awsAccessKeyId and awsSecretAccessKey take the role's place, outside AWS.
    """

    kind: ClassVar[str] = "bedrock"
    region: str = ""
    profile: str = ""
    endpoint_url: str = ""
    stored_key: bool = False


@dataclass(frozen=True)
class VertexUpstream:
    """Claude on Vertex AI, with the identity that the containers run with.

    With `stored_key` the secret googleCredentials, a service-account key as JSON text, takes its place.
    """

    kind: ClassVar[str] = "vertex"
    project: str = ""
    region: str = ""
    stored_key: bool = False


Upstream = AnthropicUpstream | FoundryUpstream | BedrockUpstream | VertexUpstream


@dataclass(frozen=True)
class GatewayModel:
    """A model as people see it. `upstream_ids` maps an upstream's kind to its id there, where that differs."""

    id: str
    name: str = ""
    upstream_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))

    def known(self) -> Model | None:
        """Return what is known of it; None for a model newer than this package."""
        return next((model for model in MODELS if self.id in model.anthropic), None)

    def shown(self) -> str:
        """Return the name for people: `Claude Opus 5.5` for `claude-opus-5-5`."""
        if self.name:
            return self.name
        words = re.sub(r"(?<=\d)-(?=\d{1,2}(?:-|$))", ".", re.sub(r"-\d{8}$", "", self.id))
        return words.replace("-", " ").title()

    def id_at(self, upstream: Upstream) -> str | None:
        """Return its id at the upstream; None where that is known not to have it."""
        if upstream.kind in self.upstream_ids:
            return self.upstream_ids[upstream.kind]
        if upstream.kind == "anthropic":
            return self.id
        known = self.known()
        ids = known.ids(upstream.kind) if known else (self.id,)
        if not ids:
            return None
        if not isinstance(upstream, BedrockUpstream):
            return ids[0]
        own = ids[0] if ids[0].startswith("anthropic.") else f"anthropic.{ids[0]}"
        return f"{upstream.profile}.{own}" if upstream.profile else own


@dataclass(frozen=True)
class TokenAuth:
    """Gateway tokens: the public keys (base64 of 32 bytes; two while keys rotate) and the ids that are revoked.

    `deny_list_file` is a path in the container of more such ids, read again whenever it changes. `digests` are
    SHA-256 digests (hexadecimal) of further credentials, for a gateway on loopback alone.
    """

    public_keys: Sequence[str] = ()
    denied: Sequence[str] = ()
    deny_list_file: str = ""
    digests: Sequence[str] = ()


@dataclass(frozen=True)
class EntraAuth:
    """Tokens of Microsoft Entra ID.

    `client_id` is the app whose access tokens count, with one of `scopes`; `desktop_client_id` the registration
    by which the desktop app signs people in. `roles` are app roles of which one is needed, none = everybody;
    `team_roles` maps an app role to a team.
    """

    tenant_id: str
    client_id: str = ""
    desktop_client_id: str = ""
    cloud: str = "global"
    audiences: Sequence[str] = ()
    scopes: Sequence[str] = ("access_as_user",)
    roles: Sequence[str] = ()
    team_roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))
    clock_skew_seconds: int = 120
    issuers: Sequence[str] = ()
    jwks_url: str = ""

    def accepted_audiences(self) -> list[str]:
        """Return every spelling of the app's audience: the GUID, `api://` and it, and those given."""
        own = self.client_id.lower()
        return list(dict.fromkeys([*([own, f"api://{own}"] if own else []), *self.audiences]))

    def accepted_issuers(self) -> list[str]:
        """Return the issuers of the tenant's v2.0 and v1.0 tokens, or those given."""
        legacy = "sts.chinacloudapi.cn" if self.cloud == "china" else "sts.windows.net"
        own = entra_facts.issuer(self.cloud, self.tenant_id)
        return list(self.issuers) or [own, f"https://{legacy}/{self.tenant_id.lower()}/"]

    def keys_url(self) -> str:
        """Return where the tenant's signing keys are."""
        host = entra_facts.CLOUDS[self.cloud].authority_host
        return self.jwks_url or f"https://{host}/{self.tenant_id.lower()}/discovery/v2.0/keys"


@dataclass(frozen=True)
class GatewaySpec:
    """A gateway. The first of `upstreams` answers; the others, in order, where those before fail.

    Without `limits` nobody has any; without `bootstrap` and `telemetry` their addresses are 404.
    """

    upstreams: Sequence[Upstream]
    models: Sequence[GatewayModel]
    tokens: TokenAuth | None = None
    entra: EntraAuth | None = None
    max_body_mib: int = LARGEST_BODY_MIB
    timeout_seconds: int = 600
    restrict_models: bool = True
    limits: LimitsSpec | None = None
    bootstrap: BootstrapSpec | None = None
    telemetry: TelemetrySpec | None = None

    def upstream(self, kind: str) -> Upstream | None:
        """Return the upstream of that kind, None where there is none."""
        return next((one for one in self.upstreams if one.kind == kind), None)

    def passes_through(self) -> bool:
        """Tell whether requests in Anthropic's format reach the upstream unmodified."""
        first = self.upstreams[0]
        keyless = isinstance(first, FoundryUpstream) and first.keyless
        return (
            len(self.upstreams) == 1
            and first.kind in PASS_THROUGH
            and not keyless
            and all(model.id_at(first) == model.id for model in self.models)
        )

    def formats(self) -> tuple[str, ...]:
        """Return the API formats that the gateway speaks, as `gateway_api_format` names them."""
        return ("anthropic", *(kind for kind in ("bedrock", "vertex") if self.upstream(kind)))

    def problems(self) -> list[Problem]:
        """Return everything by which the gateway could not work or would let in whom it should not."""
        own = (self._upstreams(), self._models(), self._tokens(), self._entra(), self._sizes(), self._parts())
        return list(dict.fromkeys(problem for found in own for problem in found))

    def hints(self) -> list[Problem]:
        """Return warnings about model ids not known here, which may be newer than this package, and lone teams."""
        ids = [model.id for model in self.models if not model.upstream_ids]
        found = check_models("anthropic", ids, key="gateway.models")
        if self.limits:
            sender = [self.telemetry.sender_team] if self.telemetry and self.telemetry.sender_team else []
            teams = {*(self.entra.team_roles.values() if self.entra else ()), *sender}
            found += self.limits.lone_teams(teams, tokens=self.tokens is not None)
        return found

    def served(self) -> set[str]:
        """Return every id by which a listed model can be asked for."""
        ids = {model.id for model in self.models}
        return ids | {name for one in self.upstreams for model in self.models if (name := model.id_at(one))}

    def _upstreams(self) -> Iterator[Problem]:
        kinds = [upstream.kind for upstream in self.upstreams]
        if not kinds:
            yield Problem(
                "gateway.upstreams", "is empty", "one at least", f"name one of {', '.join(PLATFORMS)}"
            )
        if len(set(kinds)) < len(kinds):
            yield Problem("gateway.upstreams", "names a kind twice", "each kind once", "remove one of them")
        for upstream in self.upstreams:
            key = f"gateway.upstreams.{upstream.kind}"
            match upstream:
                case AnthropicUpstream():
                    yield from check_url(f"{key}.baseUrl", upstream.base_url)
                case FoundryUpstream(base_url="") if not _RESOURCE.fullmatch(upstream.resource):
                    yield Problem(
                        f"{key}.resource",
                        "is no name of a Foundry resource",
                        "letters, digits, hyphens",
                        "correct it",
                    )
                case FoundryUpstream() if upstream.base_url:
                    yield from check_url(f"{key}.baseUrl", upstream.base_url)
                case BedrockUpstream():
                    yield from check_word(
                        f"{key}.region", upstream.region, _REGION, "for instance eu-central-1"
                    )
                    if upstream.profile and upstream.profile not in PROFILE_PREFIXES:
                        close = nearest(upstream.profile, PROFILE_PREFIXES)
                        yield Problem(
                            f"{key}.profile",
                            f"is {upstream.profile}, no prefix of an inference profile known here",
                            ", ".join(PROFILE_PREFIXES),
                            f"did you mean {close}? A newer one"
                            if close
                            else "correct it; a newer one goes into gateway.upstreamIds, as the whole id",
                        )
                    if upstream.endpoint_url:
                        yield from check_url(f"{key}.endpointUrl", upstream.endpoint_url)
                case VertexUpstream():
                    yield from check_word(f"{key}.project", upstream.project, _PROJECT, "a project id")
                    yield from check_word(
                        f"{key}.region", upstream.region, _REGION, "for instance europe-west1, or global"
                    )
                case _:
                    pass

    def _models(self) -> Iterator[Problem]:
        key = "gateway.models"
        ids = [model.id for model in self.models]
        if not ids:
            yield Problem(key, "is empty", "one model at least", "list the models that people may use")
        if len(set(ids)) < len(ids):
            yield Problem(key, "has an id twice", "each id once", "remove one of them")
        for model in self.models:
            if not re.fullmatch(MODEL_PATTERN, model.id):
                wrong = f"has an id that is none{shown(model.id)}"
                yield Problem(key, wrong, "for instance claude-opus-5-5", "correct the id")
                continue
            for upstream in self.upstreams:
                if model.id_at(upstream) is None:
                    yield Problem(
                        key,
                        f"has {model.id}, which {PLATFORMS[upstream.kind]} is not known to have",
                        "models that every upstream has",
                        f"leave it out, or name its id there: upstreamIds.{upstream.kind}",
                    )

    def _tokens(self) -> Iterator[Problem]:
        if self.tokens is None:
            if self.entra is None:
                wrong = "has neither tokens nor entra, so that nobody could call"
                yield Problem("gateway", wrong, "one of them, or both", "claude-byoc tokens keys new -o FILE")
            return
        key = "gateway.tokens.publicKeys"
        if not 1 <= len(self.tokens.public_keys) <= _MOST_KEYS:
            yield Problem(
                key, f"has {len(self.tokens.public_keys)} keys", "one, or two during rotation", "correct it"
            )
        for text in self.tokens.public_keys:
            try:
                size = len(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                size = 0
            if size != _KEY_BYTES:
                yield Problem(key, "has an entry that is no Ed25519 public key", "44 characters of base64",
                              "copy what `claude-byoc tokens keys show --key FILE` prints")  # fmt: skip
        for text in self.tokens.denied:
            if not re.fullmatch(r"[0-9a-fA-F]{16}", text):
                yield Problem("gateway.tokens.denied", "has an entry that is no token id", "16 hexadecimal digits",
                              "copy what `claude-byoc tokens show` prints")  # fmt: skip

    def _entra(self) -> Iterator[Problem]:
        given = self.entra
        if given is None:
            return
        for name, value in (("tenantId", given.tenant_id), ("clientId", given.client_id),
                            ("desktopClientId", given.desktop_client_id)):  # fmt: skip
            if value or name == "tenantId":
                yield from entra_facts.check_guid(f"gateway.entra.{name}", value)
        if given.cloud not in entra_facts.CLOUDS:
            yield Problem("gateway.entra.cloud", "is no Microsoft cloud known here", ", ".join(entra_facts.CLOUDS),
                          "choose one of them")  # fmt: skip
        if not given.accepted_audiences() and not given.desktop_client_id:
            yield Problem("gateway.entra", "names no application whose tokens count", "clientId or desktopClientId",
                          "name the organisation's app")  # fmt: skip
        if given.accepted_audiences() and not given.scopes:
            yield Problem("gateway.entra.scopes", "is empty, so that any token for the app would do",
                          "the scope that the app exposes", "for instance access_as_user")  # fmt: skip
        if given.client_id and given.client_id.lower() == given.desktop_client_id.lower():
            wrong = "is clientId as well, by which sign-ins without a scope would count"
            yield Problem("gateway.entra.desktopClientId", wrong, "a registration of its own", "register one")
        for word in (*given.scopes, *given.roles, *given.team_roles, *given.audiences):
            yield from check_word(
                "gateway.entra", word, _WORD, "scopes, app roles and audiences without spaces"
            )
        if not 0 <= given.clock_skew_seconds <= _LONGEST_SKEW:
            yield Problem(
                "gateway.entra.clockSkewSeconds", "is out of range", f"0 to {_LONGEST_SKEW}", "correct it"
            )
        for url in filter(None, (given.jwks_url, *given.issuers)):
            yield from check_url("gateway.entra.jwksUrl", url)

    def _parts(self) -> Iterator[Problem]:
        if self.limits:
            yield from self.limits.problems()
        if self.bootstrap:
            yield from self._bootstrap(self.bootstrap)
        if self.telemetry:
            yield from self.telemetry.problems()
            if self.telemetry.sender_team and not self.tokens:
                wrong = "names a team of gateway tokens, and there are none"
                yield Problem("gateway.telemetry.senderTeam", wrong, "together with tokens", "leave it out")

    def _bootstrap(self, bootstrap: BootstrapSpec) -> Iterator[Problem]:
        if self.entra is None:
            wrong = "answers to people signed in with Microsoft Entra ID, and entra is not set"
            yield Problem("gateway.bootstrap", wrong, "together with gateway.entra", "add gateway.entra")
            return
        yield from bootstrap.problems(set(self.entra.team_roles.values()))
        if self.restrict_models:
            for where, ids in bootstrap.offered():
                yield from outsiders(f"gateway.bootstrap.{where}", ids, self.served())

    def _sizes(self) -> Iterator[Problem]:
        yield from check_range("gateway.maxBodyMib", self.max_body_mib, 1, LARGEST_BODY_MIB)
        # A minute, and Cloud Run's longest.
        yield from check_range("gateway.timeoutSeconds", self.timeout_seconds, 60, 3600)
