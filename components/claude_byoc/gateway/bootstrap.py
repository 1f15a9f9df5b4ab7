"""What the gateway's bootstrap addresses answer: configuration for the Office add-ins and for Claude Desktop."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from claude_byoc.contract.desktop_keys import DESKTOP_KEYS, secret_leaves
from claude_byoc.contract.desktop_rules import check_desktop_set
from claude_byoc.contract.gateway import OFFICE_BOOTSTRAP_KEYS, OFFICE_BOOTSTRAP_SECRETS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.manifest_values import named_models
from claude_byoc.contract.problems import Problem, errors, nearest, shown_name
from claude_byoc.gateway.checks import check_range, check_team

SHORTEST, LONGEST = 900, 86_400
"""Seconds that an answer may hold: the add-in asks again 5 minutes before the end."""
_DIRECT = ("aws_role_arn", "gcp_project_id", "azure_resource_name")
"""Keys of a path beside the gateway, whose models are none of its own."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SIGNED_IN = {
    "entra_sso": "1",
    "graph_client_id": "00000000-0000-0000-0000-000000000000",
    "entra_scope": "access_as_user",
    "bootstrap_url": "https://gateway.example.com",
}
"""What every manifest carries that leads to an answer, so that rules between keys can be judged."""
_CURE_SECRET = "let people sign in with Entra instead (gateway_auth_source), or use an extension attribute"  # noqa: S105 -- advice


@dataclass(frozen=True)
class BootstrapTeam:
    """What a team's answers have otherwise: key -> value, None to leave the key out."""

    office: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    desktop: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class BootstrapSpec:
    """Bootstrap answers. No value may be a secret: the answers stand in plain settings.

    `office` maps keys of OFFICE_BOOTSTRAP_KEYS to native JSON values (texts, arrays, objects); `desktop` maps flat
    keys (v1) of Claude Desktop that a bootstrap server may set. A host without keys, here
    and in every team, has no address. `teams` replaces single keys for the teams that Entra's app roles give.
    An answer holds for `expires_seconds` to twice as long.
    """

    office: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    desktop: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    teams: Mapping[str, BootstrapTeam] = field(
        default_factory=lambda: MappingProxyType[str, BootstrapTeam]({})
    )
    expires_seconds: int = 3600

    def hosts(self) -> tuple[str, ...]:
        """Return who gets answers: `office`, `desktop`."""
        return tuple(host for host in ("office", "desktop") if any(keys for _, keys in self._given(host)))

    def answers(self, host: str) -> dict[str, dict[str, Any]]:
        """Return the answer of each team, "" for everybody else, without its expiry."""
        base: Mapping[str, Any] = getattr(self, host)
        merged = {name: {**base, **getattr(team, host)} for name, team in self.teams.items()}
        return {
            name: {key: value for key, value in keys.items() if value is not None}
            for name, keys in {"": base, **merged}.items()
        }

    def offered(self) -> Iterator[tuple[str, list[str]]]:
        """Yield (place, ids) of the models that answers offer to people for this gateway."""
        for host, key in (("office", "available_models"), ("desktop", "inferenceModels")):
            for where, values in self._given(host):
                if isinstance(values.get(key), str | list) and not any(one in values for one in _DIRECT):
                    yield f"{where}.{key}", named_models(values[key])

    def rendered(self) -> dict[str, Any]:
        """Return what the application around LiteLLM reads."""
        answers = {host: self.answers(host) for host in self.hosts()}
        return {"expiresSeconds": self.expires_seconds, "answers": answers}

    def problems(self, teams: set[str]) -> Iterator[Problem]:
        """Yield everything wrong with the answers; `teams` are those that app roles give."""
        key = "gateway.bootstrap"
        if not self.hosts():
            yield Problem(
                key, "answers nothing", "office, desktop or both", "give one, or leave bootstrap out"
            )
        yield from check_range(f"{key}.expiresSeconds", self.expires_seconds, SHORTEST, LONGEST)
        for name in self.teams:
            yield from check_team(f"{key}.teams", name)
            if name not in teams:
                known = ", ".join(sorted(teams)) or "none yet"
                wrong = f"names {shown_name(name)}, which no app role gives"
                yield Problem(f"{key}.teams", wrong, known, "name it in gateway.entra.teamRoles")
        for where, values in self._given("office"):
            yield from _placed(_check_office(values), f"{key}.{where}")
        for name, answer in self.answers("office").items():
            texts = {one: _as_text(one, value) for one, value in answer.items()}
            where = f"teams.{name}.office" if name else "office"
            yield from _placed(errors(check_set("office", {**_SIGNED_IN, **texts})), f"{key}.{where}")
        for where, values in self._given("desktop"):
            yield from _placed(_check_desktop_keys(values), f"{key}.{where}")
        if "desktop" in self.hosts():
            for name, answer in self.answers("desktop").items():
                where = f"teams.{name}.desktop" if name else "desktop"
                # The answer replaces what device management says, so that it must be whole by itself.
                yield from _placed(errors(check_desktop_set(answer)), f"{key}.{where}")

    def _given(self, host: str) -> list[tuple[str, Mapping[str, Any]]]:
        teams = [(f"teams.{name}.{host}", getattr(team, host)) for name, team in self.teams.items()]
        return [(host, getattr(self, host)), *teams]


def _placed(problems: list[Problem], where: str) -> list[Problem]:
    return [replace(problem, key=f"{where}.{problem.key}") for problem in problems]


def _check_office(values: Mapping[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    for name, value in values.items():
        kind = OFFICE_BOOTSTRAP_KEYS.get(name)
        if kind is None:
            meant = nearest(name, OFFICE_BOOTSTRAP_KEYS)
            allowed = ", ".join(OFFICE_BOOTSTRAP_KEYS)
            cure = f"did you mean {meant}?" if meant else "remove it"
            found.append(Problem(shown_name(name), "is not a key of the bootstrap answer", allowed, cure))
        elif value is None:
            continue
        elif name in OFFICE_BOOTSTRAP_SECRETS or (name == "mcp_servers" and '"headers"' in json.dumps(value)):
            found.append(
                Problem(name, "is or holds a credential", "values that are no secrets", _CURE_SECRET)
            )
        elif not isinstance(value, {"text": str, "array": list, "object": dict}[kind]):
            found.append(
                Problem(name, "is not of the right JSON type", f"JSON: {kind}", f"give it as {kind}")
            )
        elif name == "skills":
            found += _check_skills(value)
        else:
            found += errors(check_value(name, _as_text(name, value)))
    return found


def _as_text(name: str, value: Any) -> str:  # noqa: ANN401 -- any JSON value
    """Return the value as a manifest would carry it, which the contract's rules judge."""
    if isinstance(value, str):
        return value
    if (
        name == "disabled_features"
        and isinstance(value, list)
        and all(isinstance(entry, str) for entry in value)
    ):
        return ",".join(value)
    return json.dumps(value)


def _check_skills(skills: Any) -> list[Problem]:  # noqa: ANN401 -- a JSON array
    allowed = "objects with name, description, and content (base64) or url (https)"
    for skill in skills:
        fields: dict[str, Any] = skill if isinstance(skill, dict) else {}
        sources = [source for source in ("content", "url") if isinstance(fields.get(source), str)]
        url = fields.get("url", "https://")
        if (
            not isinstance(fields.get("name"), str)
            or len(sources) != 1
            or not str(url).startswith("https://")
        ):
            return [Problem("skills", "has an entry that is none", allowed, "correct it")]
    return []


def _check_desktop_keys(values: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(
            name, "is read from device management alone", "keys that a bootstrap server may set", "remove it"
        )
        for name in values
        if name in DESKTOP_KEYS and DESKTOP_KEYS[name].availability == "mdm"
    ]
    secrets = secret_leaves({name: value for name, value in values.items() if value is not None})
    return found + [
        Problem(leaf, "is or may hold a credential", "values that are no secrets", _CURE_SECRET)
        for leaf in secrets
    ]
