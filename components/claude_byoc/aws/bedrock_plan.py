"""What the Bedrock part will declare, checked before anything is: quotas, partitions, sizes, shared audiences.

Pure. A value that is not known yet (an Output) is None here and is checked when it is.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claude_byoc.aws.documents import inference_policy, trust_policy
from claude_byoc.contract import aws as facts
from claude_byoc.contract.entra import issuer_key
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.models import check_models
from claude_byoc.contract.problems import Problem, ProblemsError, errors

EVERYONE = "everyone"
"""The role for people of no team."""

TEAM_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"


@dataclass(frozen=True)
class RolePlan:
    """One role: its settings as far as they are known before the run."""

    audiences: Sequence[str | None]
    """Application ids; None for one that another resource will give."""
    subjects: Sequence[str] = ()
    residency: Sequence[str] = ()
    """Prefixes asked for; empty means the region's own."""
    models: Sequence[str] = ()
    name: str | None = None
    permissions_boundary: str | None = None


@dataclass(frozen=True)
class BedrockPlan:
    """The part: where it stands, and its roles by team."""

    region: str | None
    account_id: str | None
    tenant_id: str | None
    cloud: str
    roles: Mapping[str, RolePlan]
    existing_oidc_provider_arn: str | None = None
    sts_v2_tokens: bool = False

    def problems(self) -> list[Problem]:
        """Return everything that AWS would refuse, or that would not do what it seems to."""
        found = [*self._counts(), *self._teams()]
        if self.region is not None and not re.match(facts.REGION_PATTERN, self.region):
            found.append(
                Problem(
                    "aws.region",
                    f"{self.region!r} is no AWS region",
                    "for instance us-east-1",
                    "correct the value",
                )
            )
        elif self.region is not None and (refused := self._manifest_values(self.region)):
            found += refused
        elif self.region is not None:
            found += [*self._places(self.region), *self._opt_in(self.region)]
            for team, role in self.roles.items():
                found += self._documents(team, role, self.region)
        return list(dict.fromkeys(found))

    def hints(self) -> list[Problem]:
        """Return warnings about model ids that are not known here; they may be newer than this package."""
        return [
            hint
            for team, role in self.roles.items()
            for hint in check_models(
                "bedrock", [model for model in role.models if "*" not in model], key=_key(team, "models")
            )
        ]

    def shared_audiences(self) -> list[tuple[str, list[str]]]:
        """Return (audience, teams) where several roles without a subject list accept the same audience.

        AWS evaluates `aud` and `sub` of an Entra token, neither groups nor app roles, so each of those roles
        can be assumed by whoever can assume any of them.
        """
        teams: dict[str, list[str]] = {}
        for team, role in self.roles.items():
            if not role.subjects:
                for audience in role.audiences:
                    if audience is not None:
                        teams.setdefault(audience, []).append(team)
        return [(audience, names) for audience, names in teams.items() if len(names) > 1]

    def _counts(self) -> list[Problem]:
        found: list[Problem] = []
        roles = facts.QUOTAS["roles_per_account"]
        if len(self.roles) > roles.limit:
            found.append(
                Problem(
                    "bedrock.teams",
                    f"asks for {len(self.roles)} roles",
                    f"at most {roles.limit} per account (an IAM quota)",
                    "spread the teams over several accounts, an environment each",
                )
            )
        audiences = {audience for role in self.roles.values() for audience in role.audiences if audience}
        if len(audiences) > facts.OIDC_AUDIENCES:
            found.append(
                Problem(
                    "bedrock.teams",
                    f"names {len(audiences)} audiences",
                    f"at most {facts.OIDC_AUDIENCES} per OIDC provider (an IAM quota)",
                    "let teams share an app, or spread them over several accounts",
                )
            )
        return found

    def _teams(self) -> list[Problem]:
        found = [
            Problem(
                f"bedrock.teams.{team}",
                "is not a team name",
                f"a lower-case letter, then letters, digits and hyphens, 31 at most; not `{EVERYONE}`",
                "rename the team",
            )
            for team in self.roles
            if team != EVERYONE and not re.match(TEAM_PATTERN, team)
        ]
        names: dict[str, str] = {}
        for team, role in self.roles.items():
            name = role.name or role_name(team)
            if name in names:
                found.append(
                    Problem(
                        _key(team, "name"),
                        f"is the name of another role, {names[name]}'s",
                        "a name of its own for each role",
                        "leave the name out, or choose another",
                    )
                )
            names.setdefault(name, team)
        return found

    def _manifest_values(self, region: str) -> list[Problem]:
        # A region or partition that the manifest cannot carry would show only after the role was made.
        arn = f"arn:{facts.partition(region)}:iam::{'0' * 12}:role/x"
        found = [*check_value("aws_region", region), *check_value("aws_role_arn", arn)]
        return [dataclasses.replace(problem, key="aws.region") for problem in errors(found)]

    def _places(self, region: str) -> list[Problem]:
        found: list[Problem] = []
        partition = facts.partition(region)
        arns = {
            _key(team, "permissionsBoundary"): role.permissions_boundary for team, role in self.roles.items()
        }
        arns["bedrock.existingOidcProviderArn"] = self.existing_oidc_provider_arn
        for key, arn in arns.items():
            if arn is None:
                continue
            _, its_partition, _, _, account, *_ = [*arn.split(":"), "", "", "", "", ""]
            if its_partition != partition:
                found.append(
                    Problem(
                        key,
                        f"is an ARN of the partition {its_partition}, and {region} lies in {partition}",
                        f"arn:{partition}:...",
                        "name one of the same partition, or another region",
                    )
                )
            elif self.account_id is not None and account not in (self.account_id, "aws"):
                found.append(
                    Problem(
                        key,
                        "belongs to another account",
                        f"an ARN of account {self.account_id}",
                        "name one of the environment's own account",
                    )
                )
        return found

    def _opt_in(self, region: str) -> list[Problem]:
        if region not in facts.OPT_IN_REGIONS or self.sts_v2_tokens:
            return []
        return [
            Problem(
                "bedrock.globalEndpointTokenVersion",
                f"is not set, and {region} is an opt-in region: the add-in signs in at the global STS endpoint, "
                "whose v1 tokens are not valid there",
                "v2Token",
                "set it (it holds for the whole account), or choose a region that is enabled by default",
            )
        ]

    def _documents(self, team: str, role: RolePlan, region: str) -> list[Problem]:
        if not role.audiences:
            return [
                Problem(
                    _key(team, "audiences"),
                    "is an empty list, by which any app of the tenant could assume the role",
                    "one application id at least",
                    "name one, or leave the setting out for the environment's app",
                )
            ]
        try:
            prefixes = residency(region, role.residency, team)
            # Ids have fixed lengths, so that a stand-in id of the same length gives the size.
            key = issuer_key(self.cloud, self.tenant_id or "00000000-0000-0000-0000-000000000000")
        except ProblemsError as error:
            return list(error.problems)
        if strange := facts.unreachable_prefixes(region, prefixes):
            usable = facts.reachable_prefixes(region)
            return [
                Problem(
                    _key(team, "residency"),
                    f"names {', '.join(strange)}, whose inference profiles cannot be called from {region}",
                    ", ".join(usable),
                    "name prefixes of the region's own geography, or global",
                )
            ]
        account = self.account_id or "0" * 12
        policy = inference_policy(
            partition=facts.partition(region),
            region=region,
            account_id=account,
            residency=prefixes,
            models=role.models,
        )
        trust = trust_policy(
            provider_arn=f"arn:{facts.partition(region)}:iam::{account}:oidc-provider/{key}",
            issuer_key=key,
            audiences=[audience or f"{number:036}" for number, audience in enumerate(role.audiences)],
            subjects=role.subjects,
        )
        return [*inference_size(team, policy), *trust_size(team, trust)]


def role_name(team: str) -> str:
    """Return the default name of a team's role."""
    return facts.DEFAULT_ROLE_NAME if team == EVERYONE else f"{facts.DEFAULT_ROLE_NAME}-{team}"


def residency(region: str, asked: Sequence[str], team: str = EVERYONE) -> list[str]:
    """Return the prefixes asked for, or the region's own; ProblemsError where it has none."""
    if prefixes := asked or facts.default_residency(region):
        return sorted(set(prefixes))
    unclear = facts.residency_unclear(region)
    raise ProblemsError([Problem(_key(team, "residency"), unclear.wrong, unclear.allowed, unclear.cure)])


def inference_size(team: str, document: str) -> list[Problem]:
    """Return a problem where an inference policy is larger than IAM takes; it is written without white space."""
    if (size := len(document)) <= facts.INLINE_POLICY_CHARACTERS:
        return []
    return [
        Problem(
            _key(team, "models"),
            f"and residency make a policy of {size} characters",
            f"at most {facts.INLINE_POLICY_CHARACTERS} (an IAM quota)",
            "name models by a wildcard, for instance anthropic.claude-sonnet-*, or fewer prefixes",
        )
    ]


def trust_size(team: str, document: str) -> list[Problem]:
    """Return a problem where a trust policy is larger than IAM takes."""
    if (size := len(document)) <= facts.TRUST_POLICY_CHARACTERS:
        return []
    return [
        Problem(
            _key(team, "subjects"),
            f"makes a trust policy of {size} characters",
            f"at most {facts.TRUST_POLICY_CHARACTERS} (an IAM quota)",
            "use an app with assignment required for the team (audiences) instead of a list of people",
        )
    ]


def _key(team: str, setting: str) -> str:
    return f"bedrock.role.{setting}" if team == EVERYONE else f"bedrock.teams.{team}.{setting}"
