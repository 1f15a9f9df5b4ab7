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
            refused = list(error.problems)
        return found + [
            replace(one, key=f"desktop.values.{one.key}") if _head(one.key) in own else one for one in refused
        ]

    def hints(self) -> list[Problem]:
        """Return notices: retired names that were translated, and where own values loosen the profile."""
        if not self.wanted:
            return []
        own, notices = modernise(self.own)
        given = {**self.connection, **own, **dict.fromkeys(self.secrets)}
        return [*notices, *with_profile(self.profile, given)[1]]


def _head(key: str) -> str:
    return key.partition(".")[0].partition("[")[0]
