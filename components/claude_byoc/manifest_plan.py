"""Which keys each manifest carries, told from the settings alone, before anything is declared.

The keys decide which cross-key rules apply, so they must be known while the values are still being made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS, SECRET_KEYS
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.manifest_sets import check_set
from claude_byoc.contract.problems import Problem, errors

# Keys that stand for a connection path which exists already; any of them lets the add-in reach a model.
EXISTING_PATHS = ("gateway_url", "gcp_project_id", "azure_resource_name", "bootstrap_url")


@dataclass(frozen=True)
class Plan:
    """What the settings ask of the manifests, with None for a value that is not known yet."""

    hosts: Collection[str]
    bedrock: bool = False
    everyone: bool = True
    """Whether Bedrock has a role for people of no team; without one, `aws_role_arn` comes per person."""
    aws: bool = False
    cloud: str = "global"
    own_app: bool = False
    extra: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    secrets: Collection[str] = ()

    def derived(self) -> dict[str, str | None]:
        """Return the keys that follow from the parts."""
        keys: dict[str, str | None] = {}
        if self.bedrock:
            keys |= {"aws_region": None, "entra_sso": "1"} | ({"aws_role_arn": None} if self.everyone else {})
        if self.own_app:
            keys |= {"graph_client_id": None, "entra_sso": "1"}
        if self.cloud != "global":
            keys["graph_cloud"] = self.cloud
        return keys

    def keys(self) -> dict[str, str | None]:
        """Return every key with its value, None where that is made later."""
        return {**self.derived(), **self.extra, **dict.fromkeys(self.secrets)}

    def problems(self) -> list[Problem]:
        """Return everything that the contract refuses in this plan, naming the setting."""
        return [*self._clashes(), *self._misplaced(), *self._values(), *self._no_path(), *self._rules()]

    def _clashes(self) -> list[Problem]:
        return [
            Problem(
                key=f"manifest.{key}",
                wrong="is set by hand and follows from another setting as well",
                allowed="one source for a key",
                cure=f"remove {key} from `manifest`; the stack fills it in",
            )
            for key in sorted(set(self.derived()) & set(self.extra))
        ]

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
        return [
            replace(problem, key=f"manifest.{key}") if key in self.extra else problem
            for key, value in {**self.derived(), **self.extra}.items()
            if value is not None and _secret_meant(key) is None
            for problem in errors(check_value(key, value))
        ]

    def _no_path(self) -> list[Problem]:
        account = 'aws: {accountId: "12 digits", region: for instance us-east-1}'
        if self.bedrock and not self.aws:
            return [
                Problem(
                    key="aws",
                    wrong="is missing, and the Bedrock part stands in an AWS account",
                    allowed=account,
                    cure="add `aws` to the settings",
                )
            ]
        if self.bedrock or any(key in self.extra for key in EXISTING_PATHS):
            return []
        return [
            Problem(
                key="bedrock",
                wrong="is missing, and no other connection path is set: prompts have nowhere to go",
                allowed="the part `bedrock`, or an existing path in `manifest`: " + ", ".join(EXISTING_PATHS),
                cure=f"add `bedrock: {{}}` and `{account}` to the settings",
            )
        ]

    def _rules(self) -> list[Problem]:
        known = {key: value for key, value in self.keys().items() if key in MANIFEST_KEYS}
        found = [problem for host in self.hosts for problem in errors(check_set(host, known))]
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
