"""The real engine and a real program over the stand-in clouds: one life, and what interrupts it."""

import os
import select
from pathlib import Path

import pytest

from tests.standin.conftest import OIDC, ROLE, ROLE_POLICY, USE_CASE
from tests.standin.stack import Run
from tools.engine.acquire import Engine
from tools.engine.sandbox import SandboxError

pytestmark = pytest.mark.engine

PLANTED = "planted-offer-token-41c9"

PROGRAM = f"""
import json
import pulumi
import pulumi_aws as aws
import pulumi_random as random

def policy(**statement):
    return json.dumps({{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", **statement}}]}})

entra = aws.iam.OpenIdConnectProvider("entra", url="https://login.example.com/t/v2.0", client_id_lists=["app"])
trust = entra.arn.apply(
    lambda arn: policy(Action="sts:AssumeRoleWithWebIdentity", Principal={{"Federated": arn}})
)
role = aws.iam.Role("office", assume_role_policy=trust, description=pulumi.Config().get("description"))
aws.iam.RolePolicy(
    "invoke", name="invoke", role=role.name, policy=policy(Action="bedrock:InvokeModel", Resource="*")
)
aws.bedrock.UseCaseForModelAccess("form", form_data=json.dumps({{"companyName": "Example"}}))
aws.bedrockfoundation.ModelAgreement(
    "claude", model_id="anthropic.claude", offer_token=pulumi.Output.secret("{PLANTED}")
)
pulumi.export("role", role.arn)
pulumi.export("account", aws.get_caller_identity().account_id)
pulumi.export("password", random.RandomPassword("password", length=20).result)
pulumi.export("uuid", random.RandomUuid("uuid").result)
"""


@pytest.fixture
def run(engine: Engine, tmp_path: Path, home: Path) -> Run:
    return Run(engine, tmp_path, home, PROGRAM)


def test_one_life(run: Run) -> None:
    preview = run("preview").stdout
    assert "8 to create" in preview
    assert run.cloud.resources() == []

    assert "8 created" in run.up()
    outputs = run.outputs()
    [role] = run.cloud.resources(ROLE)
    assert outputs["role"] == f"arn:aws:iam::000000000000:role/{role.id}"
    assert role.id.startswith("office-")
    assert len(outputs["password"]) == 20
    assert "8 unchanged" in run.up()
    assert run.outputs() == outputs
    for path in run.sandbox.folder.glob("cloud.sqlite*"):
        assert PLANTED.encode() not in path.read_bytes()
        assert outputs["password"].encode() not in path.read_bytes()

    run("config", "set", "description", "for Office")
    assert "1 updated" in run.up()
    assert run.cloud.resources(ROLE)[0].properties["description"] == "for Office"

    run.cloud.alter(ROLE, role.id, "maxSessionDuration", 7200)
    run.cloud.remove(ROLE_POLICY, f"{role.id}:invoke")
    assert "maxSessionDuration" in run("refresh", "--preview-only", "--diff").stdout
    refreshed = run("refresh", "--yes", "--skip-preview").stdout
    assert "1 updated" in refreshed
    assert "1 deleted" in refreshed
    repaired = run.up()
    assert "1 created" in repaired
    assert "1 updated" in repaired
    assert run.cloud.resources(ROLE)[0].properties["maxSessionDuration"] == 3600

    run("destroy", "--yes", "--skip-preview")
    assert run.cloud.resources() == []
    assert [kept.token for kept in run.cloud.lasting()] == [USE_CASE]
    operations = {(call.provider, call.operation) for call in run.cloud.calls()}
    assert {("random", "delete"), ("aws", "update"), ("aws", "invoke")} <= operations


def test_a_state_that_was_lost_is_imported_again(run: Run) -> None:
    run.up()
    [provider] = run.cloud.resources(OIDC)
    run("state", "delete", "--yes", f"urn:pulumi:dev::life::{OIDC}::entra", "--target-dependents")
    with pytest.raises(SandboxError, match="EntityAlreadyExists"):
        run.up()
    run("import", OIDC, "entra", provider.id, "--yes", "--generate-code=false", "--protect=false")
    assert "created" in run.up()
    assert [row.id for row in run.cloud.resources(OIDC)] == [provider.id]


def test_what_is_wrong_is_said_in_one_sentence(run: Run) -> None:
    with pytest.raises(SandboxError) as caught:
        run.up(STANDIN_FAULTS="create=fail")
    assert "write OPERATION:TOKEN=KIND" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    run("config", "set", "aws:allowedAccountIds", '["123456789012"]')
    with pytest.raises(SandboxError, match="AWS account ID not allowed: 000000000000"):
        run.up()
    (run.project / "__main__.py").write_text("import pulumi_aws as aws\naws.s3.Bucket('b')\n")
    run("config", "rm", "aws:allowedAccountIds")
    with pytest.raises(SandboxError, match="python -m standin learn aws:s3/bucket:Bucket"):
        run("preview")


def test_faults_interrupt_and_a_second_up_repairs(run: Run) -> None:
    fault = {"STANDIN_FAULTS": f"create:{ROLE}=fail-once"}
    with pytest.raises(SandboxError, match="lets this create of"):
        run.up(**fault)
    assert "created" in run.up(**fault)

    run("config", "set", "description", "d")
    with pytest.raises(SandboxError):
        run.up(STANDIN_FAULTS=f"update:{ROLE}=die-after-update")
    assert run.cloud.resources(ROLE)[0].properties["description"] == "d"
    assert "1 updated" in run("refresh", "--yes", "--skip-preview", "--clear-pending-creates").stdout
    assert "8 unchanged" in run.up()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes through /proc")
def test_no_provider_outlives_the_engine(run: Run) -> None:
    fault = {"STANDIN_FAULTS": f"create:{ROLE}=hang"}
    engine = run.sandbox.start("up", "--yes", "--skip-preview", cwd=run.project, env=fault)
    assert engine.stdout
    for line in engine.stdout:
        if "Role office creating" in line:
            break
    children = {pid: os.pidfd_open(pid) for pid in providers(run.cloud_path)}
    assert children
    engine.kill()
    engine.communicate()
    for pid, handle in children.items():
        assert select.select([handle], [], [], 20)[0], f"provider {pid} is still there"
        os.close(handle)


def providers(cloud: Path) -> list[int]:
    """Return the provider processes of this run alone."""
    wanted = f"STANDIN_CLOUD={cloud}".encode()
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = wanted in (folder / "environ").read_bytes().split(b"\0")
            if mine and b"standin" in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
