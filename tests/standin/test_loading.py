"""Each provider's process loads its own code and no other's."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import standin.generators
import standin.lookups
import standin.rules
from standin.catalog import providers
from standin.generators import generator
from standin.loading import load_code
from standin.lookups import LOOKUPS, lookup

REPO = Path(__file__).parents[2]
PACKAGES = (standin.generators, standin.lookups, standin.rules)
MODULES = {name.replace("-", "_") for name in providers()}
CODE = """
import sys
from standin.loading import load_code
from standin.rules import RULES
load_code(sys.argv[1])
packages = ("standin.rules.", "standin.lookups.", "standin.generators.")
print(*{name.split(".")[2] for name in sys.modules if name.startswith(packages)})
print(*{rule.token.split(":")[0] for rule in RULES})
"""


@pytest.mark.parametrize("provider", providers())
def test_only_a_providers_own_code_is_loaded(provider: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CODE, provider], cwd=REPO, capture_output=True, text=True, check=True
    )
    modules, tokens = ran.stdout.splitlines()
    assert set(modules.split()) == {provider.replace("-", "_")}
    assert set(tokens.split()) == {provider}


def test_every_module_is_named_after_a_provider_so_that_somebody_loads_it() -> None:
    found = {module.name for package in PACKAGES for module in pkgutil.iter_modules(package.__path__)}
    assert found <= MODULES


def test_a_name_is_registered_once() -> None:
    for provider in ("random", "aws"):
        load_code(provider)
    with pytest.raises(ValueError, match="two generators are called password"):
        generator("password")(lambda _: None)
    token = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"
    with pytest.raises(ValueError, match=f"two lookups are for {token}"):
        lookup(token)(LOOKUPS[token])
