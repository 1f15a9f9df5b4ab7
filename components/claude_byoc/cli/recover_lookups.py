"""Whom `claude-byoc recover` asks for ids that a cloud chose: Microsoft Graph, and AWS by the program's providers."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claude_byoc.contract import entra
from claude_byoc.contract.aws import ROUTE_53_REGIONS, partition
from claude_byoc.contract.import_ids import aws_tagged
from claude_byoc.contract.problems import Problem


class _Whom(NamedTuple):
    """Who was asked, and what is told where there was no answer."""

    name: str
    allowed: str
    cure: str


_GRAPH = _Whom(
    name="Microsoft Graph",
    allowed="credentials that may read the directory, by the names of the azuread provider or az login",
    cure="sign in, then run recover again, or see in the Entra admin center that it was not made twice",
)
_AWS = _Whom(
    name="AWS",
    allowed="a program that gives this environment's tags, and credentials with tag:GetResources and "
    "secretsmanager:ListSecretVersionIds",
    cure="give them, then run recover again, or see in Tag Editor (tag claude-byoc:stack) that it was not made twice",
)


_SHOWN = 3


@dataclass
class Lookups:
    """The answers of one round, and what was not answered."""

    told: aws_tagged.Told
    unread: dict[tuple[_Whom, str], list[str]] = field(default_factory=dict[tuple[_Whom, str], list[str]])
    """(Whom, why) -> resource types."""

    def ids(self, token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> Sequence[str]:
        """Return the import ids of what a cloud has with these inputs; none where it does not answer."""
        return (self._aws if token.startswith("aws:") else self._entra)(token, inputs, provider)

    def problems(self, begun: Collection[str]) -> list[Problem]:
        """Return what was not answered: an error where the run had begun to make one of it (URNs), else a warning."""
        types = {urn.split("::")[2].rpartition("$")[2] for urn in begun}
        return [
            Problem(
                _listed(sorted(types & set(tokens)) or sorted(set(tokens))),
                f"was not looked up in {whom.name}: {why}",
                whom.allowed,
                whom.cure,
                "error" if types & set(tokens) else "warning",
            )
            for (whom, why), tokens in self.unread.items()
        ]

    def _aws(self, token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> Sequence[str]:
        region = str(provider.get("region", ""))
        if token == aws_tagged.VERSION:
            place, answered = str(inputs["secretId"]), self.told.versions.keys()
        else:
            zones = ROUTE_53_REGIONS.get(partition(region), region)
            place, answered = zones if token == aws_tagged.ZONE else region, self.told.tagged.keys()
        if place not in answered:
            why = self.told.failures.get(place, "the program did not ask")
            self.unread.setdefault((_AWS, why), []).append(token)
            return []
        return aws_tagged.ids(token, inputs, self.told, region)

    def _entra(self, token: str, inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> Sequence[str]:
        # Loaded where something is asked: they bring the HTTP client, and credentials for a real Graph.
        from claude_byoc.entra import graph, left_over  # noqa: PLC0415

        environment = provider.get("environment")
        clouds = [one.name for one in entra.CLOUDS.values() if one.provider_environment == environment]
        try:
            tenant = graph.reader(clouds[0] if clouds else "global", provider.get("tenantId"))
            return left_over.ids(tenant, token, inputs)
        except graph.GraphUnreadableError as error:
            self.unread.setdefault((_GRAPH, str(error)), []).append(token)
            return []


def read(text: str) -> aws_tagged.Told:
    """Return what the program wrote of its lookups (aws/left_over.py)."""
    told = aws_tagged.Told()
    for line in text.splitlines():
        said = json.loads(line)
        place = said.get("region") or said["secret"]
        if "failed" in said:
            told.failures[place] = said["failed"]
        elif "versions" in said:
            told.versions[place] = said["versions"]
        else:
            told.tagged[place] = [aws_tagged.Tagged(one["arn"], one["tags"]) for one in said["tagged"]]
    return told


def _listed(tokens: Sequence[str]) -> str:
    more = len(tokens) - _SHOWN
    return ", ".join(tokens[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
