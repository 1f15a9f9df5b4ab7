"""What a person reads when a program cannot run, through the real engine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.sandbox import Sandbox, SandboxError

pytestmark = pytest.mark.engine

Project = Callable[..., Path]


def failure(sandbox: Sandbox, folder: Path) -> str:
    with pytest.raises(SandboxError) as caught:
        sandbox.run("preview", cwd=folder)
    return caught.value.output


def test_missing_virtualenv_names_option_and_cure(sandbox: Sandbox, project: Project) -> None:
    said = failure(sandbox, project("", options="{virtualenv: nowhere}"))
    assert "`runtime.options.virtualenv` is 'nowhere'" in said
    assert "run `pulumi install`" in said


def test_unusable_options_are_named_all_at_once(sandbox: Sandbox, project: Project) -> None:
    said = failure(sandbox, project("", options="{toolchain: poetry, typechecker: mypy, colour: red}"))
    for words in (
        "`toolchain` is 'poetry'; allowed: 'pip'",
        "`typechecker` is 'mypy'",
        "`colour` is not known",
    ):
        assert words in said


def test_missing_sdk_names_the_interpreter_and_the_cure(sandbox: Sandbox, project: Project) -> None:
    folder = project("", options="{virtualenv: bare}")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "bare"], check=True)
    said = failure(sandbox, folder)
    assert f"the Pulumi SDK is not installed for {folder / 'bare' / 'bin' / 'python'}" in said
    assert "-m pip install -r requirements.txt" in said


def test_absolute_virtualenv_runs_the_program(sandbox: Sandbox, project: Project) -> None:
    folder = project("import sys; print('prefix', sys.prefix)", options=f"{{virtualenv: {sys.prefix}}}")
    assert f"prefix {sys.prefix}" in sandbox.run("preview", cwd=folder).stdout


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("raise ValueError('said by the program')\n", "ValueError: said by the program"),
        ("import sys\nsys.exit(3)\n", "the program ended with exit code 3"),
        ("import pulumi\nraise pulumi.RunError('plain words')\n", "plain words"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "killed by signal 9 (SIGKILL)"),
        ("import kit_that_is_nowhere\n", "No module named 'kit_that_is_nowhere'"),
    ],
)
def test_broken_program(sandbox: Sandbox, project: Project, program: str, words: str) -> None:
    said = failure(sandbox, project(program))
    assert words in said
    assert "grpc" not in said


def test_folder_without_main(sandbox: Sandbox, project: Project) -> None:
    folder = project("", yaml="main: stacks\n")
    (folder / "stacks").mkdir()
    assert f"{folder / 'stacks'} has no __main__.py" in failure(sandbox, folder)
