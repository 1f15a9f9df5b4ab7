"""Runs in the side environment `aws`, which has boto3, moto and parliament; the project's own has none of them.

stdin: {"region": ..., "calls": [{"service", "operation", "parameters"}], "documents": {name: policy JSON}}.
stdout: {"calls": [{"by", "answer", "problems"}], "findings": [{"document", "issue", "detail"}]}. A call goes
through boto3 to moto (`by` is "moto") where moto has the operation, else (`by` is "model") only its parameters are
held against botocore's model of the service. Either way `problems` lists what that model refuses.
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
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import ParamValidator
from moto import mock_aws
from parliament import analyze_policy_string


def refused(shape: Any, value: Any, path: str) -> list[str]:  # noqa: ANN401 -- botocore's shapes and JSON are untyped
    """Return what a shape's pattern, enumeration or bounds refuse; botocore itself leaves most of this to AWS."""
    if shape.type_name == "structure":
        return [
            one
            for name, inner in value.items()
            for one in refused(shape.members[name], inner, f"{path}.{name}")
        ]
    limits = shape.metadata
    found: list[str] = []
    size = value if shape.type_name == "integer" else len(value) if hasattr(value, "__len__") else 0
    if size < limits.get("min", size):
        found.append(f"{path}: {size} is less than {limits['min']}")
    if size > limits.get("max", size):
        found.append(f"{path}: {size} is more than {limits['max']}")
    if shape.type_name == "list":
        return found + [one for inner in value for one in refused(shape.member, inner, f"{path}[]")]
    if shape.type_name == "string":
        if limits.get("enum") and value not in limits["enum"]:
            found.append(f"{path}: {value!r} is none of {', '.join(limits['enum'])}")
        pattern = limits.get("pattern", ".*")
        # Python's `re` has no Unicode classes: patterns with \p are left to AWS.
        if r"\p" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
            found.append(f"{path}: does not match {pattern}")
    return found


def moto_has(service: str, operation: str) -> bool:
    """Tell whether moto answers an operation of a service."""
    try:
        module = importlib.import_module(f"moto.{service}.responses")
    except ModuleNotFoundError:
        return False
    return any(hasattr(one, operation) for one in vars(module).values() if isinstance(one, type))


def call(region: str, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Make one call, or hold its parameters against the model of the service."""
    shape = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    problems = [report.generate_report()] if report.has_errors() else refused(shape, parameters, operation)
    method = xform_name(operation)
    if not moto_has(service, method):
        return {"by": "model", "answer": None, "problems": problems}
    answer = None
    if not problems:
        try:
            answer = getattr(boto3.client(service, region_name=region), method)(**parameters)
            del answer["ResponseMetadata"]
        except (BotoCoreError, ClientError) as error:
            problems.append(str(error))
    return {"by": "moto", "answer": answer, "problems": problems}


def lint(name: str, document: str) -> list[dict[str, str]]:
    """Return parliament's findings on one document, its community auditors included."""
    found = analyze_policy_string(document, include_community_auditors=True).findings
    return [
        {"document": name, "issue": one.issue, "detail": json.dumps(one.detail, default=str)} for one in found
    ]


def main() -> None:
    asked = json.load(sys.stdin)
    with mock_aws():
        calls = [call(asked["region"], **one) for one in asked.get("calls", [])]
    findings = [one for name, text in asked.get("documents", {}).items() for one in lint(name, text)]
    json.dump({"calls": calls, "findings": findings}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
