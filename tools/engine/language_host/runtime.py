"""Which Python runs a program or plugin, from the `runtime.options` of its project file."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi.runtime.proto.language_pb2 import ProgramInfo

TOOLCHAIN = "pip"


class HostError(Exception):
    """Something the user must change; the text says what and how."""


@dataclass(frozen=True)
class Runtime:
    """The options of one program and the folders that they are relative to."""

    root: Path
    program: Path
    """What is run: a folder with `__main__.py`, or a file."""
    folder: Path
    """The program's folder, which holds its requirements."""
    option: str
    """The `virtualenv` option as written; empty for the Python on PATH."""

    @property
    def virtualenv(self) -> Path | None:
        """The virtualenv's absolute path, which need not exist; None for the Python on PATH."""
        return self.root / self.option if self.option else None

    def find(self) -> Path | None:
        """Return the interpreter, or None if the virtualenv or a Python on PATH is missing."""
        if self.virtualenv is None:
            names = (os.environ.get("PULUMI_PYTHON_CMD") or "python3", "python")
            found = next(filter(None, map(shutil.which, names)), None)
            return Path(found) if found else None
        both = (self.virtualenv / "bin" / "python", self.virtualenv / "Scripts" / "python.exe")
        return next((file for file in both if file.is_file()), None)

    def python(self) -> Path:
        """Return the interpreter; HostError with the cure if there is none."""
        found = self.find()
        if found is not None:
            return found
        if self.virtualenv is None:
            raise HostError(
                "no Python on PATH: install Python, or name a virtual environment in the option "
                "`runtime.options.virtualenv` of Pulumi.yaml"
            )
        raise HostError(
            f"the option `runtime.options.virtualenv` is {self.option!r}, but {self.virtualenv} holds no "
            f"Python: run `pulumi install`, or `python3 -m venv {self.virtualenv}` and install the program's "
            "requirements into it"
        )

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which the virtualenv is active."""
        result = dict(base)
        if self.virtualenv is not None:
            result.pop("PYTHONHOME", None)
            result["VIRTUAL_ENV"] = str(self.virtualenv)
            result["PATH"] = os.pathsep.join(filter(None, (str(self.python().parent), result.get("PATH"))))
        return result


def of(info: ProgramInfo) -> Runtime:
    """Return the runtime of a request; HostError naming every option that is not served."""
    options = {name: value.string_value for name, value in info.options.fields.items()}
    problems: list[str] = []
    for name, value in options.items():
        if name == "toolchain" and value and value != TOOLCHAIN:
            problems.append(
                f"`toolchain` is {value!r}; allowed: {TOOLCHAIN!r}. Remove it, make the virtual environment "
                f"with {value}, and name that in `virtualenv`"
            )
        elif name == "typechecker" and value and value != "none":
            problems.append(
                f"`typechecker` is {value!r}; allowed: none. Remove it and run {value} before Pulumi"
            )
        elif name not in {"toolchain", "typechecker", "virtualenv"}:
            problems.append(f"`{name}` is not known; allowed: `virtualenv`, `toolchain`")
    if problems:
        raise HostError("unusable `runtime.options`: " + "; ".join(problems))
    root = Path(info.root_directory or info.program_directory)
    folder = Path(info.program_directory or info.root_directory)
    return Runtime(root, folder / (info.entry_point or "."), folder, options.get("virtualenv", ""))
