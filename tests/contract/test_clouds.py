"""Facts about Entra and AWS, the allowlist, and import ids."""

import re

import pytest

from claude_byoc.contract import allowlist, aws, entra, quotas
from claude_byoc.contract.import_ids import IMPORT_IDS, Place, import_id
from claude_byoc.contract.problems import ProblemsError

TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        ("global", "login.microsoftonline.com"),
        ("us-gov-high", "login.microsoftonline.us"),
        ("us-gov-dod", "login.microsoftonline.us"),
        ("china", "login.partner.microsoftonline.cn"),
    ],
)
def test_issuer(cloud: str, host: str) -> None:
    assert entra.issuer(cloud, TENANT.upper()) == f"https://{host}/{TENANT}/v2.0"
    assert entra.issuer_key(cloud, TENANT) == f"{host}/{TENANT}/v2.0"


@pytest.mark.parametrize(
    ("cloud", "tenant"), [("germany", TENANT), ("global", "contoso.com"), ("global", "")]
)
def test_issuer_refuses(cloud: str, tenant: str) -> None:
    with pytest.raises(ProblemsError):
        entra.issuer(cloud, tenant)


def test_consent_of_anthropics_app() -> None:
    assert entra.consent_url("global", entra.ANTHROPIC_APP_ID) == (
        "https://login.microsoftonline.com/organizations/adminconsent"
        "?client_id=c2995f31-11e7-4882-b7a7-ef9def0a0266&redirect_uri=https://pivot.claude.ai/auth/callback"
    )
    with pytest.raises(ProblemsError, match="does not exist in the cloud us-gov-high"):
        entra.consent_url("us-gov-high", entra.ANTHROPIC_APP_ID.upper())


def test_consent_of_an_own_app_uses_a_redirect_that_it_has() -> None:
    url = entra.consent_url("us-gov-dod", TENANT, tenant_id=TENANT)
    assert url.startswith(f"https://login.microsoftonline.us/{TENANT}/adminconsent?client_id={TENANT}&")
    assert url.endswith("redirect_uri=" + entra.OWN_APP_REDIRECTS[1])
    with pytest.raises(ProblemsError):
        entra.consent_url("global", "not-a-guid", tenant_id="contoso")


GLOBAL_GRAPH = (
    "https://login.microsoftonline.com/organizations/v2.0/adminconsent"
    "?client_id=c2995f31-11e7-4882-b7a7-ef9def0a0266&scope=https://graph.microsoft.com/Mail.ReadWrite%20"
    "https://graph.microsoft.com/Calendars.Read%20https://graph.microsoft.com/User.Read%20offline_access"
    "&redirect_uri=https://pivot.claude.ai/auth/callback"
)


def test_graph_consent_is_the_documented_link() -> None:
    assert entra.graph_consent_url() == entra.graph_consent_url("global") == GLOBAL_GRAPH
    with_people = entra.graph_consent_url(people_read=True)
    assert with_people == GLOBAL_GRAPH.replace(
        "https://graph.microsoft.com/User.Read",
        "https://graph.microsoft.com/People.Read%20https://graph.microsoft.com/User.Read",
    )
    assert "Mail.Send" not in with_people


@pytest.mark.parametrize("cloud", [name for name in entra.CLOUDS if name != "global"])
def test_graph_consent_outside_the_global_cloud(cloud: str) -> None:
    url = entra.graph_consent_url(cloud, TENANT, tenant_id=TENANT)
    facts = entra.CLOUDS[cloud]
    assert url.startswith(f"https://{facts.authority_host}/{TENANT}/v2.0/adminconsent?client_id={TENANT}&")
    assert f"scope=https://{facts.graph_host}/Mail.ReadWrite%20" in url
    assert "graph.microsoft.com" not in url
    assert url.endswith("redirect_uri=" + entra.OWN_APP_REDIRECTS[1])
    with pytest.raises(ProblemsError, match=f"does not exist in the cloud {cloud}"):
        entra.graph_consent_url(cloud)
    with pytest.raises(ProblemsError) as refusal:
        entra.graph_consent_url(cloud, "x", tenant_id="contoso.com")
    assert [problem.key for problem in refusal.value.problems] == ["client_id", "tenant_id"]


@pytest.mark.parametrize(
    ("region", "partition", "residency"),
    [
        ("us-east-1", "aws", ["us"]),
        ("eu-west-3", "aws", ["eu"]),
        ("ap-southeast-2", "aws", ["au"]),
        ("ap-northeast-1", "aws", ["jp"]),
        ("eu-central-1", "aws", ["eu"]),
        ("eu-south-2", "aws", ["eu"]),
        ("eu-west-2", "aws", []),
        ("eu-central-2", "aws", []),
        ("ap-southeast-4", "aws", ["au"]),
        ("ap-southeast-6", "aws", []),
        ("ap-northeast-3", "aws", ["jp"]),
        ("ap-northeast-2", "aws", []),
        ("ap-south-1", "aws", []),
        ("ap-east-2", "aws", []),
        ("il-central-1", "aws", []),
        ("me-central-1", "aws", []),
        ("af-south-1", "aws", []),
        ("sa-east-1", "aws", []),
        ("mx-central-1", "aws", []),
        ("ca-west-1", "aws", []),
        ("eusc-de-east-1", "aws-eusc", []),
        ("us-gov-west-1", "aws-us-gov", ["us-gov"]),
        ("cn-north-1", "aws-cn", []),
        ("us-iso-east-1", "aws-iso", []),
        ("us-isob-east-1", "aws-iso-b", []),
        ("eu-isoe-west-1", "aws-iso-e", []),
        ("ca-central-1", "aws", []),
    ],
)
def test_regions(region: str, partition: str, residency: list[str]) -> None:
    assert re.search(aws.REGION_PATTERN, region)
    assert aws.partition(region) == partition
    assert aws.default_residency(region) == residency
    assert set(residency) <= set(aws.PROFILE_PREFIXES)
    assert region in str(aws.residency_unclear(region))


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (aws.ACCOUNT_ID_PATTERN, ["123456789012"], ["12345678901", "1234567890123", "x123456789012"]),
        (aws.REGION_PATTERN, ["us-east-1"], ["us-east", "xus-east-1x", "US-EAST-1"]),
        (aws.ROLE_NAME_PATTERN, ["Claude+=,.@-_1", "a" * 64], ["a" * 65, "a/b", "a b", ""]),
        (
            aws.ROLE_ARN_PATTERN,
            ["arn:aws:iam::123456789012:role/a", "arn:aws-us-gov:iam::123456789012:role/p/a"],
            ["arn:aws:iam::1:role/a", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:user/a"],
        ),
        (
            aws.POLICY_ARN_PATTERN,
            ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/boundary"],
            ["arn:aws:iam::123456789012:role/a"],
        ),
        (
            aws.OIDC_PROVIDER_ARN_PATTERN,
            [f"arn:aws:iam::123456789012:oidc-provider/login.microsoftonline.com/{TENANT}/v2.0"],
            ["arn:aws:iam::123456789012:oidc-provider/", "arn:aws:iam::123456789012:oidc-provider/a b"],
        ),
    ],
)
def test_patterns(pattern: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not re.search(pattern, text)] == []
    assert [text for text in bad if re.search(pattern, text)] == []


def test_quotas() -> None:
    assert (aws.INLINE_POLICY_CHARACTERS, aws.TRUST_POLICY_CHARACTERS, aws.OIDC_AUDIENCES) == (
        10_240,
        2_048,
        100,
    )
    assert (aws.SESSION_SECONDS.start, aws.SESSION_SECONDS.stop - 1) == (3_600, 43_200)
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in aws.QUOTAS.values())
    every = [quota for table in quotas.QUOTAS.values() for quota in table.values()]
    assert all(quota.limit > 0 and quota.unit and quota.source for quota in every)
    assert all(quota.adjustable_to is None or quota.adjustable_to > quota.limit for quota in every)


def test_opt_in_regions() -> None:
    for region in aws.OPT_IN_REGIONS:
        assert re.search(aws.REGION_PATTERN, region)
        assert aws.partition(region) == "aws"
    # Launched before 20 March 2019: on in every account.
    old = {"us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-north-1", "ap-northeast-3", "sa-east-1"}
    assert not aws.OPT_IN_REGIONS & old
    assert {"eu-central-2", "ap-southeast-4", "mx-central-1"} <= aws.OPT_IN_REGIONS


def test_allowlist_of_bedrock() -> None:
    rows = [*allowlist.office_rows(), *allowlist.bedrock_rows("eu-west-3")]
    assert len({(row.host, row.path) for row in rows}) == len(rows)
    needed = {row.host for row in rows if row.required and "office" in row.hosts}
    assert needed == {
        "pivot.claude.ai", "claude.ai", "appsforoffice.microsoft.com", "login.microsoftonline.com",
        "sts.amazonaws.com", "bedrock-runtime.eu-west-3.amazonaws.com",
    }  # fmt: skip
    assert {row.host for row in rows if row.hosts == ("outlook",)} == {"graph.microsoft.com"}
    assert next(row.path for row in rows if row.host == "claude.ai") == "/api/"


def test_allowlist_outside_the_commercial_clouds() -> None:
    assert "login.partner.microsoftonline.cn" in {row.host for row in allowlist.office_rows("china")}
    assert {row.host for row in allowlist.bedrock_rows("us-gov-west-1") if row.required} == {
        "sts.us-gov-west-1.amazonaws.com", "bedrock-runtime.us-gov-west-1.amazonaws.com",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
            f"arn:aws:iam::123456789012:oidc-provider/login.microsoftonline.com/{TENANT}/v2.0",
        ),
        ("aws:iam/role:Role", {"name": "r", "path": "/x/"}, "r"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "r", "name": "p"}, "r:p"),
    ],
)
def test_import_ids(token: str, inputs: dict[str, object], expected: str) -> None:
    assert import_id(token, inputs, Place(partition="aws", account="123456789012")) == expected
    assert set(IMPORT_IDS[token].inputs) <= set(inputs)
    for name in IMPORT_IDS[token].inputs:
        with pytest.raises(ProblemsError, match=f"has no {name}"):
            import_id(token, {**inputs, name: None}, Place(partition="aws", account="1"))


def test_an_import_id_that_is_not_known() -> None:
    with pytest.raises(ProblemsError, match="has no known import id"):
        import_id("aws:s3/bucket:Bucket", {}, Place(partition="aws", account="1"))
