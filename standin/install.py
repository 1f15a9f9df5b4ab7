"""The plugin executables, in folders that `pulumi plugin install resource NAME VERSION --file` takes."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from standin.catalog import providers
from standin.sdk import version

_ROOT = Path(__file__).parent.parent

_SCRIPT = """#!/bin/sh
# The stand-in cloud {name}, from the checkout that staged it.
PYTHONPATH={root}${{PYTHONPATH:+:$PYTHONPATH}} exec {python} -m standin serve {name} "$@"
"""


@dataclass(frozen=True)
class Staged:
    """One provider's folder, ready to install."""

    name: str
    version: str
    folder: Path


def stage(target: Path, python: Path) -> list[Staged]:
    """Write `<target>/<name>/pulumi-resource-<name>` for every provider.

    `python` is the interpreter that has pulumi installed. Staging again over the same target is fine.
    """
    staged: list[Staged] = []
    for name in providers():
        folder = target.absolute() / name
        folder.mkdir(parents=True, exist_ok=True)
        executable = folder / f"pulumi-resource-{name}"
        # absolute(), not resolve(): a virtual environment's python is a link that must stay one.
        script = _SCRIPT.format(
            name=name, root=shlex.quote(str(_ROOT)), python=shlex.quote(str(python.absolute()))
        )
        if not executable.exists() or executable.read_text("utf-8") != script:
            # Runs in parallel share the folder: each sees a whole script, the old one or the new one.
            draft = folder / f".{executable.name}.{os.getpid()}"
            draft.write_text(script, "utf-8")
            draft.chmod(0o755)
            draft.replace(executable)
        staged.append(Staged(name, version(name), folder))
    return staged
