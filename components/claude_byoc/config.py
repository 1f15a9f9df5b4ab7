"""Pulumi config -> settings -> the arguments of `ClaudeByoc`: the one place where a program reads config."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pulumi
from pulumi.runtime import get_config_env
from pulumi.runtime.config import is_config_secret

from claude_byoc.arguments import camel
from claude_byoc.contract.desktop_keys import DESKTOP_KEYS
from claude_byoc.contract.desktop_rules import check_desktop_value
from claude_byoc.contract.manifest_rules import check_value
from claude_byoc.contract.problems import Problem, errors, nearest
from claude_byoc.desktop_plan import DESKTOP_CONFIG_KEYS, config_key
from claude_byoc.gateway.service_args import GatewaySecretsArgs
from claude_byoc.manifest_plan import SECRET_CONFIG_KEYS
from claude_byoc.settings import SETTINGS_KEY, args_of, check
from claude_byoc.stack_args import ClaudeByocArgs

NAMESPACE = "claude-byoc:"

GATEWAY_CONFIG_KEYS = {camel(argument): argument for argument in GatewaySecretsArgs.__annotations__}
"""Pulumi config name of each secret of a gateway of ours -> its argument."""
_SIGNING_KEY = "gatewaySigningKey"
"""Read by `claude-byoc tokens` alone: no part of a program may know what signs gateway tokens."""
_SECRETS = {*SECRET_CONFIG_KEYS, *DESKTOP_CONFIG_KEYS, *GATEWAY_CONFIG_KEYS, _SIGNING_KEY}


def load_settings() -> ClaudeByocArgs:
    """Return the arguments of `ClaudeByoc` for the stack that runs, secrets as Pulumi secrets.

    Raises pulumi.RunError with every problem of the stack file at once; no secret value is in its text.
    """
    config = pulumi.Config("claude-byoc")
    found = {key for key in get_config_env() if key.startswith(NAMESPACE)}
    problems = _unknown(found) + _plain_secrets(found)
    secrets = _given(config, SECRET_CONFIG_KEYS)
    for key, value in secrets.items():
        problems += errors(check_value(key, value))
    desktop = _given(config, DESKTOP_CONFIG_KEYS)
    for key, value in desktop.items():
        problems += _desktop_problems(key, value)
    gateway = _given(config, GATEWAY_CONFIG_KEYS)
    problems += [
        Problem(
            f"{NAMESPACE}{camel(key)}",
            "is empty, or begins or ends with white space",
            "the credential alone",
            f"set it again: pulumi config set --secret {NAMESPACE}{camel(key)}",
        )
        for key, value in gateway.items()
        if not value or value != value.strip()
    ]
    raw, unreadable = _settings_object(config)
    problems += unreadable
    settings = None
    if not unreadable:
        settings, wrong = check(
            raw, secrets, pulumi.get_stack(), desktop_secrets=desktop, gateway_secrets=gateway
        )
        problems += wrong
    if problems or settings is None:
        raise pulumi.RunError(_report(problems))
    return {
        **args_of(settings),
        "secrets": {key: pulumi.Output.secret(value) for key, value in secrets.items()},
        "desktop_secrets": {key: pulumi.Output.secret(value) for key, value in desktop.items()},
        "gateway_secrets": cast(
            "GatewaySecretsArgs", {key: pulumi.Output.secret(value) for key, value in gateway.items()}
        ),
    }


def _given(config: pulumi.Config, names: Mapping[str, str]) -> dict[str, str]:
    return {key: value for name, key in names.items() if (value := config.get(name)) is not None}


def _desktop_problems(key: str, text: str) -> list[Problem]:
    """Return what is wrong with a secret desktop key, under the name that the stack file has for it."""
    name = NAMESPACE + config_key(key)
    try:
        value = json.loads(text) if DESKTOP_KEYS[key].structured else text
    except ValueError:
        shape = DESKTOP_KEYS[key].shape.says
        return [Problem(name, "is not JSON text", shape, f"set it again: pulumi config set --secret {name}")]
    return [replace(one, key=f"{name} ({one.key})") for one in errors(check_desktop_value(key, value))]


def _settings_object(config: pulumi.Config) -> tuple[Any, list[Problem]]:
    text = config.get("settings")
    cure = "copy the block from stacks/Pulumi.template.yaml"
    if text is None:
        return None, [Problem(SETTINGS_KEY, "is missing", "an object with at least `entra`", cure)]
    if is_config_secret(SETTINGS_KEY):
        # Pulumi decrypts a nested `secure:` value and forgets that it was one.
        return None, [
            Problem(
                SETTINGS_KEY,
                "holds a secret, which would be shown in plain text",
                "settings without `secure:` values",
                "move it to a key of its own: pulumi config set --secret claude-byoc:KEY, KEY one of "
                + ", ".join(sorted(_SECRETS)),
            )
        ]
    try:
        return json.loads(text), []
    except ValueError:
        return None, [Problem(SETTINGS_KEY, "is not an object", "an object with at least `entra`", cure)]


def _unknown(found: set[str]) -> list[Problem]:
    known = [SETTINGS_KEY, *(NAMESPACE + name for name in _SECRETS)]
    problems: list[Problem] = []
    for key in sorted(found - set(known)):
        close = nearest(key, known)
        cure = f"did you mean `{close}`?" if close else f"pulumi config rm {key}"
        problems.append(Problem(key, "is not a setting", ", ".join(known), cure))
    return problems


def _plain_secrets(found: set[str]) -> list[Problem]:
    return [
        Problem(
            key,
            "is a secret and stands in plain text in the stack file",
            "a value that Pulumi encrypts",
            f"change the credential, then run: pulumi config set --secret {key}",
        )
        for key in sorted(found)
        if key.removeprefix(NAMESPACE) in _SECRETS and not is_config_secret(key)
    ]


def _report(problems: list[Problem]) -> str:
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"The settings of stack {pulumi.get_stack()} have {count}; nothing was changed.\n\n" + "\n".join(
        str(problem) for problem in problems
    )
