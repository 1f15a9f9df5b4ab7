"""`claude-byoc consent`: who must consent to what, with the links."""

import json
from typing import Annotated

import typer

from claude_byoc.cli.page_options import Outputs, Stack, known_outputs, short_name

Json = Annotated[bool, typer.Option("--json", help="Print {state, links: [{who, why, url, grants}]}.")]


def consent(*, stack: Stack = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Show who gives consent, by which link, what it grants and how to see that it worked.

    Example: claude-byoc consent -s prod
    """
    # Imported here, so that the command's help does not wait for the contract.
    from claude_byoc.rollout.consent import consent_document, consent_links  # noqa: PLC0415
    from claude_byoc.rollout.environment import mapping, read_environment, text  # noqa: PLC0415
    from claude_byoc.rollout.markdown import to_markdown  # noqa: PLC0415

    env = read_environment(known_outputs(stack, outputs), name=short_name(stack))
    if as_json:
        state = text(mapping(env.outputs.get("consent")).get("state"))
        typer.echo(json.dumps({"state": state, "links": consent_links(env)}, indent=2))
    else:
        typer.echo(to_markdown(consent_document(env)), nl=False)
