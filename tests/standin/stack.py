"""A Pulumi stack on the real engine over one stand-in cloud, for the tests that need the engine."""

import json
import sys
from pathlib import Path
from subprocess import CompletedProcess

from standin.cloud import Cloud
from standin.install import stage
from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox


class Run:
    """A stack `dev` of one program, with the stand-in clouds staged once in `home`."""

    def __init__(self, engine: Engine, folder: Path, home: Path, program: str) -> None:
        self.project = folder / "project"
        self.cloud_path = folder / "cloud.sqlite"
        self.sandbox = Sandbox(engine, folder, home, {"STANDIN_CLOUD": str(self.cloud_path)})
        for item in stage(home / "stage", Path(sys.executable)):
            self.sandbox.install_plugin(item.name, item.version, item.folder)
        self.project.mkdir()
        virtualenv = json.dumps(sys.prefix)
        (self.project / "Pulumi.yaml").write_text(
            f"name: life\nruntime: {{name: python, options: {{virtualenv: {virtualenv}}}}}\n"
        )
        (self.project / "__main__.py").write_text(program)
        self("stack", "init", "dev")
        self("config", "set", "aws:region", "eu-central-1")

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.cloud_path)

    def __call__(self, *args: str, **env: str) -> CompletedProcess[str]:
        return self.sandbox.run(*args, cwd=self.project, env=env)

    def up(self, **env: str) -> str:
        return self("up", "--yes", "--skip-preview", **env).stdout

    def outputs(self) -> dict[str, str]:
        return json.loads(self("stack", "output", "--json", "--show-secrets").stdout)
