"""Which keys each manifest carries, told from the settings alone, before anything is declared.

The keys decide which cross-key rules apply, so they must be known while the values are still being made.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from claude_byoc.contract.manifest_keys import HOSTS, MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.problems import Problem, errors

DESKTOP = "desktop"
ALL_HOSTS: tuple[str, ...] = (*HOSTS, DESKTOP)
"""Where people meet Claude: the hosts with a manifest, and Claude Desktop (Cowork) with its profile."""
PATHS = ("bedrock", "vertex", "foundry", "gateway")
"""The connection paths, by the name of the settings of each."""
CHOOSE = "choose"
"""What stands for a path where the add-in shows the filled-in form and each person picks one."""

# Keys that stand for a connection path which exists already; any of them lets the add-in reach a model.
EXISTING_PATHS = ("gateway_url", "gcp_project_id", "azure_resource_name", "bootstrap_url")


@dataclass(frozen=True)
class Connection:
    """What one connection path brings to the manifests, with None for a value that is made later."""

    path: str
    hosts: Collection[str]
    """Where the path works."""
    keys: Mapping[str, str | None]
    secrets: Collection[str] = ()
    """Keys of it that come from a secret of the stack file (`pulumi config set --secret`)."""
    desktop: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What it brings to the Claude Desktop profile, native values, None for one that is made later."""


@dataclass(frozen=True)
class Plan:
    """What the settings ask of the manifests, with None for a value that is not known yet."""

    hosts: Collection[str]
    connections: Sequence[Connection] = ()
    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    """Host -> path asked for, where a host has several to choose from."""
    cloud: str = "global"
    own_app: bool = False
    extra: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    secrets: Collection[str] = ()

    def connections_of(self, host: str) -> list[Connection]:
        """Return the connections that a host's manifest carries, several only where people choose."""
        usable = [connection for connection in self.connections if host in connection.hosts]
        picked = self.paths.get(host, CHOOSE)
        return usable if picked == CHOOSE else [one for one in usable if one.path == picked]

    def derived(self, host: str) -> dict[str, str | None]:
        """Return the keys of a host's manifest that follow from the parts."""
        keys: dict[str, str | None] = {}
        carried = self.connections_of(host)
        if self.own_app:
            keys |= {"graph_client_id": None, "entra_sso": "1"}
        for connection in carried:
            keys |= connection.keys
        if len(carried) > 1 and "auto_connect" not in self.extra:
            keys["auto_connect"] = "0"
        if self.cloud != "global" and (self.own_app or "graph_client_id" in self.extra):
            # Without an app nobody signs in to Graph; what needs one and has none is refused by name elsewhere.
            keys["graph_cloud"] = self.cloud
        return keys

    def keys(self, host: str) -> dict[str, str | None]:
        """Return every key of a host's manifest with its value, None where that is made later."""
        foreign = {
            key
            for connection in self.connections
            if connection not in self.connections_of(host)
            for key in connection.secrets
        }
        own = {key for connection in self.connections_of(host) for key in connection.secrets}
        secrets = dict.fromkeys(key for key in self.secrets if key in own or key not in foreign)
        return {**self.derived(host), **self.extra, **secrets}

    def problems(self) -> list[Problem]:
        """Return everything that the contract refuses in this plan, naming the setting."""
        return [*self._clashes(), *self._misplaced(), *self._values(), *self._paths(), *self._rules()]

    def _manifests(self) -> list[str]:
        return [host for host in self.hosts if host in HOSTS]

    def _clashes(self) -> list[Problem]:
        derived = {key for host in self._manifests() for key in self.derived(host)}
        found = [
            Problem(
                key=f"manifest.{key}",
                wrong="is set by hand and follows from another setting as well",
                allowed="one source for a key",
                cure=f"remove {key} from `manifest`; the stack fills it in",
            )
            for key in sorted(derived & set(self.extra))
        ]
        for host in self._manifests():
            carried = self.connections_of(host)
            clashing = {
                key
                for one in carried
                for other in carried
                for key in set(one.keys) & set(other.keys)
                if one.keys[key] != other.keys[key]
            }
            found += [
                Problem(
                    key=f"paths.{host}",
                    wrong=f"is `{CHOOSE}`, and {' and '.join(one.path for one in carried)} each need "
                    f"a {key} of their own",
                    allowed="one path: " + ", ".join(one.path for one in carried),
                    cure="name one of them",
                )
                for key in sorted(clashing)
            ]
        return found

    def _misplaced(self) -> list[Problem]:
        return [
            Problem(
                key=f"manifest.{key}",
                wrong="is a secret and stands in plain settings",
                allowed="a Pulumi secret of its own",
                cure="change the credential, remove it there and run: "
                f"pulumi config set --secret claude-byoc:{config_key(secret)}",
            )
            for key in sorted(self.extra)
            if (secret := _secret_meant(key)) is not None
        ]

    def _values(self) -> list[Problem]:
        derived = {key: value for host in self._manifests() for key, value in self.derived(host).items()}
        return [
            replace(problem, key=f"manifest.{key}") if key in self.extra else problem
            for key, value in {**derived, **self.extra}.items()
            if value is not None and _secret_meant(key) is None
            for problem in errors(check_value(key, value))
        ]

    def _paths(self) -> list[Problem]:
        """Return a problem for each host whose prompts have no way to a model, or more than one unasked."""
        found: list[Problem] = []
        by_hand = any(key in self.extra for key in EXISTING_PATHS)
        if not self.connections and not by_hand and self.hosts:
            return [
                Problem(
                    key="bedrock",
                    wrong="is missing, and no other connection path is set: prompts have nowhere to go",
                    allowed=f"one of the parts {', '.join(PATHS)}, or an existing path in `manifest`: "
                    + ", ".join(EXISTING_PATHS),
                    cure="add for instance `bedrock: {}` with `aws: {accountId, region}`; an environment for "
                    "the Entra tenant alone has `hosts: []`",
                )
            ]
        for host in self.hosts:
            usable = [one.path for one in self.connections if host in one.hosts]
            picked = self.paths.get(host)
            choose = [] if host == DESKTOP else [CHOOSE]
            if picked is not None and picked not in (*choose, *usable):
                found.append(
                    Problem(
                        key=f"paths.{host}",
                        wrong=f"is {picked}, which this environment does not have for {host}",
                        allowed=", ".join([*usable, *choose]) if usable else "no path of this environment",
                        cure=f"name another path, or add the part `{picked}`"
                        if picked in PATHS
                        else "correct it",
                    )
                )
            elif picked is None and len(usable) > 1:
                found.append(
                    Problem(
                        key=f"paths.{host}",
                        wrong=f"is missing, and {host} could use {' or '.join(usable)}",
                        allowed=", ".join([*usable, *choose]),
                        cure=f"set `paths: {{{host}: {usable[0]}}}`"
                        + (f"; with `{CHOOSE}` each person picks" if choose else ""),
                    )
                )
            elif not usable and self.connections and not by_hand:
                found.append(
                    Problem(
                        key="hosts",
                        wrong=f"names {host}, which cannot use "
                        f"{' or '.join(one.path for one in self.connections)}",
                        allowed="hosts that have a path of this environment",
                        cure=f"remove {host}, or add a path that works there (vertex, foundry or gateway)",
                    )
                )
        return found

    def _rules(self) -> list[Problem]:
        found: list[Problem] = []
        for host in self._manifests():
            known = {key: value for key, value in self.keys(host).items() if key in MANIFEST_KEYS}
            found += errors(check_set(host, known))
        return list(dict.fromkeys(found))


def _secret_meant(key: str) -> str | None:
    """Return the secret manifest key that `key` is in any spelling (`otlpHeaders`, `otlp_headers`), else None."""
    letters = key.replace("_", "").replace("-", "").lower()
    return next((name for name in SECRET_KEYS if name.replace("_", "") == letters), None)


def config_key(key: str) -> str:
    """Return the Pulumi config name of a secret manifest key: `otlp_headers` -> `otlpHeaders`."""
    head, *rest = key.split("_")
    return head + "".join(word.capitalize() for word in rest)


SECRET_CONFIG_KEYS: dict[str, str] = {config_key(name): name for name in SECRET_KEYS}
"""Pulumi config name of each secret setting -> manifest key."""
