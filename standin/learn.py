"""A first draft of a type's or function's file, made from the installed SDK."""

from collections.abc import Mapping

from standin.catalog import PLACES, Property
from standin.schema import Schema, provider_of, schema
from standin.sdk import version


def draft(token: str) -> str:
    """Return the YAML to complete: what the SDK does not tell is left to look up, with its source."""
    provider = provider_of(token)
    told = schema(token)
    lines = [
        f"# Drafted from pulumi-{provider} {version(provider)}. Look up and complete, each with its source:",
        "# what replaces, defaults, what the cloud fills in (fills) or keeps (computed), how values compare.",
        f"{told.kind}: {token}",
        "source: ",
    ]
    if told.kind == "type":
        place = next(iter(PLACES.get(provider, {})), "state")
        lines += ['id: "{name}"', 'unique: "{name}"', f"place: {place}"]
    for part in ("inputs", "outputs"):
        properties: Mapping[str, Property] = getattr(told, part)
        if properties:
            lines += [f"{part}:", *_rows(told, properties, "  ", outputs=part == "outputs")]
    return "\n".join(lines) + "\n"


def _rows(told: Schema, properties: Mapping[str, Property], indent: str, *, outputs: bool) -> list[str]:
    lines: list[str] = []
    for item in properties.values():
        facts = [f"type: {item.type}"]
        facts += [f"{fact}: true" for fact in ("required", "replaces", "secret") if getattr(item, fact)]
        facts += ['template: ""'] if outputs and not (item.fields and told.kind == "type") else []
        if item.fields:
            lines += [f"{indent}{item.name}:", *(f"{indent}  {fact}" for fact in facts), f"{indent}  fields:"]
            added = outputs and told.kind == "type"
            lines += _rows(told, item.fields, f"{indent}    ", outputs=added)
        else:
            lines.append(f"{indent}{item.name}: {{{', '.join(facts)}}}")
    return lines
