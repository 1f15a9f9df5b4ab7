"""The language host's own process, called as the engine calls it, where a run of the engine would not show enough."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeStub

HOST = Path(__file__).resolve().parents[2] / "tools" / "engine" / "language_host" / "__main__.py"
CALL_SECONDS = 60

Until = Callable[[Callable[[], bool], str], None]


@dataclass
class Host:
    """A running host and the calls to it."""

    process: subprocess.Popen[str]
    call: Any
    """The generated stub; its methods have no types."""


@pytest.fixture
def host() -> Iterator[Host]:
    """A host whose `python3` is the one that runs these tests."""
    command = [
        sys.executable,
        "-P",
        str(HOST),
        "--pulumi-language-python-exec",
        "/nowhere",
        "-v=9",
        "127.0.0.1:9",
    ]
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {**os.environ, "PATH": path}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield Host(process, LanguageRuntimeStub(channel))
        process.terminate()
        rest, err = process.communicate(timeout=CALL_SECONDS)
        assert (process.returncode, rest, err) == (0, "", "")


@pytest.fixture
def virtualenv(tmp_path: Path) -> Path:
    """An empty virtualenv; return its folder for packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    return packages


def info(root: Path, **options: str) -> pb.ProgramInfo:
    struct = Struct()
    struct.update(options)
    return pb.ProgramInfo(
        root_directory=str(root), program_directory=str(root), entry_point=".", options=struct
    )


def refusal(call: Callable[[], object]) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as failure:
        call()
    error: Any = failure.value
    return error.code(), error.details()


# --- what the engine asks first


def test_handshake_and_version(host: Host) -> None:
    host.call.Handshake(pb.LanguageHandshakeRequest(engine_address="127.0.0.1:9"))
    assert host.call.GetPluginInfo(Empty()).version.startswith("3.")


def test_project_templates_need_no_preparation_and_offer_pip(host: Host, tmp_path: Path) -> None:
    host.call.Template(pb.TemplateRequest(info=info(tmp_path), project_name="kit"))
    (prompt,) = host.call.RuntimeOptionsPrompts(pb.RuntimeOptionsRequest(info=info(tmp_path))).prompts
    assert (prompt.key, [choice.stringValue for choice in prompt.choices]) == ("toolchain", ["pip"])
    chosen = pb.RuntimeOptionsRequest(info=info(tmp_path, toolchain="pip"))
    assert list(host.call.RuntimeOptionsPrompts(chosen).prompts) == []


@pytest.mark.parametrize(
    ("method", "request_", "instead"),
    [
        ("GenerateProgram", pb.GenerateProgramRequest(), "--generate-code=false"),
        ("GenerateProject", pb.GenerateProjectRequest(), "pulumi convert"),
        ("GeneratePackage", pb.GeneratePackageRequest(), "pulumi package gen-sdk"),
        ("Pack", pb.PackRequest(), "python -m build"),
        ("Link", pb.LinkRequest(), "requirements.txt"),
    ],
)
def test_code_generation_is_refused_with_a_way_out(
    host: Host, method: str, request_: object, instead: str
) -> None:
    code, text = refusal(lambda: getattr(host.call, method)(request_))
    assert code == grpc.StatusCode.UNIMPLEMENTED
    assert "does not generate Python code" in text
    assert instead in text


# --- what is installed


def test_required_packages_come_from_plugin_files_alone(host: Host, tmp_path: Path, virtualenv: Path) -> None:
    files = {
        "pulumi_one": '{"resource": true, "name": "one", "version": "1.0.0", "server": "https://kit.invalid"}',
        "pulumi_two_words": '{"resource": true}',
        "pulumi_policy": '{"resource": false}',
        "pulumi_sub": '{"resource": true, "name": "base", "version": "2.0.0",'
        ' "parameterization": {"name": "sub", "version": "3.0.0", "value": "aGVsbG8="}}',
    }
    for package, text in files.items():
        (virtualenv / package).mkdir()
        (virtualenv / package / "__init__.py").write_text("raise RuntimeError('imported')\n")
        (virtualenv / package / "pulumi-plugin.json").write_text(text)
    asked = info(tmp_path, virtualenv="venv")
    found = {
        p.name: p for p in host.call.GetRequiredPackages(pb.GetRequiredPackagesRequest(info=asked)).packages
    }
    assert found.keys() == {"one", "two-words", "base"}
    assert (found["one"].kind, found["one"].version, found["one"].server) == (
        "resource",
        "1.0.0",
        "https://kit.invalid",
    )
    parameters = found["base"].parameterization
    assert (parameters.name, parameters.version, parameters.value) == ("sub", "3.0.0", b"hello")

    older = host.call.GetRequiredPlugins(pb.GetRequiredPluginsRequest(info=asked)).plugins
    assert {(p.name, p.version) for p in older} == {("one", "1.0.0"), ("two-words", ""), ("base", "2.0.0")}

    (virtualenv / "pulumi_one" / "pulumi-plugin.json").write_text("{")
    code, text = refusal(lambda: host.call.GetRequiredPackages(pb.GetRequiredPackagesRequest(info=asked)))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert "pulumi_one/pulumi-plugin.json is not JSON" in text


def test_dependencies_with_and_without_transitive_ones(host: Host, tmp_path: Path, virtualenv: Path) -> None:
    requires = {
        "Top_Level": 'Requires-Dist: base (>=1) ; python_version > "3"\nRequires-Dist: own ; extra == "x"\n'
    }
    for name in ("Top_Level", "base", "own"):
        folder = virtualenv / f"{name}-1.0.dist-info"
        folder.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires.get(name, '')}"
        (folder / "METADATA").write_text(metadata)

    def ask(*, transitive: bool) -> list[str]:
        asked = pb.GetProgramDependenciesRequest(
            info=info(tmp_path, virtualenv="venv"), transitiveDependencies=transitive
        )
        return [entry.name for entry in host.call.GetProgramDependencies(asked).dependencies]

    assert ask(transitive=True) == ["base", "own", "top-level"]
    assert ask(transitive=False) == ["own", "top-level"]


@pytest.mark.parametrize(
    ("project", "words"),
    [
        (None, "nothing to install"),
        ('[project]\nname = "kit"\ndependencies = ["kit-that-is-nowhere"]\n', "kit-that-is-nowhere"),
        ("[project\n", "pyproject.toml is not TOML"),
        ('[build-system]\nrequires = ["kit-backend"]\n', "pip install --disable-pip-version-check -e ."),
    ],
)
def test_install_reads_pyproject_where_there_are_no_requirements(
    host: Host, tmp_path: Path, project: str | None, words: str
) -> None:
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    # This virtualenv has no pip: what matters is what it is asked to do.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    said = ""
    try:
        for answer in host.call.InstallDependencies(
            pb.InstallDependenciesRequest(info=info(tmp_path, virtualenv="venv")), timeout=CALL_SECONDS
        ):
            said += (answer.stdout + answer.stderr).decode()
    except grpc.RpcError as error:
        failure: Any = error
        said += failure.details()
    assert words in said


# --- plugins


@dataclass
class Plugin:
    """What a plugin has printed and returned."""

    stdout: str = ""
    stderr: str = ""
    exitcode: int | None = None


def take(answers: Iterator[pb.RunPluginResponse]) -> Plugin:
    plugin = Plugin()
    for answer in answers:
        plugin.stdout += answer.stdout.decode()
        plugin.stderr += answer.stderr.decode()
        if answer.WhichOneof("output") == "exitcode":
            plugin.exitcode = answer.exitcode
    return plugin


def plugin(root: Path, program: str | None, *args: str, kind: str = "resource") -> pb.RunPluginRequest:
    if program is not None:
        (root / "__main__.py").write_text(program)
    env = [f"{name}={value}" for name, value in os.environ.items()]
    return pb.RunPluginRequest(
        pwd=str(root), args=args, env=[*env, "KIT=first", "KIT=last"], info=info(root), kind=kind
    )


def test_plugin_output_comes_live_and_the_exit_code_last(host: Host, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    program = (
        "import os, pathlib, sys, time\n"
        "print('arguments', sys.argv[1:], os.environ['KIT'])\n"
        f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.01)\n"
        "print('words', file=sys.stderr)\n"
        "sys.exit(5)\n"
    )
    answers = host.call.RunPlugin(plugin(tmp_path, program, "one", "two"), timeout=CALL_SECONDS)
    line = b""
    while not line.endswith(b"\n"):
        line += next(answers).stdout
    assert line == b"arguments ['one', 'two'] last\n"
    go_on.touch()
    assert take(answers) == Plugin(stderr="words\n", exitcode=5)


def test_killed_plugin_is_named_by_its_signal(host: Host, tmp_path: Path) -> None:
    program = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    found = take(host.call.RunPlugin(plugin(tmp_path, program), timeout=CALL_SECONDS))
    assert found.exitcode == 128 + signal.SIGKILL
    assert "was killed by signal 9 (SIGKILL)" in found.stderr


def test_plugin_from_a_package_without_main(host: Host, tmp_path: Path, virtualenv: Path) -> None:
    (virtualenv / "kit.pth").write_text(
        f"{next(Path(entry) for entry in sys.path if entry.endswith('site-packages'))}\n"
    )
    (virtualenv / "kit_package").mkdir()
    (virtualenv / "kit_package" / "__init__.py").write_text("")
    (virtualenv / "kit_package" / "__main__.py").write_text("print('from the package')\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "kit-package"\n')
    request = plugin(tmp_path, None)
    request.info.options.update({"virtualenv": "venv"})
    assert take(host.call.RunPlugin(request, timeout=CALL_SECONDS)) == Plugin("from the package\n", "", 0)


@pytest.mark.parametrize(
    ("project", "words"),
    [
        (None, "has neither __main__.py nor pyproject.toml"),
        ("[project]\n", "has no `project.name`"),
        ("[", "is not TOML"),
    ],
)
def test_plugin_folder_without_a_program(host: Host, tmp_path: Path, project: str | None, words: str) -> None:
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    code, text = refusal(lambda: take(host.call.RunPlugin(plugin(tmp_path, None), timeout=CALL_SECONDS)))
    assert (code, words in text) == (grpc.StatusCode.FAILED_PRECONDITION, True)


SLEEPS = "import os, time\nos.write(1, b'%d\\n' % os.getpid())\ntime.sleep(600)\n"


@pytest.mark.parametrize("how", ["drop", "Cancel", "SIGTERM", "SIGINT"])
def test_plugin_ends_with_its_call_and_with_its_host(
    host: Host, tmp_path: Path, how: str, until: Until, gone: Callable[[int], Callable[[], bool]]
) -> None:
    answers = host.call.RunPlugin(plugin(tmp_path, SLEEPS), timeout=CALL_SECONDS)
    pid = int(next(answers).stdout)  # one write, so one message
    if how == "drop":
        answers.cancel()
    elif how == "Cancel":
        host.call.Cancel(Empty())
        assert take(answers).exitcode == 128 + signal.SIGTERM
    else:
        host.process.send_signal(signal.Signals[how])
    until(gone(pid), "the plugin is gone")
