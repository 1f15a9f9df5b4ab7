"""Azure: rows of the state against the classes of Microsoft's own client libraries, in the side environment `azure`."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.side_env import ensure

SCRIPT = Path(__file__).with_name("azure_in_side_env.py")
_SECRET = "4dabf18193072939515e22adb298388d"
"""By this key an object in the state says that it stands for something else, a secret here."""


def problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what the published shapes refuse in rows of Azure (type, inputs); an unknown type is a problem."""
    asked = [{"type": row["type"], "inputs": _readable(row["inputs"])} for row in rows]
    done = subprocess.run(
        [ensure("azure"), "-I", SCRIPT],
        input=json.dumps({"rows": asked}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["problems"]


def _readable(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a value with a text in place of each secret, which the state has as ciphertext."""
    if isinstance(value, dict):
        return "secret" if _SECRET in value else {key: _readable(inner) for key, inner in value.items()}
    return [_readable(inner) for inner in value] if isinstance(value, list) else value
