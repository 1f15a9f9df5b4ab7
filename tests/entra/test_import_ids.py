"""Ids by which the parts of a registration are imported: the forms that the provider's documentation shows."""

import importlib
import inspect
import re

import pytest

from claude_byoc.contract.import_ids import IMPORT_IDS, Place, entra

APP = "/applications/00000000-0000-0000-0000-000000000000"
PART = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize("token", [rule.token for rule in entra.RULES])
def test_an_id_has_the_documented_form(token: str) -> None:
    rule = IMPORT_IDS[token]
    given = {**dict.fromkeys(rule.inputs, PART), "applicationId": APP, "type": "Web"}
    made = rule.make({**given, "identifierUri": "https://example.net/"}, Place())
    name = token.rpartition(":")[2]
    module = importlib.import_module("pulumi_azuread." + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
    documented = re.findall(r"pulumi import \S+ \S+ (\S+)", inspect.getsource(module))
    assert made in documented
