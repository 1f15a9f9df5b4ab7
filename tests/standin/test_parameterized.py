"""Packages that are a provider at another API version, as `pulumi package add azure-native MODULE VERSION` makes."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as rpc

from standin.cloud import Cloud
from standin.errors import StandinError
from standin.learn import draft
from standin.sdk import version
from tests.standin.conftest import Asked
from tests.standin.test_objects import GROUP
from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox

REPO = Path(__file__).parents[2]
PACKAGE = "azure-native_resources_v20240301"
TOKEN = f"{PACKAGE}:resources:ResourceGroup"
FAR = f"no resources found for module resources at API version v20250101. The stand-in has: {PACKAGE}"


def parameter(module: str, api_version: str) -> bytes:
    """Return the bytes that the provider puts into the package's SDK."""
    return base64.b64encode(json.dumps({"module": module, "version": api_version}).encode())


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    asked = Asked(tmp_path / "cloud.sqlite", "azure-native")
    types = asked.provider.catalog.types
    asked.provider.catalog = replace(asked.provider.catalog, types={**types, TOKEN: types[GROUP]})
    return asked


def ask(asked: Asked, parameters: rpc.Parameters) -> rpc.ParameterizeResponse:
    return asyncio.run(asked.provider.parameterize(rpc.ParameterizeRequest(parameters)))


def test_a_package_of_which_a_type_is_declared_is_answered_for(azure: Asked) -> None:
    given = rpc.ParametersValue(PACKAGE, "1.0.0", parameter("resources", "v20240301"))
    answer = ask(azure, given)
    assert (answer.name, answer.version) == (PACKAGE, version("azure-native"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (parameter("resources", "v20250101"), FAR),
        (b"{}", "failed to deserialize parameterize args"),
        (base64.b64encode(b"[]"), "failed to deserialize parameterize args"),
        (base64.b64encode(b"{}"), "failed to deserialize parameterize args"),
    ],
)
def test_any_other_package_is_refused(azure: Asked, value: bytes, words: str) -> None:
    with pytest.raises(StandinError) as caught:
        ask(azure, rpc.ParametersValue(PACKAGE, "1.0.0", value))
    assert words in str(caught.value)


def test_other_providers_take_no_parameters(aws: Asked) -> None:
    with pytest.raises(StandinError, match="the stand-in cloud 'aws' takes no parameters"):
        ask(aws, rpc.ParametersValue("aws_x", "1.0.0", parameter("x", "v1")))


PROGRAM = f"""
import base64
import pulumi
from pulumi.runtime.settings import register_package

async def package():
    return await register_package(
        base_provider_name="azure-native",
        base_provider_version="{version("azure-native")}",
        base_provider_download_url="",
        package_name="{PACKAGE}",
        package_version="{version("azure-native")}",
        base64_parameter=base64.b64encode({parameter("resources", "v20240301")}).decode(),
    )

class Group(pulumi.CustomResource):
    name: pulumi.Output[str]
    def __init__(self, name, opts=None):
        props = {{"resourceGroupName": name, "location": "swedencentral", "name": None}}
        super().__init__("{TOKEN}", name, props, opts, package_ref=package())

pulumi.export("name", Group("claude").name)
"""


@pytest.mark.engine
def test_the_engine_makes_keeps_and_deletes_a_resource_of_such_a_package(
    engine: Engine, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(REPO / "standin", copy / "standin", ignore=shutil.ignore_patterns("__pycache__"))
    text = draft(TOKEN).replace("source: \n", "source: a test\n").replace("{name}", "{resourceGroupName}")
    file = copy / "standin" / "types" / "azure-native" / "parameterized.yaml"
    file.write_text(
        text.replace('{type: string, template: ""}', '{type: string, template: "{resourceGroupName}"}')
    )
    staged = subprocess.run(
        [sys.executable, "-m", "standin", "stage", str(tmp_path / "stage")],
        cwd=copy,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    [plugin] = [item for item in json.loads(staged.stdout) if item["name"] == "azure-native"]
    project, cloud = tmp_path / "project", tmp_path / "cloud.sqlite"
    sandbox = Sandbox(engine, tmp_path / "sandbox", tmp_path / "home", {"STANDIN_CLOUD": str(cloud)})
    sandbox.install_plugin(plugin["name"], plugin["version"], Path(plugin["folder"]))
    project.mkdir()
    options = json.dumps({"virtualenv": sys.prefix})
    (project / "Pulumi.yaml").write_text(f"name: life\nruntime: {{name: python, options: {options}}}\n")
    (project / "__main__.py").write_text(PROGRAM)
    sandbox.run("stack", "init", "dev", cwd=project)
    up = ("up", "--yes", "--skip-preview")
    assert "2 created" in sandbox.run(*up, cwd=project).stdout
    assert [row.token for row in Cloud(cloud).resources()] == [TOKEN]
    assert "2 unchanged" in sandbox.run(*up, cwd=project).stdout
    sandbox.run("destroy", "--yes", "--skip-preview", cwd=project)
    assert Cloud(cloud).resources() == []
