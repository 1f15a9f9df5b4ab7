"""Which keys each manifest carries where an environment has several connection paths."""

import pytest

from claude_byoc.manifest_plan import CHOOSE, Connection, Plan

BEDROCK = Connection(
    "bedrock", ("office", "desktop"), {"aws_region": None, "aws_role_arn": None, "entra_sso": "1"}
)
VERTEX = Connection(
    "vertex",
    ("office", "outlook", "desktop"),
    {"gcp_project_id": None, "gcp_region": "eu", "google_client_id": None},
    secrets=("google_client_secret",),
)
KEYLESS = {"entra_sso": "1", "gateway_auth_source": "entra", "graph_client_id": None}
FOUNDRY = Connection(
    "foundry",
    ("office", "outlook", "desktop"),
    {**KEYLESS, "azure_resource_name": None, "entra_scope": "https://cognitiveservices.azure.com/.default"},
)
GATEWAY = Connection(
    "gateway", ("office", "outlook", "desktop"), {**KEYLESS, "gateway_url": None, "entra_scope": None}
)


def test_one_path_needs_no_choice_and_its_keys_are_the_manifests() -> None:
    plan = Plan(["office"], [BEDROCK])
    assert plan.problems() == []
    assert plan.keys("office") == BEDROCK.keys


def test_each_host_has_the_keys_of_its_own_path() -> None:
    plan = Plan(
        ["office", "outlook"], [BEDROCK, VERTEX], {"office": "bedrock"}, secrets=["google_client_secret"]
    )
    assert plan.problems() == []
    assert plan.keys("office") == BEDROCK.keys
    assert plan.keys("outlook") == {**VERTEX.keys, "google_client_secret": None}


def test_two_paths_for_a_host_ask_for_a_decision() -> None:
    [problem] = Plan(["office"], [BEDROCK, VERTEX]).problems()
    assert problem.key == "paths.office"
    assert "bedrock or vertex" in problem.wrong
    assert CHOOSE in problem.allowed


def test_people_may_choose_and_see_the_form() -> None:
    plan = Plan(["office"], [BEDROCK, VERTEX], {"office": CHOOSE})
    assert plan.problems() == []
    assert plan.keys("office") == {**BEDROCK.keys, **VERTEX.keys, "auto_connect": "0"}


def test_auto_connect_by_hand_wins_where_people_choose() -> None:
    plan = Plan(["office"], [BEDROCK, VERTEX], {"office": CHOOSE}, extra={"auto_connect": "1"})
    assert plan.problems() == []
    assert plan.keys("office")["auto_connect"] == "1"


def test_paths_that_need_one_key_each_of_their_own_cannot_be_chosen_between() -> None:
    problems = Plan(["office"], [FOUNDRY, GATEWAY], {"office": CHOOSE}, own_app=True).problems()
    assert [p.key for p in problems] == ["paths.office"]
    assert "entra_scope" in problems[0].wrong


def test_a_host_without_a_path_is_named() -> None:
    [problem] = Plan(["office", "outlook"], [BEDROCK]).problems()
    assert problem.key == "hosts"
    assert "outlook" in problem.wrong


@pytest.mark.parametrize(
    ("hosts", "extra"), [([], {}), (["office"], {"gateway_url": "https://gw.example.com"})]
)
def test_no_part_is_fine_for_the_tenant_alone_or_a_path_by_hand(
    hosts: list[str], extra: dict[str, str | None]
) -> None:
    assert Plan(hosts, extra=extra).problems() == []


def test_nothing_to_connect_to_is_one_problem() -> None:
    [problem] = Plan(["office", "outlook"]).problems()
    assert problem.key == "bedrock"
    assert "hosts: []" in problem.cure
