"""Secrets reach no place where they could be read: searched for, byte by byte, after a whole life."""

import base64
import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from claude_byoc.settings import SETTINGS_KEY
from tests.engine.observe import PLANTED, SECRETS, config_of, make_by_hand, own_secrets
from tools.engine.acquire import Engine
from tools.project import LOCAL, Project

pytestmark = pytest.mark.engine

Environment = tuple[dict[str, Any], dict[str, str], tuple[str, ...], str]
"""Settings, secrets of the stack file, what is searched for, and a fault that ends a run."""
Kind = Callable[[], Environment]

GOOGLE_SECRET = "GOCSPX-planted-google-6d20fa"
DESKTOP_GOOGLE_SECRET = "GOCSPX-planted-desktop-81cc3e"
OTLP = "planted-desktop-otlp-0be9d4"
DESKTOP_SECRETS = {"claude-byoc:desktopOtlpHeaders": json.dumps({"authorization": f"Bearer {OTLP}"})}


def spellings(secret: str) -> set[bytes]:
    """Return the forms in which a careless tool, or a registry file (UTF-16), would write the secret."""
    raw = secret.encode()
    shifted = {base64.b64encode(b"x" * pad + raw)[4:-4] for pad in range(3)}
    quoted = {quote(secret).encode(), quote_plus(secret).encode()}
    return {raw, *quoted, raw.hex().encode(), secret.encode("utf-16-le"), *shifted}


def holds(data: bytes, secrets: Collection[str]) -> bool:
    return any(form in data for secret in secrets for form in spellings(secret))


def files_with(secrets: Collection[str], *folders: Path) -> set[Path]:
    return {
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and holds(file.read_bytes(), secrets)
    }


def live(project: Project, out: Path, refused: str) -> str:
    """Run every command of an environment's life, the last failing as `refused` says; return all that they said."""
    said: list[str] = []
    for command in (
        ("preview", "--diff"),
        ("up", "--yes", "--skip-preview"),
        ("stack", "output", "--json"),
        ("stack", "output"),
        ("config",),
        ("stack", "export"),
        ("refresh", "--yes", "--skip-preview", "--diff"),
        ("preview", "--json"),
    ):
        ended = project.pulumi(*command, "-s", project.stack)
        said += [ended.stdout, ended.stderr]
    built = subprocess.run(
        [sys.executable, "-m", "claude_byoc.cli", "build", "-s", project.stack, "-o", str(out), "--json"],
        cwd=project.folder,
        env=project.sandbox.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    failed = project.pulumi(
        "up",
        *("--yes", "--skip-preview", "--refresh"),
        *("-s", project.stack),
        check=False,
        env={"STANDIN_FAULTS": refused},
    )
    assert failed.returncode != 0
    return "\n".join([*said, built.stdout, built.stderr, failed.stdout, failed.stderr])


def foundry_key() -> Environment:
    settings = {**config_of("foundry-key")[1][SETTINGS_KEY], "hosts": ["office", "outlook", "desktop"]}
    return settings, DESKTOP_SECRETS, (OTLP,), "read:azure-native:cognitiveservices:Account=fail"


def google_clients() -> Environment:
    settings = config_of("vertex")[1][SETTINGS_KEY]
    settings["vertex"]["desktop"] = {"clientId": "123456789012-desktop.apps.googleusercontent.com"}
    secrets = {
        "claude-byoc:googleClientSecret": GOOGLE_SECRET,
        "claude-byoc:desktopInferenceVertexOAuthClientSecret": DESKTOP_GOOGLE_SECRET,
        **DESKTOP_SECRETS,
    }
    planted = (GOOGLE_SECRET, DESKTOP_GOOGLE_SECRET, OTLP)
    return settings, secrets, planted, "read:gcp:projects/iAMMember:IAMMember=fail"


def bedrock() -> Environment:
    return config_of("bedrock")[1][SETTINGS_KEY], SECRETS, PLANTED, "read:aws:iam/role:Role=fail"


def gateway(cloud: str, refused: str) -> Kind:
    """Return a gateway of ours, whose keys and files belong into the cloud's secret store and nowhere else."""

    def kind() -> Environment:
        secrets = own_secrets(f"gateway-{cloud}")
        planted = tuple(re.sub(r".*(planted-[a-z0-9-]+).*", r"\1", value) for value in secrets.values())
        return config_of(f"gateway-{cloud}")[1][SETTINGS_KEY], secrets, planted, refused

    return kind


aws = gateway("aws", "read:aws:ecs/cluster:Cluster=fail")
google = gateway("google", "read:gcp:cloudrunv2/service:Service=fail")
azure = gateway("azure", "read:azure-native:app:ContainerApp=fail")


@pytest.mark.parametrize(
    ("kind", "secret_files"),
    [
        (aws, set[str]()),
        (google, set[str]()),
        (azure, set[str]()),
        (bedrock, {"manifest.xml"}),
        (foundry_key, {"manifest.xml", "desktop"}),
        (google_clients, {"manifest.xml", "desktop"}),
    ],
)
def test_secrets_are_in_the_rollout_files_alone(
    engine: Engine, tmp_path: Path, kind: Kind, secret_files: set[str]
) -> None:
    settings, secrets, planted, refused = kind()
    project = Project(engine, tmp_path / "run", stack="dev")
    project.prepare({SETTINGS_KEY: settings})
    for key, value in secrets.items():
        project.set_secret(key, value)
    if kind is aws:
        make_by_hand(project, "gateway-aws")
    out = tmp_path / "out"
    said = live(project, out, refused)
    values = project.outputs()["manifestValues"]["office"]
    # The key that the cloud has made.
    every = (*planted, values["azure_api_key"]) if "azure_api_key" in values else planted

    index = json.loads((out / "index.json").read_text("utf-8"))
    secret = {entry["file"] for entry in index if entry["secret"]}
    profile = {
        "claude-desktop.mobileconfig",
        "claude-desktop.reg",
        "managed-settings.json",
        "intune-oma-uri.json",
    }
    wanted = {file for one in secret_files for file in (profile if one == "desktop" else {one})}
    assert secret == wanted
    assert not holds(said.encode(), every)
    assert files_with(every, project.folder, LOCAL / "pulumi-home", out) == {out / file for file in wanted}
    modes = {file: stat.S_IMODE((out / file).stat().st_mode) for file in wanted}
    assert modes == dict.fromkeys(wanted, 0o600)
    assert stat.S_IMODE(project.cloud.stat().st_mode) == 0o600

    shown = json.loads(project.pulumi("stack", "output", "--json", "-s", project.stack).stdout)
    assert holds(json.dumps(project.outputs()).encode(), every) == bool(secret_files)
    hidden = {key for host in shown["manifestValues"].values() for key in host if host[key] == "[secret]"}
    hidden |= {key for key, value in shown["desktopValues"].items() if value == "[secret]"}
    assert (
        hidden
        == {
            aws: set[str](),
            google: set[str](),
            azure: set[str](),
            bedrock: {"otlp_headers", "mcp_servers"},
            foundry_key: {"azure_api_key", "inferenceFoundryApiKey", "otlpHeaders"},
            google_clients: {"google_client_secret", "inferenceVertexOAuthClientSecret", "otlpHeaders"},
        }[kind]
    )
    for name in ("allowlist", "nextSteps", "consent", "userAttributes", "gateway", "entra", "support"):
        assert "[secret]" not in json.dumps(shown.get(name)), name


def test_a_bad_secret_is_named_and_never_quoted(project: Project) -> None:
    project.set_secret("claude-byoc:mcpServers", f'{{"url": "{PLANTED[0]}')
    project.set_secret("claude-byoc:desktopOtlpHeaders", f'{{"authorization": "{OTLP}')
    ended = project.pulumi("preview", "-s", project.stack, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "mcp_servers" in said
    assert "claude-byoc:desktopOtlpHeaders: is not JSON text" in said
    assert not holds(said.encode(), (*PLANTED, OTLP))
