"""The report of one environment: everything that a reviewer, an administrator or a manager asks about it."""

from collections.abc import Mapping

from claude_byoc.rollout.consent import EXERCISE, consent_section
from claude_byoc.rollout.data_flow import data_flow
from claude_byoc.rollout.document import Document
from claude_byoc.rollout.environment import Environment
from claude_byoc.rollout.estimate import Assumptions, estimate
from claude_byoc.rollout.gateway_facts import gateway_section, is_ours
from claude_byoc.rollout.made import allowlist_section, made, next_steps_section
from claude_byoc.rollout.manifest import builtin_template
from claude_byoc.rollout.manifests import permission_level
from claude_byoc.rollout.permissions import permissions
from claude_byoc.rollout.residency import residency
from claude_byoc.rollout.rings import rings


def report(
    env: Environment, assumed: Assumptions, *, levels: Mapping[str, str], built: bool = False
) -> Document:
    """Return the report.

    `levels` maps each host to the permission level of its manifest, `built` tells that a build writes it.
    """
    sections = (
        made(env),
        next_steps_section(env, built=built),
        data_flow(env),
        *((gateway_section(env),) if is_ours(env) else ()),
        *((rings(env),) if env.hosts else ()),
        consent_section(env),
        allowlist_section(env),
        permissions(env, levels),
        residency(env),
        estimate(env, assumed),
    )
    day = f", {env.date}" if env.date else ""
    return Document(
        title="Claude on your own cloud",
        subtitle=f"Report on {env.label}{day}.",
        sections=sections,
        notice=EXERCISE if env.exercise else "",
        contents=True,
    )


def levels_of(env: Environment) -> Mapping[str, str]:
    """Return the permission levels that are known without a build: of the built-in template."""
    return {"office": permission_level(builtin_template("office"))} if "office" in env.values else {}
