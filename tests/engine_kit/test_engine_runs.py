"""Every call of the engine that needs the Python language host, through the real engine."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.sandbox import Sandbox, SandboxError

pytestmark = pytest.mark.engine

Project = Callable[..., Path]

STASH = """
import pulumi
config = pulumi.Config()

class Pair(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("kit:index:Pair", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.left = pulumi.Stash(f"{name}-left", input=config.require("left"), opts=child)
        self.right = pulumi.Stash(f"{name}-right", input=config.require_secret("right"), opts=child)
        self.register_outputs({})

pair = Pair("pair")
pulumi.export("left", pair.left.output)
pulumi.export("right", pair.right.output)
"""

THING = """
import pulumi

class Thing(pulumi.CustomResource):
    size: pulumi.Output[str]
    def __init__(self, name, size, opts=None):
        super().__init__("tiny:index:Thing", name, {"size": size}, opts)

pulumi.export("size", Thing("one", pulumi.Config().require("size")).size)
"""

POLICY = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def no_large(args, report):
    if args.resource_type == "pulumi:index:Stash" and args.props.get("input") == "large":
        report("large is not allowed")

policy = ResourceValidationPolicy("no-large", "no large input", no_large, EnforcementLevel.MANDATORY)
PolicyPack("kit", policies=[policy])
"""

COMPONENT = '''
import pulumi
from pulumi.provider.experimental import component_provider_host
from typing_extensions import TypedDict

class PairArgs(TypedDict):
    left: pulumi.Input[str]
    """What stands on the left."""

class Pair(pulumi.ComponentResource):
    """Two of them."""
    def __init__(self, name: str, args: PairArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("kit:index:Pair", name, {}, opts)

component_provider_host(name="kit", components=[Pair])
'''


def outputs(sandbox: Sandbox, folder: Path, *flags: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(sandbox.run("stack", "output", "--json", *flags, cwd=folder).stdout)
    return found


def resources(sandbox: Sandbox, folder: Path) -> dict[str, dict[str, str]]:
    state = json.loads(sandbox.run("stack", "export", cwd=folder).stdout)
    return {entry["urn"].rpartition("::")[2]: entry for entry in state["deployment"].get("resources", [])}


def test_preview_up_and_destroy_with_components_and_secrets(sandbox: Sandbox, project: Project) -> None:
    folder = project(STASH)
    sandbox.run("config", "set", "left", "west", cwd=folder)
    sandbox.run("config", "set", "--secret", "right", "east-is-secret", cwd=folder)

    preview = sandbox.run("preview", cwd=folder)
    assert "4 to create" in preview.stdout

    up = sandbox.run("up", "--yes", "--skip-preview", cwd=folder)
    assert "4 created" in up.stdout
    assert outputs(sandbox, folder)["right"] == "[secret]"
    assert outputs(sandbox, folder, "--show-secrets") == {"left": "west", "right": "east-is-secret"}
    assert "east-is-secret" not in preview.stdout + up.stdout
    assert "kit:index:Pair$pulumi:index:Stash" in resources(sandbox, folder)["pair-left"]["urn"]

    assert "4 unchanged" in sandbox.run("up", "--yes", "--skip-preview", cwd=folder).stdout
    assert "4 deleted" in sandbox.run("destroy", "--yes", "--skip-preview", cwd=folder).stdout


def test_configuration_reaches_the_program_but_no_command_line(sandbox: Sandbox, project: Project) -> None:
    folder = project(
        "import pulumi, sys\n"
        "assert pulumi.Config().require('word') == 'hidden-word'\n"
        "print('arguments', [a.replace('hidden', 'SEEN') for a in sys.orig_argv])\n"
    )
    sandbox.run("config", "set", "--secret", "word", "hidden-word", cwd=folder)
    printed = sandbox.run("preview", cwd=folder).stdout
    assert "arguments ['" in printed
    assert "SEEN" not in printed


def test_refresh_and_import_through_a_python_provider(sandbox: Sandbox, project: Project, tiny: Path) -> None:
    folder = project(THING)
    sandbox.run("config", "set", "size", "small", cwd=folder)
    sandbox.run("up", "--yes", "--skip-preview", cwd=folder)
    assert json.loads(tiny.read_text()) == {"one": "small"}

    tiny.write_text(json.dumps({"one": "grown", "found": "medium"}))
    sandbox.run("refresh", "--yes", "--skip-preview", cwd=folder)
    assert resources(sandbox, folder)["one"]["outputs"] == {"size": "grown"}

    imported = ("tiny:index:Thing", "adopted", "found", "--generate-code=false", "--protect=false")
    sandbox.run("import", *imported, "--yes", "--skip-preview", cwd=folder)
    adopted = resources(sandbox, folder)["adopted"]
    assert (adopted["id"], adopted["inputs"]) == ("found", {"size": "medium"})

    sandbox.run("destroy", "--yes", "--skip-preview", cwd=folder)
    assert json.loads(tiny.read_text()) == {}


def test_import_that_wants_code_says_what_to_do_instead(
    sandbox: Sandbox, project: Project, tiny: Path
) -> None:
    folder = project("")
    tiny.write_text(json.dumps({"found": "medium"}))
    with pytest.raises(SandboxError, match="--generate-code=false"):
        sandbox.run("import", "tiny:index:Thing", "adopted", "found", "--yes", "--skip-preview", cwd=folder)


def test_mandatory_policy_stops_the_preview(sandbox: Sandbox, project: Project, tmp_path: Path) -> None:
    folder = project("import pulumi\npulumi.Stash('s', input=pulumi.Config().require('input'))\n")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.0.0\n", "utf-8")
    (pack / "__main__.py").write_text(POLICY, "utf-8")

    sandbox.run("config", "set", "input", "small", cwd=folder)
    sandbox.run("preview", "--policy-pack", str(pack), cwd=folder)
    sandbox.run("config", "set", "input", "large", cwd=folder)
    with pytest.raises(SandboxError, match="large is not allowed"):
        sandbox.run("preview", "--policy-pack", str(pack), cwd=folder)


@pytest.mark.usefixtures("installed_sdks")
def test_component_plugin_gives_its_schema(sandbox: Sandbox, tmp_path: Path) -> None:
    plugin = tmp_path / "kit"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n", "utf-8")
    (plugin / "__main__.py").write_text(COMPONENT, "utf-8")
    schema = json.loads(sandbox.run("package", "get-schema", str(plugin), cwd=tmp_path).stdout)
    pair = schema["resources"]["kit:index:Pair"]
    assert pair["isComponent"] is True
    assert pair["description"] == "Two of them."
    assert pair["inputProperties"]["left"]["description"] == "What stands on the left."


@pytest.mark.usefixtures("installed_sdks")
def test_component_plugin_that_fails_shows_its_own_words(sandbox: Sandbox, tmp_path: Path) -> None:
    plugin = tmp_path / "kit"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n", "utf-8")
    (plugin / "__main__.py").write_text(
        "import sys\nprint('no luck today', file=sys.stderr)\nsys.exit(7)\n", "utf-8"
    )
    with pytest.raises(SandboxError) as failure:
        sandbox.run("package", "get-schema", str(plugin), cwd=tmp_path)
    assert "exit status 7" in str(failure.value)


def wheel(folder: Path, name: str) -> Path:
    """Write the smallest wheel there is: one module with one fact."""
    file = folder / f"{name}-1.2.3-py3-none-any.whl"
    info = f"{name}-1.2.3.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", "FACT = 42\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2.3\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return file


def test_install_makes_the_virtualenv_with_the_requirements(sandbox: Sandbox, project: Project) -> None:
    folder = project("", options="{virtualenv: venv}")
    requirements = folder / "requirements.txt"
    requirements.write_text(f"--no-index\n./{wheel(folder, 'kitdep').name}\n", "utf-8")
    done = sandbox.run("install", "--no-plugins", cwd=folder)
    assert "kitdep-1.2.3" in done.stdout + done.stderr
    fact = subprocess.run(
        [folder / "venv" / "bin" / "python", "-c", "import kitdep; print(kitdep.FACT)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert fact.stdout == "42\n"

    requirements.write_text("--no-index\nkit-that-is-nowhere\n", "utf-8")
    with pytest.raises(SandboxError, match="installing the requirements failed with exit code 1") as failure:
        sandbox.run("install", "--no-plugins", cwd=folder)
    assert "kit-that-is-nowhere" in failure.value.output


def test_about_names_interpreter_and_dependencies(sandbox: Sandbox, project: Project) -> None:
    about = json.loads(sandbox.run("about", "--json", cwd=project("")).stdout)
    assert about["runtime"]["language"] == "python"
    assert about["runtime"]["executable"].startswith(sys.prefix)
    names = {entry["name"]: entry["version"] for entry in about["dependencies"]}
    assert {"pulumi-aws", "pulumi-policy"} <= names.keys()
    assert "pulumi" not in names  # required by others, so not listed without --transitive
    kinds = {(entry["kind"], entry["name"]) for entry in about["plugins"]}
    assert ("resource", "random") in kinds
    assert ("resource", "policy") not in kinds
