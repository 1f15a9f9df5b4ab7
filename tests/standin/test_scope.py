"""Where a provider works: what is pinned to a cloud that cannot exist, and what is refused."""

import pytest

from standin.errors import StandinError
from standin.scope import NO_PROJECT, NO_PROJECT_NUMBER, NO_SUBSCRIPTION, NO_TENANT, scope
from standin.values import Plain

OTHER = "11111111-2222-3333-4444-555555555555"


def test_the_defaults_mean_no_real_cloud() -> None:
    assert scope("azuread", {}, {}) == {"tenant": NO_TENANT}
    assert scope("azure-native", {"location": "swedencentral"}, {}) == {
        "subscription": NO_SUBSCRIPTION,
        "tenant": NO_TENANT,
        "location": "swedencentral",
    }
    assert scope("gcp", {"region": "europe-west1"}, {}) == {
        "project": NO_PROJECT,
        "projectNumber": NO_PROJECT_NUMBER,
        "region": "europe-west1",
    }
    assert scope("random", {}, {}) == {}


@pytest.mark.parametrize(
    ("provider", "config", "words"),
    [
        ("azuread", {"tenantId": OTHER}, f"AADSTS90002: Tenant '{OTHER}' not found"),
        (
            "azuread",
            {"environment": "mars"},
            "azuread:environment is 'mars': there is no such cloud; allowed: glob",
        ),
        ("azure-native", {"tenantId": OTHER}, f"AADSTS90002: Tenant '{OTHER}' not found"),
        (
            "azure-native",
            {"subscriptionId": OTHER},
            f"SubscriptionNotFound: The subscription '{OTHER}' could not",
        ),
        ("azure-native", {"environment": "mars"}, "azure-native:environment is 'mars'"),
        ("gcp", {"project": "somebody-elses"}, "Permission denied on resource project somebody-elses."),
    ],
)
def test_any_other_cloud_is_refused(provider: str, config: dict[str, Plain], words: str) -> None:
    with pytest.raises(StandinError) as caught:
        scope(provider, config, {})
    assert words in str(caught.value)


def test_the_stand_ins_own_ids_are_taken_in_any_case() -> None:
    environment = {"STANDIN_ENTRA_TENANT_ID": "aaaaaaaa-2222-3333-4444-555555555555"}
    config: dict[str, Plain] = {
        "tenantId": "AAAAAAAA-2222-3333-4444-555555555555",
        "environment": "USGovernment",
    }
    assert scope("azuread", config, environment)["tenant"] == environment["STANDIN_ENTRA_TENANT_ID"]
    assert scope("gcp", {"project": "team-project"}, {"STANDIN_GOOGLE_PROJECT_ID": "team-project"})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    environment = {"STANDIN_ENTRA_TENANT_ID": "here", "STANDIN_AZURE_SUBSCRIPTION_ID": "there"}
    with pytest.raises(StandinError) as caught:
        scope("azure-native", {"environment": "mars"}, environment)
    message = str(caught.value)
    assert "STANDIN_ENTRA_TENANT_ID is 'here': it must be a lower-case UUID" in message
    assert "STANDIN_AZURE_SUBSCRIPTION_ID is 'there'" in message
    assert "azure-native:environment" in message
    with pytest.raises(StandinError, match="STANDIN_GOOGLE_PROJECT_ID is 'X': it must be 6 to 30"):
        scope("gcp", {}, {"STANDIN_GOOGLE_PROJECT_ID": "X"})
