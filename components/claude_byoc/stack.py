"""`ClaudeByoc`: every part of one environment, declared from one settings object."""

from importlib import import_module
from typing import Any, cast

import pulumi
from pulumi import Output

from claude_byoc import outputs as out
from claude_byoc.assembly import desktop, manifests, network, steps
from claude_byoc.assembly.part import Part
from claude_byoc.assembly.tenant import tenant
from claude_byoc.refusal import refuse_errors
from claude_byoc.stack_args import ClaudeByocArgs
from claude_byoc.stack_plan import desktop_plan, part_hints, part_problems, plan


class ClaudeByoc(pulumi.ComponentResource):
    """Everything that gives one organisation Claude in Microsoft 365 on its own cloud.

    The outputs are what the rollout files are made of; `claude-byoc build` writes those.
    """

    manifest_values: out.ManifestValues
    """The key=value pairs of each manifest."""
    manifest_ids: out.ManifestIds
    """The `<Id>` of each manifest."""
    desktop_values: dict[str, Output[Any]]
    """The keys of the Cowork / Claude Desktop profile."""
    consent: out.Consent
    """How the tenant's consent is given."""
    allowlist: Output[list[out.AllowlistRow]]
    """The addresses that the network must let through."""
    user_attributes: list[out.UserAttributes]
    """What differs per group of people."""
    gateway: out.GatewayOutputs | None
    """The gateway, where the environment has one."""
    next_steps: list[out.NextStep]
    """What a person must still do, in order."""
    support: out.Support | None
    """Whom people ask, where the settings say it."""
    bedrock: out.BedrockOutputs | None
    """The Bedrock part, where the environment has one."""
    vertex: out.VertexOutputs | None
    """The Vertex AI part, where the environment has one."""
    foundry: out.FoundryOutputs | None
    """The Foundry part, where the environment has one."""
    entra: out.EntraOutputs
    """The tenant, and the app whose tokens the other parts accept."""

    def __init__(self, name: str, args: ClaudeByocArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._plan = planned = plan(args)
        profile = desktop_plan(args)
        refuse_errors([*part_problems(args), *planned.problems(), *profile.problems()])
        super().__init__("claude-byoc:index:ClaudeByoc", name, None, opts)
        for hint in [*profile.hints(), *part_hints(args)]:
            pulumi.log.warn(hint.text, self)
        self.gateway = self.bedrock = self.vertex = self.foundry = None
        people = tenant(name, args, planned, self)
        self.entra, self.consent = people.outputs, people.consent
        parts: dict[str, Part] = {}
        for connection in planned.connections:
            # Loaded here so that an environment on one cloud loads one cloud's SDK.
            module = import_module(f"claude_byoc.assembly.{connection.path}")
            more = (parts,) if connection.path == "gateway" else ()
            part: Part = module.declare(name, args, people, self, *more)
            parts[connection.path] = part
            setattr(self, connection.path, part.outputs)
        self.desktop_values = desktop.values(args, planned, profile, parts)
        self.user_attributes = [row for part in parts.values() for row in part.attributes]
        self.manifest_values = manifests.values(args, planned, parts, people)
        self.manifest_ids = manifests.ids(name, planned, self)
        self.allowlist = network.allowlist(args, planned, parts, self.desktop_values)
        self.next_steps = [
            *steps.consent_steps(self.consent),
            *[step for part in parts.values() for step in part.steps],
            *steps.rollout_steps(
                self.user_attributes, manifests=bool(self.manifest_values), desktop=bool(self.desktop_values)
            ),
        ]
        self.support = _support(args)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, Any]:
        """Return the stack outputs by name; each secret stays an Output of its own."""
        return {name: getattr(self, attribute) for name, attribute in out.OUTPUTS.items()}

    def export(self) -> None:
        """Export every output from the stack."""
        for name, value in self.outputs().items():
            pulumi.export(name, value)


def _support(args: ClaudeByocArgs) -> out.Support | None:
    given = args.get("support")
    if given is None:
        return None
    leaves = {part: Output.from_input(value) for part, value in given.items()}
    return cast("out.Support", leaves)
