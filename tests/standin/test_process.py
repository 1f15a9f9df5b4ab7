"""The plugin's own process: how it starts, answers errors and ends; and the command around it."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from standin.__main__ import LOCAL_CLOUD, main
from standin.cloud import Cloud
from standin.install import stage
from standin.sdk import version
from standin.values import wire
from tests.standin.conftest import ROLE, USE_CASE, Asked

REPO = Path(__file__).parents[2]
PROVIDERS = ("aws", "azure-native", "azuread", "gcp", "random")


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    aws = next(item for item in stage(tmp_path / "stage", Path(sys.executable)) if item.name == "aws")
    process = subprocess.Popen(
        [aws.folder / "pulumi-resource-aws", "--logflow", "-v=9", "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "STANDIN_CLOUD": str(tmp_path / "cloud")},
    )
    yield process
    process.kill()
    process.communicate()


def port(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def test_it_serves_the_sdks_version_and_errors_without_a_traceback(plugin: subprocess.Popen[str]) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port(plugin)}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        assert stub.GetPluginInfo(empty_pb2.Empty()).version == version("aws")
        request = provider_pb2.CheckRequest(urn="urn:pulumi:a::b::aws:s3/bucket:Bucket::c")
        with pytest.raises(grpc.RpcError) as caught:
            stub.Check(request)
        details = caught.value.details()
        assert str(details).startswith("the stand-in cloud 'aws' has no resource type aws:s3/bucket:Bucket;")
        olds, news = struct_pb2.Struct(), struct_pb2.Struct()
        news["region"] = "x"
        same = stub.DiffConfig(provider_pb2.DiffRequest(olds=olds, news=olds))
        other = stub.DiffConfig(provider_pb2.DiffRequest(olds=olds, news=news))
        assert (same.changes, other.changes) == (
            provider_pb2.DiffResponse.DIFF_NONE,
            provider_pb2.DiffResponse.DIFF_SOME,
        )
    plugin.terminate()
    _, errors = plugin.communicate(timeout=20)
    assert errors == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_on_a_signal(plugin: subprocess.Popen[str], number: signal.Signals) -> None:
    port(plugin)
    plugin.send_signal(number)
    _, errors = plugin.communicate(timeout=20)
    assert (plugin.returncode, errors) == (0, "")


PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    aws = next(item for item in stage(tmp_path, Path(sys.executable)) if item.name == "aws")
    command = [sys.executable, "-c", PARENT, str(aws.folder / "pulumi-resource-aws"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        # A pidfd becomes readable when its process ends.
        ready, _, _ = select.select([child], [], [], 20)
        os.close(child)
    assert ready


def test_a_provider_does_not_import_the_sdk_that_it_stands_for() -> None:
    code = "import sys, standin.server; from standin.sdk import version; version('aws'); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True)
    assert "pulumi" in ran.stdout.split()
    assert not {"pulumi_aws", "pulumi_random"} & set(ran.stdout.split())


def test_staging_again_changes_nothing(tmp_path: Path) -> None:
    first, second = (stage(tmp_path, Path(sys.executable)) for _ in range(2))
    assert first == second
    assert [(item.name, item.version) for item in first] == [(name, version(name)) for name in PROVIDERS]
    for item in first:
        assert os.access(item.folder / f"pulumi-resource-{item.name}", os.X_OK)


def test_the_stage_command_prints_what_it_staged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stage", str(tmp_path)]) == 0
    staged = json.loads(capsys.readouterr().out)
    assert staged[0] == {"name": "aws", "version": version("aws"), "folder": str(tmp_path / "aws")}
    assert [item["name"] for item in staged] == [*PROVIDERS]


def test_the_show_command(
    aws: Asked, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_CLOUD", str(aws.path))
    Cloud(aws.path)
    assert main(["show"]) == 0
    assert capsys.readouterr().out == "resources: none\nlasting: none\n"
    trust = '{"Statement":{"Effect":"Allow","Action":"a:B","Principal":"*"}}'
    aws.create(ROLE, {"assumeRolePolicy": trust, "name": "n", "description": wire("planted", secret=True)})
    aws.create(USE_CASE, {"formData": "{}"}).delete()
    assert main(["show"]) == 0
    text = capsys.readouterr().out
    assert "aws:iam/role:Role  n  (000000000000)" in text
    assert "no call that deletes it" in text
    assert main(["show", "--json", "--cloud", str(aws.path)]) == 0
    shown = capsys.readouterr().out
    data = json.loads(shown)
    assert [row["id"] for row in data["resources"]] == ["n"]
    assert [row["token"] for row in data["lasting"]] == [USE_CASE]
    assert [row["operation"] for row in data["calls"]] == ["create", "create", "delete"]
    assert "planted" not in shown


def test_show_takes_the_cloud_of_stack_local(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STANDIN_CLOUD", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["show"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: no stand-in cloud at '.local/run/local/cloud.sqlite'")
    assert "--cloud FILE" in error
    assert list(tmp_path.iterdir()) == []
    LOCAL_CLOUD.parent.mkdir(parents=True)
    Cloud(LOCAL_CLOUD)
    assert main(["show"]) == 0
    assert capsys.readouterr().out == "resources: none\nlasting: none\n"
    # What is named comes first, and is not replaced where it does not exist.
    monkeypatch.setenv("STANDIN_CLOUD", "elsewhere")
    assert main(["show"]) == 2
    assert "no stand-in cloud at 'elsewhere'" in capsys.readouterr().err


def test_a_stray_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["learn", ROLE, "--fast"])
    assert "unrecognized arguments: --fast" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "--cloud", "/nowhere/cloud"], "no stand-in cloud at '/nowhere/cloud'"),
        (["learn", "aws:iam/nope:Nope"], "has no 'aws:iam/nope:Nope'"),
        (
            ["serve", "nowhere", "127.0.0.1:1"],
            f"no stand-in cloud 'nowhere'; there are: {', '.join(PROVIDERS)}",
        ),
    ],
)
def test_mistakes_give_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("standin.server.end_with_parent", lambda: None)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1
