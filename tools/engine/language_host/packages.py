"""What is installed for a program, asked of its own interpreter without importing any SDK."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

from pulumi.runtime.proto.language_pb2 import DependencyInfo
from pulumi.runtime.proto.plugin_pb2 import PackageDependency, PackageParameterization, PluginDependency

from tools.engine.language_host.runtime import HostError

ASK_SECONDS = 60

PLUGINS: Final = """
import json, pathlib, sys
found = {}
for entry in sys.path:
    folder = pathlib.Path(entry)
    for file in sorted(folder.glob("*/pulumi-plugin.json")) if folder.is_dir() else ():
        found.setdefault(file.parent.name, [str(file), file.read_text("utf-8")])
print(json.dumps(found))
"""

DISTRIBUTIONS: Final = """
import importlib.metadata, json
print(json.dumps([[d.name, d.version, d.requires or []] for d in importlib.metadata.distributions()]))
"""

ABOUT: Final = "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version()]))"

HAS_SDK: Final = (
    "import importlib.util, json; print(json.dumps(importlib.util.find_spec('pulumi') is not None))"
)


def ask(python: Path, code: str) -> Any:  # noqa: ANN401 - JSON; each caller knows the shape of its own question
    """Run a few lines in a program's interpreter, isolated from the current folder; return their JSON."""
    done = subprocess.run(
        [python, "-I", "-c", code],
        capture_output=True,
        text=True,
        timeout=ASK_SECONDS,
        env=os.environ,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise HostError(f"{python} does not run: exit code {done.returncode}, {last}")
    return json.loads(done.stdout)


def plugins(python: Path) -> list[PackageDependency]:
    """Return the resource plugins that the installed SDKs need, from each package's `pulumi-plugin.json`."""
    result: list[PackageDependency] = []
    for package, (file, text) in ask(python, PLUGINS).items():
        try:
            content: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise HostError(f"{file} is not JSON: {error}; reinstall {package}") from error
        if not content.get("resource"):
            continue
        name = content.get("name") or package.removeprefix("pulumi_").replace("_", "-")
        dependency = PackageDependency(
            kind="resource",
            name=name,
            version=content.get("version") or "",
            server=content.get("server") or "",
        )
        if content.get("parameterization"):
            dependency.parameterization.CopyFrom(_parameterization(content["parameterization"]))
        result.append(dependency)
    return result


def _parameterization(content: dict[str, str]) -> PackageParameterization:
    return PackageParameterization(
        name=content["name"], version=content["version"], value=base64.b64decode(content.get("value") or "")
    )


def as_plugin(package: PackageDependency) -> PluginDependency:
    """Return a package in the older form without parameterization."""
    return PluginDependency(
        kind=package.kind, name=package.name, version=package.version, server=package.server
    )


def dependencies(python: Path, *, transitive: bool) -> list[DependencyInfo]:
    """Return the installed distributions; without `transitive` only those that no other one requires."""
    installed: dict[str, tuple[str, list[str]]] = {
        _normal(name): (version, requires) for name, version, requires in ask(python, DISTRIBUTIONS)
    }
    required = {
        _normal(requirement)
        for _, requires in installed.values()
        for requirement in requires
        if "extra ==" not in requirement
    }
    return [
        DependencyInfo(name=name, version=version)
        for name, (version, _) in sorted(installed.items())
        if transitive or name not in required
    ]


def _normal(requirement: str) -> str:
    """Return the normalised name at the start of a requirement such as `Foo_Bar>=1; python_version > "3"`."""
    end = next(
        (i for i, char in enumerate(requirement) if not (char.isalnum() or char in "._-")), len(requirement)
    )
    return requirement[:end].lower().replace("_", "-").replace(".", "-")
