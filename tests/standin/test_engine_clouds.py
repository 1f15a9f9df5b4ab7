"""The real engine over the stand-ins of Entra and Azure: what was there before, and what is refused for a while."""

from pathlib import Path

import pytest

from standin.cloud import Cloud
from tests.standin.stack import Run
from tests.standin.test_objects import GROUP
from tests.standin.test_seeds import ANTHROPIC, COGNITIVE_SERVICES, MICROSOFT_GRAPH, clients
from tools.engine.acquire import Engine
from tools.engine.sandbox import SandboxError

pytestmark = pytest.mark.engine

PROGRAM = f"""
import pulumi
import pulumi_azure_native.resources as resources
import pulumi_azuread as azuread

graph = azuread.get_service_principal(client_id="{MICROSOFT_GRAPH}")
claude = azuread.ServicePrincipal("claude", client_id="{ANTHROPIC}", use_existing=True)
resources.ResourceGroup("group", resource_group_name="claude", location="swedencentral")
pulumi.export("mail", graph.oauth2_permission_scope_ids["Mail.ReadWrite"])
pulumi.export("claude", claude.object_id)
"""


def test_what_was_there_is_looked_up_adopted_and_deleted_and_refusals_end(
    engine: Engine, tmp_path: Path, home: Path
) -> None:
    run = Run(engine, tmp_path, home, PROGRAM)
    fault = {"STANDIN_FAULTS": f"create:{GROUP}=refuse:2:TooManyRequests"}
    for _ in range(2):
        with pytest.raises(SandboxError) as caught:
            run.up(**fault)
        assert 'Status=429 Code="TooManyRequests" Message="The request is being throttled' in str(
            caught.value
        )
    assert "1 created" in run.up(**fault)
    assert "3 unchanged" in run.up()
    assert run.outputs()["mail"] == "024d486e-b451-40bb-833d-3e66d98c5c73"
    assert [row.token for row in run.cloud.resources()] == [GROUP]
    [claude] = [row for row in run.cloud.foreign() if row.properties["clientId"] == ANTHROPIC]
    assert run.outputs()["claude"] == claude.properties["objectId"]

    run("destroy", "--yes", "--skip-preview")
    assert run.cloud.resources() == []
    # As the real provider does: useExisting adopts, and a destroy takes away what was there before.
    assert clients(Cloud(run.cloud_path)) == {MICROSOFT_GRAPH, COGNITIVE_SERVICES}
