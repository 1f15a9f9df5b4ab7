"""The code that belongs to one provider alone, so that no other provider's process loads it."""

import importlib
import pkgutil
from types import ModuleType

import standin.generators
import standin.lookups
import standin.rules

_PACKAGES = (standin.rules, standin.lookups, standin.generators)


def load_code(provider: str) -> None:
    """Import a provider's rules, lookups and generators, which register themselves.

    In each of the packages they are the module named as the provider (`azure-native` as `azure_native`), or
    all modules of the folder of that name.
    """
    name = provider.replace("-", "_")
    for package in _PACKAGES:
        if any(module.name == name for module in pkgutil.iter_modules(package.__path__)):
            _import(importlib.import_module(f"{package.__name__}.{name}"))


def _import(module: ModuleType) -> None:
    for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
        importlib.import_module(f"{module.__name__}.{inner.name}")
