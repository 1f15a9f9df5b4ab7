"""The JSON Schema of a stack file, for editors."""

from typing import Any

from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.desktop_plan import DESKTOP_CONFIG_KEYS
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS
from claude_byoc.settings import SETTINGS_KEY, Settings


def stack_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file (`Pulumi.<stack>.yaml`), for editors."""
    settings = Settings.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = settings.pop("$defs")
    settings["properties"]["manifest"] = {
        "type": "object",
        "description": Settings.model_fields["manifest"].description,
        "additionalProperties": False,
        "properties": {
            name: {"description": key.help, "type": ["string", "integer", "array", "object"]}
            for name, key in MANIFEST_KEYS.items()
            if not key.secret
        },
    }
    secret = {
        "type": "object",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
        "additionalProperties": False,
        "description": "Set with `pulumi config set --secret`; the stack file holds it encrypted.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A claude-byoc stack file",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {
                    SETTINGS_KEY: settings,
                    **{
                        f"claude-byoc:{name}": secret
                        for name in sorted((*SECRET_CONFIG_KEYS, *DESKTOP_CONFIG_KEYS))
                    },
                },
            }
        },
        "$defs": definitions,
    }
