"""A provider with one resource type, `tiny:index:Thing`, whose cloud is the JSON file that TINY_STORE names."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    GetSchemaRequest,
    GetSchemaResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from pulumi.provider.experimental.server import main

Properties = dict[str, PropertyValue]

STORE = Path(os.environ["TINY_STORE"])
SIZE = {"size": {"type": "string"}}
SCHEMA = {
    "name": "tiny",
    "version": "1.0.0",
    "resources": {"tiny:index:Thing": {"properties": SIZE, "inputProperties": SIZE}},
}


def load() -> dict[str, str]:
    """Return the size of each thing by its id."""
    found: dict[str, str] = json.loads(STORE.read_text("utf-8")) if STORE.exists() else {}
    return found


def save(things: dict[str, str]) -> None:
    """Replace everything in the cloud."""
    STORE.write_text(json.dumps(things), "utf-8")


def size(properties: Properties) -> str:
    """Return the one property of a thing."""
    value: Any = properties["size"].value
    return str(value)


class Tiny(Provider):
    """Keeps things that have a size."""

    async def get_schema(self, request: GetSchemaRequest) -> GetSchemaResponse:
        return GetSchemaResponse(schema=json.dumps(SCHEMA))

    async def check(self, request: CheckRequest) -> CheckResponse:
        return CheckResponse(inputs=request.new_inputs)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        changed = size(request.old_state) != size(request.new_inputs)
        return DiffResponse(changes=changed, diffs=["size"] if changed else [])

    async def create(self, request: CreateRequest) -> CreateResponse:
        if not request.preview:
            save(load() | {request.name: size(request.properties)})
        return CreateResponse(resource_id=request.name, properties=request.properties)

    async def read(self, request: ReadRequest) -> ReadResponse:
        found = load().get(request.resource_id)
        if found is None:
            return ReadResponse(resource_id="", properties={}, inputs={})
        state = {"size": PropertyValue(found)}
        return ReadResponse(resource_id=request.resource_id, properties=state, inputs=state)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        if not request.preview:
            save(load() | {request.resource_id: size(request.news)})
        return UpdateResponse(properties=request.news)

    async def delete(self, request: DeleteRequest) -> None:
        save({name: value for name, value in load().items() if name != request.resource_id})


if __name__ == "__main__":
    main(sys.argv[1:], "1.0.0", Tiny())
