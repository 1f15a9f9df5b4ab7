"""next-steps.md: what a person must still do, in order, from the stack outputs. Holds no secret."""

from collections.abc import Sequence

from claude_byoc.rollout.consent import EXERCISE
from claude_byoc.rollout.document import Block, Document, Items, Link, Rich, Section, Steps, Table, Text
from claude_byoc.rollout.environment import Environment, entries, mapping, text
from claude_byoc.rollout.files import RolloutFile
from claude_byoc.rollout.made import allowlist_section, open_steps
from claude_byoc.rollout.markdown import to_markdown
from claude_byoc.rollout.rings import FIRST, UPDATE, rings

NAME = "next-steps.md"
_TITLE = "What is left to do"


def next_steps(env: Environment, notes: Sequence[Rich]) -> RolloutFile:
    """Return the file: the open steps, the order of the rollout, `notes` on the files, links and allowlist."""
    document = Document(
        title=_TITLE,
        subtitle=f"Environment {env.name}, from top to bottom." if env.name else "From top to bottom.",
        sections=tuple(_sections(env, notes)),
        notice=EXERCISE if env.exercise else "",
    )
    return RolloutFile(NAME, to_markdown(document).encode(errors="replace"), _TITLE.lower())


def _sections(env: Environment, notes: Sequence[Rich]) -> list[Section]:
    steps = open_steps(env)
    nothing = "Nothing." if env.exercise else "Nothing besides uploading the files here."
    todo: tuple[Block, ...] = (Steps(steps),) if steps else (Text(nothing),)
    sections = [Section("steps", "Steps", todo)]
    if records := tuple(
        tuple(text(one.get(key)).rstrip(".") for key in ("name", "type", "value"))
        for one in entries(env.part("gateway").get("dnsRecords"))
    ):
        table = Table("Records to create", ("Name", "Type", "Value"), records)
        sections.append(Section("dns", "DNS records of the gateway", (table,)))
    if env.hosts:
        sections.append(rings(env))
    if notes:
        times = Text(f"A first deployment reaches people in {FIRST}, an update in {UPDATE}.")
        sections.append(Section("files", "Files", (Items(tuple(notes)), times)))
    shown = {step.url for step in steps}
    links = entries(mapping(env.outputs.get("consent")).get("links"))
    left: tuple[Rich, ...] = tuple(
        (
            f"{text(link.get('who'))}, {text(link.get('why'))}: ",
            Link(text(link.get("url")), text(link.get("url"))),
        )
        for link in links
        if text(link.get("url")) not in shown
    )
    if left:
        sections.append(Section("consent", "Consent", (Items(left),)))
    if env.rows:
        sections.append(allowlist_section(env))
    return sections
