"""What a declared part gives to the environment, in one shape for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi import Input, Output

from claude_byoc import outputs as out
from claude_byoc.contract.allowlist import AllowlistRow


@dataclass(frozen=True)
class Tenant:
    """The Entra tenant as the other parts see it, whoever declares it."""

    outputs: out.EntraOutputs
    client_id: Input[str]
    """Application id whose tokens the other parts accept; text where the settings name it."""
    scope: Callable[[], Output[str]]
    """Gives the scope of the gateway's API (`api://<id>/access_as_user`); the Output refuses where there is none."""
    desktop_client_id: Output[str]
    """Application id by which Claude Desktop signs people in; "" where there is no such registration."""
    desktop: Mapping[str, Input[Any]]
    """Desktop keys by which people sign in with their Entra account; {} without the host `desktop`."""
    consent: out.Consent


@dataclass(frozen=True)
class Part:
    """One connection path after its resources are declared."""

    outputs: Mapping[str, Any]
    """The stack output of the part's name."""
    manifest: Mapping[str, Input[str]]
    """Values of the manifest keys that the plan told of; all of them, literal ones too."""
    desktop: Mapping[str, Input[Any]] = field(default_factory=dict[str, Input[Any]])
    """Values of the desktop keys that the plan told of."""
    rows: Output[list[AllowlistRow]] = field(default_factory=lambda: Output.from_input(list[AllowlistRow]()))
    """Addresses that this path needs."""
    steps: list[out.NextStep] = field(default_factory=list[out.NextStep])
    attributes: list[out.UserAttributes] = field(default_factory=list[out.UserAttributes])


def ownership_tags() -> dict[str, Input[str]]:
    """Return the tags by which `recover` knows whose a resource is."""
    return {
        "managed-by": "claude-byoc",
        "claude-byoc:project": pulumi.get_project(),
        "claude-byoc:stack": pulumi.get_stack(),
    }
