"""deploy.ps1: the manifests into the tenant by PowerShell, instead of by hand in the admin center."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from claude_byoc.rollout.environment import text as one_line
from claude_byoc.rollout.files import RolloutFile

NAME = "deploy.ps1"


@dataclass(frozen=True)
class Deployed:
    """A manifest as the script knows it: `host` is `office` or `outlook`, `group` "" for everybody's."""

    file: str
    host: str
    group: str
    manifest_id: str
    version: str


def deploy_script(environment: str, manifests: Sequence[Deployed], *, exercise: bool) -> RolloutFile:
    """Return the script. Whoever runs it passes the members; it holds no secret and no address of a person."""
    # Not for HTML: what goes in is quoted by `literal`, or stands in a comment on one line.
    templates = Environment(  # noqa: S701 - PowerShell, see above
        loader=PackageLoader("claude_byoc.rollout", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["literal"] = literal
    text = templates.get_template("deploy.ps1.j2").render(
        environment=environment, manifests=manifests, exercise=exercise
    )
    # Windows PowerShell 5.1 reads a file without a byte order mark in the machine's own code page.
    return RolloutFile(NAME, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(errors="replace"), _PURPOSE)


_PURPOSE = "deployment, update and way back by PowerShell, after review"


def literal(text: str) -> str:
    """Return a PowerShell string literal in single quotes, in which nothing is expanded.

    PowerShell takes the typographic single quotes for its own, so they are doubled too.
    source: https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
    """
    return "'" + "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in one_line(text)) + "'"
