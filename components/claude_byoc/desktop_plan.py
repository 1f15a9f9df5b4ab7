"""Which keys the Claude Desktop profile carries, told from the settings alone, before anything is declared."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, DESKTOP_SECRET_KEYS, secret_leaves
from claude_byoc.contract.desktop_legacy import modernise
from claude_byoc.contract.desktop_profiles import with_profile
from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.problems import Problem, ProblemsError, errors

DEFAULT_PROFILE = "standard"

_MODELS = {"foundry": "foundry.models", "gateway": "gateway.existing.models"}
"""Provider -> the setting that its models come from; `desktop.values.inferenceModels` elsewhere."""
_VERTEX_CLIENT = ("inferenceVertexOAuthClientId", "inferenceVertexOAuthClientSecret")


def config_key(key: str) -> str:
    """Return the Pulumi config name of a secret desktop key: `otlpHeaders` -> `desktopOtlpHeaders`."""
    return f"desktop{key[0].upper()}{key[1:]}"


DESKTOP_CONFIG_KEYS: dict[str, str] = {
    config_key(name): name for name in DESKTOP_KEYS if name in DESKTOP_SECRET_KEYS
}
"""Pulumi config name of each desktop key that is or may hold a credential -> the key."""


@dataclass(frozen=True)
class DesktopPlan:
    """What the settings ask of the profile, with None for a value that is not known yet."""

    connection: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Keys that follow from the connection path of the host `desktop`."""
    own: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Keys set by hand."""
    secrets: Collection[str] = ()
    """Desktop keys that are secrets of the stack file."""
    shared_secrets: Collection[str] = ()
    """Pulumi config names of the secrets by which the path can sign in, shared with the manifests."""
    profile: str = DEFAULT_PROFILE
    wanted: bool = True
    """False without the host `desktop`: there is no profile then."""

    def values(self) -> dict[str, Any]:
        """Return every key with its native value, None where that is made later or secret."""
        own, _ = modernise(self.own)
        given = {**self.connection, **own, **dict.fromkeys(self.secrets)}
        return with_profile(self.profile, given)[0]

    def problems(self) -> list[Problem]:
        """Return everything that the contract refuses, naming the setting."""
        if not self.wanted:
            return []
        own, _ = modernise(self.own)
        found = [
            Problem(
                f"desktop.values.{key}",
                "is set by hand and follows from another setting as well",
                "one source for a key",
                f"remove {key} from `desktop.values`; the stack fills it in",
            )
            for key in sorted(set(own) & set(self.connection))
        ]
        found += [
            Problem(
                f"desktop.values.{where}",
                "is or may hold a secret and stands in plain settings",
                "a Pulumi secret of its own",
                "change the credential, remove it there and run: pulumi config set --secret "
                f"claude-byoc:{config_key(where.partition('.')[0].partition('[')[0])}",
            )
            for where in secret_leaves(own)
        ]
        try:
            refused = errors(check_desktop_set(self.values()))
        except ProblemsError as error:
            return found + [replace(one, key=f"desktop.{one.key}") for one in error.problems]
        return found + [self._named(one, own) for one in refused]

    def _named(self, problem: Problem, own: Collection[str]) -> Problem:
        """Return a problem between keys as one of the setting that cures it."""
        head, provider = _head(problem.key), self.connection.get("inferenceProvider")
        client, secret = _VERTEX_CLIENT
        if head == client and secret not in self.values():
            name = f"claude-byoc:{config_key(secret)}"
            wrong = "is missing, and vertex.desktop.clientId needs it"
            return Problem(
                name, wrong, "the secret of that OAuth client", f"run: pulumi config set --secret {name}"
            )
        if head == "inferenceProvider" and provider is not None:
            return self._credential(problem, str(provider))
        if head == "inferenceModels" and head not in own and provider in _MODELS:
            return replace(problem, key=_MODELS[str(provider)])
        if head in DESKTOP_SECRET_KEYS:
            return replace(problem, key=f"claude-byoc:{config_key(head)} ({problem.key})")
        return replace(problem, key=f"desktop.values.{problem.key}")

    def _credential(self, problem: Problem, provider: str) -> Problem:
        """Return that Claude Desktop has no way to sign in, with the setting that gives it the usual one."""
        if self.shared_secrets:
            [name, *_] = [f"claude-byoc:{one}" for one in self.shared_secrets]
            key, cure = name, f"run: pulumi config set --secret {name}"
        elif provider == "bedrock":
            key = "desktop.values.inferenceBedrockProfile"
            cure = (
                "set it to the name of the AWS profile on the devices, or set the four "
                "desktop.values.inferenceBedrockSso* keys"
            )
        else:
            key = "entra.desktop"
            cure = "add `desktop: {}` to `entra`, or name the registration that exists: entra.desktopClientId"
        wrong = f"is missing: Claude Desktop has no credential for {provider} and stays in its standard mode"
        return Problem(key, wrong, problem.allowed, cure)

    def hints(self) -> list[Problem]:
        """Return notices: retired names that were translated, and where own values loosen the profile."""
        if not self.wanted:
            return []
        own, notices = modernise(self.own)
        given = {**self.connection, **own, **dict.fromkeys(self.secrets)}
        return [*notices, *with_profile(self.profile, given)[1]]


def _head(key: str) -> str:
    return key.partition(".")[0].partition("[")[0]
