"""A stack of the program that declares the Entra components, and its stand-in tenant."""

from pathlib import Path
from typing import Any

from standin import seeds
from standin.cloud import Cloud
from standin.generators.azuread import PRINCIPAL
from standin.rules.azuread import GRANT
from tests.engine.observe import up
from tools.engine.acquire import Engine
from tools.project import Project

PROGRAM = Path(__file__).parent / "programs" / "entra"
GROUP = "22222222-3333-4444-5555-666666666666"
PERSON = "33333333-3333-4444-5555-666666666666"
GRAPH, COGNITIVE, ANTHROPIC = (f"90000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
"""Object ids of the service principals that the stand-in's tenant has."""


class Tenant:
    """A stack of the program and its stand-in tenant, whose Microsoft Graph the project serves."""

    def __init__(self, engine: Engine, folder: Path, declared: dict[str, Any]) -> None:
        self.project = Project(engine, folder, stack="dev")
        self.declare(declared)

    def declare(self, declared: dict[str, Any]) -> None:
        """Change what the program declares."""
        self.project.prepare({"claude-byoc:entra": declared}, program=PROGRAM)

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.project.cloud)

    def __call__(self, *command: str, **env: str) -> tuple[int, str]:
        """Run the engine's command; return its exit code and all that it said."""
        ended = self.project.pulumi(*command, "-s", "dev", check=False, env=env)
        return ended.returncode, ended.stdout + ended.stderr

    def up(self, **env: str) -> str:
        """Run `up`, which must succeed; return what it said."""
        code, said = self("up", "--yes", "--skip-preview", **env)
        assert code == 0, said
        return said

    def refused(self, command: str = "preview", **env: str) -> str:
        """Run a command that must fail without a traceback; return what it said."""
        code, said = self(command, *(["--yes", "--skip-preview"] if command == "up" else []), **env)
        assert code != 0, said
        assert "Traceback" not in said
        return said

    def destroy(self) -> None:
        self.project.pulumi("state", "unprotect", "--all", "--yes", "-s", "dev")
        self.project.pulumi("destroy", "--yes", "--skip-preview", "-s", "dev")

    def rows(self, token: str) -> dict[str, dict[str, Any]]:
        return {row.id: row.properties for row in self.cloud.resources(token)}

    def foreign_grant(self, client: str, *scopes: str) -> str:
        """Grant Microsoft Graph's scopes by hand, as an administrator did long ago; return the bare id."""
        made = seeds.add(
            self.cloud,
            GRANT,
            {
                "servicePrincipalObjectId": client,
                "resourceServicePrincipalObjectId": GRAPH,
                "claimValues": list(scopes),
            },
        )
        return made.rpartition("/")[2]

    def lacks(self, object_id: str) -> None:
        """Take away a service principal that every stand-in tenant has."""
        seeds.plant(self.cloud, "azuread", {})
        self.cloud.remove(PRINCIPAL, f"/servicePrincipals/{object_id}")

    def foreign(self) -> dict[str, list[str]]:
        """Return what the tenant had before: id -> scopes, where it is a grant."""
        return {row.id: sorted(row.properties.get("claimValues", [])) for row in self.cloud.foreign()}  # pyright: ignore[reportArgumentType] # lists

    def up_again(self) -> dict[str, int]:
        """Return what a second `up` changes; it reads nothing from Graph."""
        return up(self.project)
