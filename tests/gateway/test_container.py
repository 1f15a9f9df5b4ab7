"""The containers: the init step, run here by sh, gives exactly the files; nothing in them is a secret."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from claude_byoc.contract.gateway import LITELLM_IMAGE, NGINX_IMAGE
from claude_byoc.gateway.container import (
    ARCHIVE,
    ARCHIVE_DIGEST,
    ARCHIVE_SECRET,
    FOLDER,
    LARGEST_ARCHIVE,
    containers,
    files,
    pack,
)
from claude_byoc.gateway.edge import Edge
from claude_byoc.gateway.spec import EntraAuth, GatewayModel
from tests.gateway.test_renderers import SPECS


def unpack(command: list[str], archive: str, folder: Path) -> None:
    """Run the init step with `folder` in the place of the volume."""
    script = [part.replace(FOLDER, str(folder)) for part in command]
    path = {"PATH": os.environ["PATH"], ARCHIVE: archive}
    subprocess.run(script, env=path, check=True, capture_output=True)


@pytest.mark.parametrize("name", SPECS)
def test_the_init_step_writes_every_file(name: str, tmp_path: Path) -> None:
    gateway = containers(SPECS[name])
    assert gateway.init is not None
    unpack(list(gateway.init.command), gateway.archive, tmp_path)
    found = {
        str(file.relative_to(tmp_path)): file.read_text() for file in tmp_path.rglob("*") if file.is_file()
    }
    assert found == files(SPECS[name], Edge(backend="127.0.0.1:4000"))
    assert {"config.yaml", "gateway.json", "nginx.conf", "claude_gateway/main.py"} <= set(found)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.rglob("*") if file.is_file()} == {0o644}


def test_a_mounted_archive_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "archive"
    gateway = containers(SPECS["bedrock"], archive_file=str(file))
    assert gateway.init is not None
    assert not gateway.init.secrets
    file.write_text(gateway.archive)
    unpack(list(gateway.init.command), "", tmp_path / "volume")
    assert (tmp_path / "volume" / "gateway.json").exists()


def test_other_files_make_other_containers() -> None:
    one, same, other = (containers(SPECS[name]) for name in ("anthropic", "anthropic", "bedrock"))
    assert one == same
    assert one.init
    assert one.init.environment == {ARCHIVE_DIGEST: one.digest}
    assert one.digest != other.digest


def test_the_files_import_nothing_of_this_package(tmp_path: Path) -> None:
    """They run where it is not installed; main.py and litellm_*.py need LiteLLM besides."""
    shutil.copytree(Path(files.__code__.co_filename).parent / "image", tmp_path / "claude_gateway")
    script = (
        "import sys, claude_gateway.app, claude_gateway.credentials, claude_gateway.settings\n"
        "assert not any(name.startswith('claude_byoc') for name in sys.modules), sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_the_same_settings_give_the_same_archive() -> None:
    one, other = (pack(files(SPECS["failover"], Edge())) for _ in range(2))
    assert one == other


def test_what_runs() -> None:
    gateway = containers(SPECS["anthropic"])
    app, edge = gateway.containers
    assert (app.image, edge.image) == (LITELLM_IMAGE, NGINX_IMAGE)
    assert edge.image.at("public.ecr.aws") == f"public.ecr.aws/nginx/nginx-unprivileged@{NGINX_IMAGE.digest}"
    assert [one.name for one in gateway.containers if one.public] == ["edge"]
    assert (edge.port, list(edge.depends_on)) == (8080, ["app"])
    assert app.secrets == {"ANTHROPIC_API_KEY": "anthropicApiKey"}
    assert not edge.secrets
    assert "127.0.0.1" in app.command
    assert app.environment["CONFIG_FILE_PATH"] == f"{FOLDER}/config.yaml"
    assert all(probe is not None for one in gateway.containers for probe in (one.startup, one.liveness))


def test_a_host_without_init_containers(tmp_path: Path) -> None:
    gateway = containers(SPECS["vertex"]).without_init()
    app, edge = gateway.containers
    assert gateway.init is None
    assert list(edge.depends_on) == ["app"]
    shell, flag, script = app.command
    assert (shell, flag) == ("sh", "-c")
    written, _, started = script.partition(" && exec ")
    assert started.startswith("python -m uvicorn claude_gateway.main:app")
    assert app.secrets == {ARCHIVE: ARCHIVE_SECRET}
    unpack([shell, flag, written], gateway.archive, tmp_path)
    assert (tmp_path / "config.yaml").exists()
    assert gateway.without_init() == gateway


def test_the_files_fit_a_secret_with_much_room() -> None:
    many = [GatewayModel(f"claude-model-{number}") for number in range(200)]
    entra = EntraAuth(
        "11111111-2222-3333-4444-555555555555", team_roles={f"role{n}": f"team{n}" for n in range(200)}
    )
    archive = pack(files(replace(SPECS["failover"], models=many, entra=entra), Edge()))
    assert len(archive) < LARGEST_ARCHIVE


def test_files_that_do_not_fit_are_told() -> None:
    many = [GatewayModel(f"claude-{os.urandom(40).hex()}") for _ in range(2000)]
    with pytest.raises(ValueError, match="more than"):
        containers(replace(SPECS["anthropic"], models=many))
