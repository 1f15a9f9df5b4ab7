"""What the Foundry part will declare, checked before anything is: names, models, capacity, auth, network.

Pure. A value that is not known yet (an Output) is None here and is checked when it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from claude_byoc.azure import foundry_checks as checks
from claude_byoc.contract import azure as facts
from claude_byoc.contract.models import check_models
from claude_byoc.contract.problems import Problem

AUTHS = ("keyless", "key")
KEYS = (1, 2)


@dataclass(frozen=True)
class ModelPlan:
    """One deployment: its settings as far as they are known before the run."""

    capacity: int | None
    sku: str = facts.DEFAULT_SKU
    version: str | None = None


@dataclass(frozen=True)
class FoundryPlan:
    """The part: where it stands, how people call it, and its deployments by model id."""

    subscription_id: str | None
    location: str | None
    models: Mapping[str, ModelPlan]
    organization: Mapping[str, str | None] | None = None
    cloud: str = "global"
    resource_name: str | None = None
    existing_resource: str | None = None
    existing_models: Sequence[str] = ()
    resource_group: str | None = None
    existing_resource_group: str | None = None
    auth: str = "keyless"
    active_key: int | None = None
    groups: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    users: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    restore: bool = False
    addresses: Sequence[str | None] | None = None
    """Public addresses that may call; None where any may."""
    private_endpoint: bool = False
    dns_zones: Sequence[str | None] = ()

    @property
    def keyless(self) -> bool:
        """Whether people call with their Entra token, and keys do not work."""
        return self.auth == "keyless"

    @property
    def adopted(self) -> bool:
        """Whether the Foundry resource is somebody else's."""
        return self.existing_resource is not None

    @property
    def name(self) -> str:
        """Name of the Foundry resource, empty where the settings are wrong about it."""
        if self.existing_resource is not None and re.match(facts.ACCOUNT_ID_PATTERN, self.existing_resource):
            return facts.split_account_id(self.existing_resource).name
        return self.resource_name or ""

    @property
    def model_ids(self) -> list[str]:
        """Every deployment that people can use, ours first, each kind in alphabetical order."""
        return [*sorted(self.models), *sorted(set(self.existing_models) - set(self.models))]

    def problems(self) -> list[Problem]:
        """Return everything that Azure or the add-in would refuse, or that would not do what it seems to."""
        return [
            *self._place(),
            *self._resource(),
            *self._models(),
            *self._auth(),
            *checks.people(self.groups, self.users),
            *checks.addresses(self.addresses or ()),
            *checks.dns_zones(self.dns_zones),
        ]

    def hints(self) -> list[Problem]:
        """Return warnings: model ids, regions and capacities that are not known here."""
        found = check_models("foundry", self.model_ids, key="foundry.models")
        if self.location is not None and self.location not in facts.REGIONS and self.models:
            found.append(
                Problem(
                    "azure.location",
                    f"{self.location} is not known here to have Claude",
                    ", ".join(facts.REGIONS),
                    "choose one of them, or keep it if Azure lists the models there",
                    "warning",
                )
            )
        if not facts.CLOUDS[self.cloud].has_claude:
            found.append(
                Problem(
                    "entra.cloud",
                    f"is {self.cloud}, where Claude in Foundry is not known here to be offered",
                    "global",
                    "ask Microsoft before you rely on it",
                    "warning",
                )
            )
        for name, model in self.models.items():
            found += checks.offer(
                name, sku=model.sku, version=model.version, capacity=model.capacity, location=self.location
            )
        return found

    def key_problems(self) -> list[Problem]:
        """Return a problem where the active key is neither of the two."""
        if self.active_key is None or self.active_key in KEYS:
            return []
        return [Problem("foundry.activeKey", f"is {self.active_key}", "1 or 2", "choose one of the two keys")]

    def _place(self) -> list[Problem]:
        found: list[Problem] = []
        if self.subscription_id is not None and not re.match(
            facts.SUBSCRIPTION_ID_PATTERN, self.subscription_id
        ):
            found.append(
                Problem(
                    "azure.subscriptionId",
                    "is not a GUID",
                    "8-4-4-4-12 hexadecimal digits",
                    "run: az account show --query id",
                )
            )
        if self.location is not None and not re.match(facts.LOCATION_PATTERN, self.location):
            found.append(
                Problem(
                    "azure.location",
                    f"{self.location!r} is not an Azure region in its short form",
                    "for instance eastus2",
                    "run: az account list-locations --query [].name",
                )
            )
        return found

    def _resource(self) -> list[Problem]:
        if (self.resource_name is None) == (self.existing_resource is None):
            both = self.resource_name is not None
            return [
                Problem(
                    "foundry.resourceName",
                    "and foundry.existingResource are both set"
                    if both
                    else "is missing, and so is foundry.existingResource",
                    "one of the two",
                    "keep the one that is meant" if both else "name the Foundry resource to make",
                )
            ]
        found: list[Problem] = []
        if self.resource_name is not None and not re.match(facts.RESOURCE_NAME_PATTERN, self.resource_name):
            found.append(
                Problem(
                    "foundry.resourceName",
                    f"{self.resource_name!r} cannot be a subdomain",
                    "2 to 63 lower-case letters, digits and hyphens, no hyphen at either end",
                    "choose another name",
                )
            )
        if self.existing_resource is not None:
            found += self._adoption(self.existing_resource)
        elif self.existing_models:
            found.append(
                Problem(
                    "foundry.existingModels",
                    "is set, and the Foundry resource is a new one",
                    "models that an existing resource has",
                    "move them to foundry.models",
                )
            )
        if self.resource_group is not None and self.existing_resource_group is not None:
            found.append(
                Problem(
                    "foundry.resourceGroup",
                    "and foundry.existingResourceGroup are both set",
                    "one of the two",
                    "keep the one that is meant",
                )
            )
        return found

    def _adoption(self, existing: str) -> list[Problem]:
        if not re.match(facts.ACCOUNT_ID_PATTERN, existing):
            return [
                Problem(
                    "foundry.existingResource",
                    "is not the id of a Foundry resource",
                    facts.account_id("<subscription>", "<group>", "<name>"),
                    "run: az cognitiveservices account show -g GROUP -n NAME --query id",
                )
            ]
        parts, found = facts.split_account_id(existing), list[Problem]()
        if self.subscription_id is not None and parts.subscription_id.lower() != self.subscription_id.lower():
            found.append(
                Problem(
                    "foundry.existingResource",
                    f"lies in the subscription {parts.subscription_id}",
                    f"a resource of azure.subscriptionId, {self.subscription_id}",
                    "correct one of the two",
                )
            )
        unchangeable = {
            "resourceGroup": self.resource_group is not None,
            "existingResourceGroup": self.existing_resource_group is not None,
            "restoreDeletedAccount": self.restore,
            "network.allowedAddresses": self.addresses is not None,
        }
        found += [
            Problem(
                f"foundry.{key}",
                "is set, and foundry.existingResource is somebody else's: its own settings are never changed",
                "existingResource without it",
                "remove it here, and let the resource's owner set it",
            )
            for key, given in unchangeable.items()
            if given
        ]
        return found

    def _models(self) -> list[Problem]:
        found: list[Problem] = []
        if not self.model_ids:
            found.append(
                Problem(
                    "foundry.models",
                    "is empty, so people would have no model",
                    "one model id at least, for instance claude-sonnet-5-5: {capacity: 40}",
                    "add the models that people shall use",
                )
            )
        if self.models and self.organization is None:
            found.append(
                Problem(
                    "foundry.organization",
                    "is missing, and Azure refuses a Claude deployment without it",
                    "organizationName, countryCode and industry",
                    "add it; it accepts the Azure Marketplace offer of each model in the organisation's name",
                )
            )
        found += checks.organization(self.organization or {})
        twice = sorted(set(self.models) & set(self.existing_models))
        if twice:
            found.append(
                Problem(
                    "foundry.existingModels",
                    f"names {', '.join(twice)}, which foundry.models makes",
                    "a model in one of the two",
                    "remove it from foundry.models if it exists already, else from here",
                )
            )
        for name, model in self.models.items():
            found += self._model(f"foundry.models.{name}", model)
        return found

    def _model(self, key: str, model: ModelPlan) -> list[Problem]:
        found: list[Problem] = []
        if model.sku not in facts.DEPLOYMENT_SKUS:
            found.append(
                Problem(
                    f"{key}.sku",
                    f"{model.sku!r} is no SKU of a Claude deployment",
                    ", ".join(facts.DEPLOYMENT_SKUS),
                    "choose one of them",
                )
            )
        if model.capacity is not None and (model.capacity < 1 or model.capacity != int(model.capacity)):
            found.append(
                Problem(
                    f"{key}.capacity",
                    f"is {model.capacity}",
                    "a whole number, 1 or more, in thousands of tokens a minute",
                    "correct it, or remove the model",
                )
            )
        return found

    def _auth(self) -> list[Problem]:
        found: list[Problem] = []
        if self.auth not in AUTHS:
            found.append(
                Problem("foundry.auth", f"{self.auth!r} is not known", ", ".join(AUTHS), "choose one of them")
            )
        found += self.key_problems()
        if self.keyless and self.active_key is not None:
            found.append(
                Problem(
                    "foundry.activeKey",
                    "is set, and keys do not work with foundry.auth keyless",
                    "activeKey with auth: key only",
                    "remove it",
                )
            )
        if self.auth == "key" and (self.groups or self.users):
            found.append(
                Problem(
                    "foundry.groups" if self.groups else "foundry.users",
                    "is set, and with foundry.auth key whoever has the key may call",
                    "groups and users with auth: keyless only (the role would let them read the keys as well)",
                    "remove it, or set auth: keyless",
                )
            )
        return found
