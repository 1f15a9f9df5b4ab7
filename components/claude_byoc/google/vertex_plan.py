"""What the Vertex AI part will declare, checked before anything is: ids, locations, principals, roles, models.

Pure. A value that is not known yet (an Output) is None here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from claude_byoc.contract import google as facts
from claude_byoc.contract.models import check_models
from claude_byoc.contract.problems import Problem, hint, nearest

ROLES = ("user", "predict")
"""`user`: Vertex AI User; `predict`: a custom role with the one permission that a prompt needs."""
LONGEST_DELAY = 600


@dataclass(frozen=True)
class DesktopPlan:
    """How Claude Desktop signs in; exactly one of the two ways."""

    client_id: str | None = None
    has_client: bool = False
    workforce_audience: str | None = None
    has_workforce: bool = False


@dataclass(frozen=True)
class VertexPlan:
    """The part: the project, the location, who may use it and what is enabled."""

    project_id: str | None
    region: str | None
    members: Sequence[str] = ()
    whole_domains: Sequence[str] = ()
    role: str = "user"
    custom_role_id: str | None = None
    existing_role: str | None = None
    enable_models: Sequence[str] = ()
    client_id: str | None = None
    has_client: bool = False
    """Whether the add-in's OAuth client is named, be its id known or not."""
    desktop: DesktopPlan | None = None
    delay: float = 0

    def principals(self) -> list[str]:
        """Return who gets access, as IAM compares principals, in the order given."""
        named = [*self.members, *(f"domain:{domain}" for domain in self.whole_domains)]
        return list(dict.fromkeys(facts.normal_member(one) for one in named))

    def models(self) -> list[str]:
        """Return the models to enable, each once."""
        return sorted(set(self.enable_models))

    def problems(self) -> list[Problem]:
        """Return everything that Google would refuse, or that would not do what it seems to."""
        found = [*self._place(), *self._people(), *self._role(), *self._models(), *self._clients()]
        if not 0 <= self.delay <= LONGEST_DELAY:
            found.append(
                Problem(
                    "vertex.propagationDelaySeconds",
                    f"is {self.delay:g}",
                    f"0 to {LONGEST_DELAY} seconds",
                    "leave it out for the default",
                )
            )
        return list(dict.fromkeys(found))

    def hints(self) -> list[Problem]:
        """Return what is allowed and may surprise."""
        found = check_models("vertex", self.models(), key="vertex.enableModels")
        if self.region == facts.GLOBAL:
            # source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
            found.append(
                hint(
                    "vertex.region",
                    "is `global`: Google answers in whichever region has room, so that nothing is said about where "
                    "prompts are processed",
                    "`us`, `eu` or a region, where residency matters",
                    "keep it if residency does not matter",
                )
            )
        if not self.principals():
            found.append(
                hint(
                    "vertex.members",
                    "is empty: nobody gets access to Vertex AI here",
                    "groups of people (group:claude@example.com)",
                    "name them, or keep it if access is granted elsewhere",
                )
            )
        if not self.has_client and self.desktop is None:
            found.append(
                hint(
                    "vertex.googleClientId",
                    "is not set. The add-in reaches Vertex AI with a Google identity of each person (Cloud Identity or "
                    "Google Workspace); Workforce Identity Federation is for Claude Desktop alone",
                    "the id of an OAuth client of type Web application",
                    "make the client (see nextSteps); without Google identities, use the gateway path",
                )
            )
        return found

    def _place(self) -> list[Problem]:
        found: list[Problem] = []
        if self.project_id is not None and not re.match(facts.PROJECT_ID_PATTERN, self.project_id):
            cure = "take the project id, not its number or name, from the console's project list"
            allowed = "6 to 30 lower-case letters, digits and hyphens, a letter first"
            found.append(Problem("google.projectId", f"{self.project_id!r} is no project id", allowed, cure))
        if self.region is not None and not re.match(facts.LOCATION_PATTERN, self.region):
            allowed = "`global`, `us`, `eu` or a region such as us-east5"
            found.append(
                Problem(
                    "vertex.region",
                    f"{self.region!r} is no Vertex AI location",
                    allowed,
                    _nearest(self.region),
                )
            )
        return found

    def _people(self) -> list[Problem]:
        found = [
            problem
            for number, member in enumerate(self.members)
            for problem in facts.check_member(f"vertex.members.{number}", member)
        ]
        return found + [
            Problem(
                f"vertex.wholeDomains.{number}",
                f"is not a domain: {domain!r}",
                "a domain of Google Workspace or Cloud Identity, for instance example.com",
                "write the domain alone",
            )
            for number, domain in enumerate(self.whole_domains)
            if not re.match(facts.DOMAIN_PATTERN, domain.lower())
        ]

    def _role(self) -> list[Problem]:
        found: list[Problem] = []
        if self.role not in ROLES:
            found.append(
                Problem(
                    "vertex.role",
                    f"is {self.role!r}",
                    " or ".join(ROLES),
                    "choose one, or name an existingRole",
                )
            )
        if self.custom_role_id is not None and not re.match(
            facts.CUSTOM_ROLE_ID_PATTERN, self.custom_role_id
        ):
            found.append(
                Problem(
                    "vertex.customRoleId",
                    f"{self.custom_role_id!r} is no id of a custom role",
                    "3 to 64 letters, digits, dots and underscores; no hyphens",
                    f"leave it out for {facts.PREDICT_ROLE_ID}",
                )
            )
        if self.custom_role_id is not None and (self.role != "predict" or self.existing_role is not None):
            found.append(
                Problem(
                    "vertex.customRoleId",
                    "is set, and no custom role is made",
                    "set only with role: predict, and without existingRole",
                    "remove it",
                )
            )
        if self.existing_role is not None and not re.match(facts.EXISTING_ROLE_PATTERN, self.existing_role):
            found.append(
                Problem(
                    "vertex.existingRole",
                    f"{self.existing_role!r} is no role name",
                    "roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME",
                    "copy the name from IAM > Roles",
                )
            )
        return found

    def _models(self) -> list[Problem]:
        return [
            Problem(
                f"vertex.enableModels.{number}",
                f"{model!r} is no model id of Vertex AI",
                "claude-<name>-<major>[-<minor>], a version after @ allowed",
                f"use {model.rsplit('/', 1)[-1]}" if "/" in model else "copy the id from Model Garden",
            )
            for number, model in enumerate(self.enable_models)
            if not re.match(facts.MODEL_PATTERN, model)
        ]

    def _clients(self) -> list[Problem]:
        found: list[Problem] = []
        clients = [("vertex.googleClientId", self.client_id)]
        if self.desktop is not None:
            clients.append(("vertex.desktop.clientId", self.desktop.client_id))
            found += _desktop(self.desktop)
        for key, client in clients:
            if client is not None and not re.match(facts.CLIENT_ID_PATTERN, client):
                found.append(
                    Problem(
                        key,
                        "is not the id of a Google OAuth client",
                        "NUMBER-NAME.apps.googleusercontent.com",
                        "copy it from Google Auth Platform > Clients",
                    )
                )
        if self.desktop and self.client_id is not None and self.client_id == self.desktop.client_id:
            found.append(
                Problem(
                    "vertex.desktop.clientId",
                    "is the add-in's client as well",
                    "a client of its own: type Desktop app here, type Web application for the add-in",
                    "make a second OAuth client",
                )
            )
        return found


def _desktop(desktop: DesktopPlan) -> list[Problem]:
    if desktop.has_client == desktop.has_workforce:
        which = "both ways of signing in" if desktop.has_client else "no way of signing in"
        return [
            Problem(
                "vertex.desktop",
                f"has {which}",
                "either clientId with the secret desktopInferenceVertexOAuthClientSecret, or workforce",
                "keep one of them",
            )
        ]
    audience = desktop.workforce_audience
    if audience is not None and not re.match(facts.WORKFORCE_AUDIENCE_PATTERN, audience):
        return [
            Problem(
                "vertex.desktop.workforce.audience",
                "is not the audience of a workforce provider",
                "//iam.googleapis.com/locations/global/workforcePools/POOL/providers/PROVIDER",
                "copy it from IAM > Workforce Identity Federation",
            )
        ]
    return []


def _nearest(region: str) -> str:
    if re.match(r"^[a-z]+-[a-z]+[0-9]{1,2}-[a-z]$", region):
        return f"use the region, {region[:-2]}: a zone has no endpoint"
    wide = {"europe": "eu", "usa": "us", "unitedstates": "us", "emea": "eu"}.get(region.lower())
    close = wide or nearest(region, (facts.GLOBAL, *facts.MULTI_REGIONS))
    return (
        f"did you mean {close}?" if close else "look it up among the locations of Claude models on Vertex AI"
    )
