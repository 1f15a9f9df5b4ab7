"""The order of a rollout: rings of people, how long each change takes, and who decides what."""

from collections.abc import Iterator
from dataclasses import dataclass

from claude_byoc.rollout.document import Block, Items, Rich, Section, Strong, Table, Text
from claude_byoc.rollout.environment import Environment

_CENTRAL = "https://learn.microsoft.com/microsoft-365/admin/manage/centralized-deployment-of-add-ins"
_PLUGIN = "debug page of claude-for-msft-365-install"
_ATTRIBUTES = "extension attributes page of claude-for-msft-365-install"
_DESKTOP = "https://claude.com/docs/third-party/claude-desktop, configuration reference"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency)"
_RBAC = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"


@dataclass(frozen=True)
class Delay:
    """How long a change takes to reach people, and what makes it quicker."""

    change: str
    takes: str
    quicker: str
    source: str


FIRST = "up to 24 hours"
UPDATE = "up to 72 hours"


def delays(env: Environment) -> list[Delay]:
    """Return the delays that matter in this environment."""
    found: list[Delay] = []
    if env.values:
        found += [
            Delay(
                "First deployment of a manifest",
                FIRST,
                "usually sooner; restart the Office application",
                _CENTRAL,
            ),
            Delay(
                "New version of a manifest",
                UPDATE,
                "the same Id and a higher Version; the same Version is ignored",
                _PLUGIN,
            ),
            Delay("Assignment taken away", FIRST, "the add-in leaves at the next start after that", _CENTRAL),
            Delay(
                "Consent",
                "minutes",
                "sign out of the add-in and in again",
                "Microsoft Entra ID, admin consent",
            ),
        ]
    if env.groups or env.signs_in:
        found.append(
            Delay(
                "Directory attribute of a person",
                "up to 1 hour",
                "sign out and in: a new token has it",
                _ATTRIBUTES,
            )
        )
    if "bedrock" in env.all_paths:
        found.append(
            Delay(
                "Change of an IAM role or policy",
                "seconds to minutes",
                "temporary credentials last their hour",
                _IAM,
            )
        )
    if "foundry" in env.all_paths:
        found.append(Delay("Role assignment in Azure", "2 to 10 minutes", "sign out and in", _RBAC))
    if "desktop" in env.hosts:
        found.append(
            Delay(
                "Desktop profile",
                "at the next start",
                "quit and reopen; a running app looks every 10 minutes",
                _DESKTOP,
            )
        )
    return found


def rings(env: Environment) -> Section:
    """Return the order of the rollout with its delays, and assignment beside configuration."""
    known = delays(env)
    blocks: list[Block] = [
        Items(tuple(_rings(env)), ordered=True),
        Table(
            "How long a change takes",
            ("Change", "Reaches people", "Quicker", "Source"),
            tuple((one.change, one.takes, one.quicker, one.source) for one in known),
        ),
        Text(
            "Assignment decides who may use Claude, configuration decides what they get. Both have to agree:"
        ),
        Table(
            "Assignment and configuration",
            ("Where", "Decides", "If it is wider than the other"),
            tuple(_compared(env)),
        ),
    ]
    return Section("rollout", "Order of the rollout", tuple(blocks))


def _rings(env: Environment) -> Iterator[Rich]:
    what = "the add-in" if env.values else "the desktop profile"
    yield (
        Strong("Check. "),
        f"Two or three people of IT, a day: {what} opens, connects and answers; the allowlist is complete.",
    )
    yield (
        Strong("Pilot group. "),
        (
            "10 to 50 people of several teams in a group of their own, one to two weeks. Nested groups do not "
            "count: put people into the group itself. Watch sign-in errors, cost and questions."
        ),
    )
    yield (
        Strong("Widen. "),
        (
            "Add groups to the assignment, not new manifests: assignment changes without a new upload. Double the "
            "number of people every few days and keep an eye on the provider's quota (tokens a minute)."
        ),
    )
    yield (
        Strong("Everybody. "),
        (
            "Only where one configuration fits all; with directory attributes stay with the groups that have them."
            if env.groups
            else "Assign the entire organisation, or stay with groups. Hand out the user guide on the same day."
        ),
    )
    yield (
        Strong("Way back. "),
        (
            "Take the assignment away or switch the add-in off (deploy.ps1 -Action Stop); the cloud side stays."
            if env.values
            else "Take the profile away from the devices; the cloud side stays as it is."
        ),
    )


def _compared(env: Environment) -> Iterator[tuple[Rich, ...]]:
    if env.values:
        yield (
            "Integrated apps: users and groups of the add-in",
            "assignment: who sees the add-in",
            "People without configuration open an add-in that asks them for a connection.",
        )
        yield (
            "Manifest values",
            "configuration: what everybody assigned to it gets",
            "None; the manifest reaches assigned people only.",
        )
    if env.groups:
        names = ", ".join(group.name for group in env.groups)
        yield (
            f"Directory attributes of {names}",
            "configuration: what a group gets instead",
            "Attributes of people without the add-in do nothing: assign exactly those who have them.",
        )
    if env.signs_in:
        yield (
            f"Entra app {env.client_id}: who may sign in (assignment and its groups)",
            "assignment: who can sign in",
            "People see the add-in and cannot sign in (AADSTS50105).",
        )
    for role in env.roles:
        yield (
            f"Trust policy of the role {role.name}",
            f"assignment: who can use it ({role.assumable_by})",
            "Whoever fits the trust policy could use the role, whatever the manifest says.",
        )
    if "desktop" in env.hosts:
        yield (
            "Device group of the desktop profile",
            "assignment and configuration in one",
            "Devices with the profile use this provider for everybody who signs in there.",
        )
