"""Ask the side environment `aws`; it is made on first use, and needs no network afterwards."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.side_env import SideEnvError, ensure

SCRIPT = Path(__file__).with_name("in_side_env.py")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Run the script with calls and documents; the answer is the script's (see there)."""
    try:
        python = ensure("aws")
    except SideEnvError as error:
        pytest.fail(str(error), pytrace=False)
    # Nothing of the user's: an AWS profile or proxy would change what boto3 does.
    home = tmp_path_factory.mktemp("home")
    environment = {"PATH": os.defpath, "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}

    def run(
        *, region: str = "us-east-1", calls: Sequence[object] = (), documents: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        question = json.dumps({"region": region, "calls": calls, "documents": documents or {}})
        done = subprocess.run(
            # parliament imports pkg_resources, which warns on every start.
            [python, "-I", "-W", "ignore::UserWarning", str(SCRIPT)],
            input=question,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
