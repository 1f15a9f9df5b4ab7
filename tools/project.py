"""A run of this project's own program against the stand-in clouds, in a folder of its own.

`make up`, the engine tests and the benchmarks all run the project through this one class: a copy of the project
file and of one stack file, so that the checkout stays clean and runs do not meet.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from standin.install import stage
from tools.engine.acquire import Engine, ensure
from tools.engine.sandbox import Sandbox
from tools.services import Services

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"


class Project:
    """One stack of this project in `folder`, with a stand-in cloud file of its own.

    `cloud` is the SQLite file of the stand-in clouds, apart from Pulumi's state as a real cloud is.
    """

    def __init__(self, engine: Engine, folder: Path, *, stack: str = "local") -> None:
        self.folder = folder
        self.stack = stack
        self.cloud = folder / "cloud.sqlite"
        self._services = Services(self.cloud)
        environment = {"STANDIN_CLOUD": str(self.cloud), **self._services.environment()}
        self.sandbox = Sandbox(engine, folder, LOCAL / "pulumi-home", environment)

    @property
    def stack_file(self) -> Path:
        """The copy of the stack file, which the engine may write to."""
        return self.folder / "stacks" / f"Pulumi.{self.stack}.yaml"

    def prepare(self, config: Mapping[str, Any], *, program: Path = ROOT / "stacks") -> None:
        """Lay the project out in `folder` with `config` as the stack's; keeps its salt and its secrets."""
        stacks = self.folder / "stacks"
        stacks.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "Pulumi.yaml", self.folder / "Pulumi.yaml")
        shutil.copyfile(program / "__main__.py", stacks / "__main__.py")
        # The engine runs the program from the project's folder, and Python resource providers from its `main`.
        for link in (self.folder / ".venv", stacks / ".venv"):
            if not link.is_symlink():
                link.symlink_to(ROOT / ".venv", target_is_directory=True)
        install_stand_ins(self.sandbox)
        before: dict[str, Any] = {}
        if self.stack_file.exists():
            before = yaml.safe_load(self.stack_file.read_text("utf-8")) or {}
        kept = {
            key: value
            for key, value in before.get("config", {}).items()
            if isinstance(value, dict) and set(value) == {"secure"}
        }
        after = {**before, "config": {**kept, **config}}
        if after != before:
            self.stack_file.write_text(yaml.safe_dump(after, sort_keys=False), "utf-8")
        if not (self.sandbox.state / ".pulumi" / "stacks" / "claude-byoc" / f"{self.stack}.json").exists():
            self.pulumi("stack", "init", self.stack)

    def has_value(self, key: str) -> bool:
        """Tell whether the stack file holds a value for `key` (with its namespace), encrypted or not."""
        return key in yaml.safe_load(self.stack_file.read_text("utf-8")).get("config", {})

    def was_interrupted(self) -> bool:
        """Tell whether a run has left its lock or an open operation behind."""
        locks = self.sandbox.state / ".pulumi" / "locks"
        if any(file.is_file() for file in locks.rglob("*")):
            return True
        shown = self.pulumi("stack", "export", "-s", self.stack, check=False)
        return shown.returncode == 0 and '"pending_operations"' in shown.stdout

    def set_secret(self, key: str, value: str) -> None:
        """Set a secret of the stack; the value goes through standard input, never through the command line."""
        self.pulumi("config", "set", "--secret", key, "-s", self.stack, input=value)

    def pulumi(
        self,
        *args: str,
        check: bool = True,
        timeout: float = 300,
        input: str | None = None,  # noqa: A002 -- subprocess's own word
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run the engine's command in the project's folder and return what it said."""
        return self.sandbox.run(*args, cwd=self.folder, check=check, timeout=timeout, input=input, env=env)

    def outputs(self) -> dict[str, Any]:
        """Return the stack outputs, secrets in plain text; they stay in memory."""
        shown = self.pulumi("stack", "output", "--json", "--show-secrets", "-s", self.stack)
        return json.loads(shown.stdout)


def install_stand_ins(sandbox: Sandbox) -> None:
    """Install the stand-in clouds as the sandbox's provider plugins."""
    for staged in stage(LOCAL / "stand-ins", VENV_PYTHON):
        sandbox.install_plugin(staged.name, staged.version, staged.folder)


class StackFileError(Exception):
    """The committed stack file cannot be read; the text says where and what to do."""


def local_config() -> dict[str, Any]:
    """Return the config of the committed stack file `local`; StackFileError where it holds none."""
    file = ROOT / "stacks" / "Pulumi.local.yaml"
    cure = f"Cure: git checkout {file.relative_to(ROOT)}"
    try:
        found = yaml.load(file.read_text("utf-8"), Loader=_UniqueKeys)  # noqa: S506 -- a SafeLoader of ours
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())
        raise StackFileError(f"{file.relative_to(ROOT)} cannot be read: {said}\n{cure}") from None
    config = found.get("config") if isinstance(found, dict) else None
    if not isinstance(config, dict):
        raise StackFileError(f"{file.relative_to(ROOT)} has no `config:` with settings below it.\n{cure}")
    return config


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error: the second would win without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def local_engine(say: Callable[[str], None] = print) -> Engine:
    """Return the engine for this checkout, made first where the machine has none."""
    return ensure(LOCAL, say=say)
