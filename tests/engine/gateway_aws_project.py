"""A project with `AwsGateway` alone, over the stand-in cloud of AWS."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from standin import seeds
from standin.cloud import Cloud
from tests.engine.foundry_project import changes
from tools.engine.acquire import Engine
from tools.project import Project

PROGRAM = Path(__file__).parent / "programs" / "gateway_aws"
REGION, ACCOUNT = "us-east-1", "000000000000"
DOMAIN = "claude.example.com"
KEY = "planted-anthropic-3fd91c"
ARGS: Mapping[str, Any] = {
    "region": REGION,
    "upstreams": [{"kind": "bedrock", "region": REGION, "profile": "us"}],
    "models": ["claude-sonnet-4-6", "claude-opus-4-8"],
    "tokens": {"public_keys": ["A" * 43 + "="]},
    "domain": DOMAIN,
    "tags": {"managed-by": "claude-byoc", "claude-byoc:project": "claude-byoc", "claude-byoc:stack": "dev"},
}
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
CLUSTER = "aws:ecs/cluster:Cluster"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
CERTIFICATE = "aws:acm/certificate:Certificate"


class AwsGatewayProject(Project):
    """Stack `dev`; `use` sets the arguments of the next run."""

    def __init__(self, engine: Engine, folder: Path, secrets: Mapping[str, str] | None = None) -> None:
        super().__init__(engine, folder, stack="dev")
        self.secrets = dict(secrets or {})
        self.zone = ""

    def use(self, **changed: object) -> None:
        """Give the program ARGS with `changed`; None takes one away. A public zone of the domain is there before."""
        if not self.zone:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.zone = by_hand(Cloud(self.cloud), ZONE, {"name": "example.com"})
        args = {"hosted_zone_id": self.zone, **ARGS, **changed}
        given = {name: value for name, value in args.items() if value is not None}
        self.prepare({"gateway:args": given, "gateway:secrets": sorted(self.secrets)}, program=PROGRAM)
        for name, value in self.secrets.items():
            if not self.has_value(f"gateway:{name}"):
                self.set_secret(f"gateway:{name}", value)

    def up(self, env: Mapping[str, str] | None = None) -> dict[str, int]:
        """Run `up` and return its count of changes by operation."""
        said = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, "--json", env=env).stdout
        return changes(said)

    def changed(self, env: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """Run `up` and return (operation, type) of what it did in the cloud, in order."""
        before = max((call.n for call in Cloud(self.cloud).calls()), default=0)
        self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, env=env)
        calls = [call for call in Cloud(self.cloud).calls() if call.n > before]
        return [
            (call.operation, call.token) for call in calls if call.operation in ("create", "update", "delete")
        ]

    def refused(self, env: Mapping[str, str] | None = None) -> str:
        """Run `up`, which has to fail, and return what it said."""
        ended = self.pulumi("up", "--yes", "--skip-preview", "-s", self.stack, check=False, env=env)
        assert ended.returncode != 0, ended.stdout
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def destroy(self) -> None:
        """Run `destroy`."""
        self.pulumi("destroy", "--yes", "--skip-preview", "-s", self.stack)

    def rows(self, token: str | None = None) -> list[dict[str, Any]]:
        """Return the properties of what exists in the cloud, its token and id beside them."""
        found = Cloud(self.cloud).resources(token)
        return [{"token": row.token, "id": row.id, **row.properties} for row in found]


def by_hand(cloud: Cloud, token: str, inputs: Mapping[str, Any]) -> str:
    """Make something as somebody else would have, in the region of the tests; return its id."""
    return seeds.add(cloud, token, inputs)
