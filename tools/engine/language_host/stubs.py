"""Make the SDK's gRPC stubs importable without the SDK, which would add 0.6 s to every run of the engine.

Import this module before any `pulumi.runtime.proto` module: packages without code of their own stand in for
`pulumi` and its subpackages in this process, which runs no Pulumi program.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _bare(name: str, folder: Path) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def prepare() -> None:
    """Register the bare packages; ImportError if the SDK is not installed."""
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"the Pulumi SDK is not installed in {sys.prefix}")
    folder = Path(spec.submodule_search_locations[0])
    _bare("pulumi", folder)
    _bare("pulumi.runtime", folder / "runtime")
    _bare("pulumi.runtime.proto", folder / "runtime" / "proto")
