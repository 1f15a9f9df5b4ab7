"""The project's program, which at its end also tells which cloud SDKs it has loaded."""

import atexit
import json
import sys
from pathlib import Path

from claude_byoc import ClaudeByoc, load_settings

SDKS = {"pulumi_aws", "pulumi_azure_native", "pulumi_azuread", "pulumi_gcp"}
# What is loaded late, while outputs come in, counts as well.
atexit.register(
    lambda: Path("loaded.json").write_text(json.dumps(sorted(SDKS & sys.modules.keys())), "utf-8")
)
ClaudeByoc("claude", load_settings()).export()
