"""Runs in the side environment `aws`, which has boto3, moto and parliament; the project's own has none of them.

stdin: {"region": ..., "calls": [{"service", "operation", "parameters", "keep"}], "documents": {name: policy JSON}}.
stdout: {"calls": [{"by", "answer", "problems", "skipped"}], "findings": [{"document", "issue", "detail"}]}. A call
goes through boto3 to moto (`by` is "moto") where moto has the operation, else (`by` is "model") only its parameters are
held against botocore's model of the service. Either way `problems` lists what that model refuses, and `skipped` the
patterns that Python cannot read. `keep` maps a text to the path of what the answer has in its place (an id): later
calls that hold the text get that.
"""
# These imports exist in the side environment only:
# pyright: reportMissingImports=false

import importlib
import json
import re
import sys
from typing import Any

import boto3
import botocore.session
import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import ParamValidator
from moto import mock_aws
from parliament import analyze_policy_string


def unreadable(pattern: str) -> str:
    """Return why Python's `re` does not read a pattern as AWS does, "" where it does."""
    if r"\p" in pattern:
        return "Unicode classes"
    # A character beyond the first 65,536 is two there, so that a range ends in the middle of one.
    return "ranges of UTF-16 pairs" if re.search(r"\\uD[89AB]..\\uDC00-", pattern, re.IGNORECASE) else ""


def refused(shape: Any, value: Any, path: str, skipped: set[str]) -> list[str]:  # noqa: ANN401 -- botocore's shapes and JSON are untyped
    """Return what a shape's pattern, enumeration or bounds refuse; botocore itself leaves most of this to AWS."""
    if shape.type_name == "structure":
        return [
            one
            for name, inner in value.items()
            for one in refused(shape.members[name], inner, f"{path}.{name}", skipped)
        ]
    limits = shape.metadata
    found: list[str] = []
    size = value if shape.type_name == "integer" else len(value) if hasattr(value, "__len__") else 0
    if size < limits.get("min", size):
        found.append(f"{path}: {size} is less than {limits['min']}")
    if size > limits.get("max", size):
        found.append(f"{path}: {size} is more than {limits['max']}")
    if shape.type_name == "list":
        return found + [one for inner in value for one in refused(shape.member, inner, f"{path}[]", skipped)]
    if shape.type_name == "map":
        return found + [
            one
            for key, inner in value.items()
            for one in refused(shape.value, inner, f"{path}.{key}", skipped)
        ]
    if shape.type_name == "string":
        if limits.get("enum") and value not in limits["enum"]:
            found.append(f"{path}: {value!r} is none of {', '.join(limits['enum'])}")
        pattern = limits.get("pattern", ".*")
        if reason := unreadable(pattern):
            skipped.add(f"{path}: {reason}")
        elif not re.fullmatch(pattern, value, re.DOTALL):
            found.append(f"{path}: does not match {pattern}")
    return found


def moto_has(service: str, operation: str) -> bool:
    """Tell whether moto answers an operation of a service."""
    try:
        module = importlib.import_module(f"moto.{service.replace('-', '')}.responses")
    except ModuleNotFoundError:
        return False
    return any(hasattr(one, operation) for one in vars(module).values() if isinstance(one, type))


def call(
    region: str,
    known: dict[str, str],
    *,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    keep: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Make one call, or hold its parameters against the model of the service."""
    parameters = replaced(parameters, known)
    shape = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    skipped: set[str] = set()
    problems = (
        [report.generate_report()] if report.has_errors() else refused(shape, parameters, operation, skipped)
    )
    method = xform_name(operation)
    if not moto_has(service, method):
        return {"by": "model", "answer": None, "problems": problems, "skipped": sorted(skipped)}
    answer = None
    if not problems:
        try:
            answer = getattr(boto3.client(service, region_name=region), method)(**parameters)
            del answer["ResponseMetadata"]
            # Route 53 gives its ids as paths and takes them without.
            given = {text: jmespath.search(path, answer) for text, path in (keep or {}).items()}
            known |= {text: id_.removeprefix("/hostedzone/") for text, id_ in given.items()}
        except (BotoCoreError, ClientError) as error:
            problems.append(str(error))
    return {"by": "moto", "answer": answer, "problems": problems, "skipped": sorted(skipped)}


def replaced(value: Any, known: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
    """Return parameters with what earlier answers gave in place of what stood for it."""
    if isinstance(value, dict):
        return {key: replaced(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, known) for inner in value]
    if isinstance(value, str):
        for text, own in known.items():
            value = value.replace(text, own)
    return value


def lint(name: str, document: str) -> list[dict[str, str]]:
    """Return parliament's findings on one document, its community auditors included."""
    found = analyze_policy_string(document, include_community_auditors=True).findings
    return [
        {"document": name, "issue": one.issue, "detail": json.dumps(one.detail, default=str)} for one in found
    ]


def main() -> None:
    asked = json.load(sys.stdin)
    with mock_aws():
        known: dict[str, str] = {}
        calls = [call(asked["region"], known, **one) for one in asked.get("calls", [])]
    findings = [one for name, text in asked.get("documents", {}).items() for one in lint(name, text)]
    json.dump({"calls": calls, "findings": findings}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
