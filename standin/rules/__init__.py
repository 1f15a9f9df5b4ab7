"""What a real provider or service refuses.

Each rule is a small function with the source of the fact. Check rules judge inputs alone and yield
problems; cloud rules run before a row is written or deleted, inside the same transaction, and raise
CloudError. Each cloud's own stand in a module or folder named as the cloud; what is believed but not proven
is listed in BELIEVED.md.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from standin.catalog import Spec
from standin.check import Problem
from standin.cloud import Cloud
from standin.errors import CloudError
from standin.refusals import refusal
from standin.values import DIGEST, Plain


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a cloud rule judges."""

    spec: Spec
    operation: str
    id: str
    place: str
    unique_key: str
    """The text under which no second one may exist here; a digest where a secret is part of it."""
    properties: Mapping[str, Plain]
    """The state that a create or update would write; for a delete, the state that is there."""
    scope: Mapping[str, Plain]
    """Where the provider works, as `scope.py` says; the resource's own region or project first."""
    cloud: Cloud
    provider: str

    def text(self, name: str) -> str:
        """Return a property as text, empty where it is absent."""
        value = self.properties.get(name)
        return "" if value is None else str(value)

    def refusal(self, code: str, **values: Plain) -> CloudError:
        """Return the error of `types/<provider>/errors.yaml` with this code, its fields filled in."""
        known = {**self.scope, **self.properties, "id": self.id, "token": self.spec.token, **values}
        return refusal(self.provider, code, known)

    def holds(self, stored: object, value: Plain) -> bool:
        """Say whether a stored value is this one, also where only its digest is stored."""
        return stored in (value, {DIGEST: self.cloud.digest(value)})


ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}|aws)?:.+", re.ASCII)
"""source: github.com/hashicorp/terraform-provider-aws internal/verify (ValidARN), in its main points"""

CheckRule = Callable[[Mapping[str, Plain]], Iterable[Problem]]
CloudRule = Callable[[Subject], None]


@dataclasses.dataclass(frozen=True)
class Rule:
    """A registered rule."""

    token: str
    operations: tuple[str, ...]
    source: str
    check: CheckRule | None = None
    cloud: CloudRule | None = None


RULES: list[Rule] = []


def check_rule(token: str, *, source: str) -> Callable[[CheckRule], CheckRule]:
    """Register a rule on a type's or function's inputs."""

    def register(function: CheckRule) -> CheckRule:
        RULES.append(Rule(token, ("check",), source, check=function))
        return function

    return register


def cloud_rule(token: str, *operations: str, source: str) -> Callable[[CloudRule], CloudRule]:
    """Register a rule on operations that change the cloud."""

    def register(function: CloudRule) -> CloudRule:
        RULES.append(Rule(token, operations, source, cloud=function))
        return function

    return register


def check_rules(token: str, inputs: Mapping[str, Plain]) -> list[Problem]:
    """Run the check rules of a type or function; values that are not known yet are left out by the caller."""
    return [problem for rule in RULES if rule.token == token and rule.check for problem in rule.check(inputs)]


def cloud_rules(subject: Subject) -> None:
    """Run the cloud rules of a type; the first refusal is a CloudError."""
    for rule in RULES:
        if rule.token == subject.spec.token and subject.operation in rule.operations and rule.cloud:
            rule.cloud(subject)
