"""How what the Vertex AI part declares is named for `pulumi import`.

A model's enablement has no rule: Google does not import it, and enabling it once more changes nothing.
source: "Import" in the documentation of each type in pulumi_gcp; the id parsers of terraform-provider-google.
"""

from collections.abc import Mapping

from claude_byoc.contract.import_ids.base import ImportId, Place

_REGISTRY = "https://www.pulumi.com/registry/packages/gcp/api-docs/projects"


def _service(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']}/{inputs['service']}"


def _member(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']} {inputs['role']} {inputs['member']}"


def _custom_role(inputs: Mapping[str, str], _place: Place) -> str:
    return f"projects/{inputs['project']}/roles/{inputs['roleId']}"


def _audit_config(inputs: Mapping[str, str], _place: Place) -> str:
    return f"{inputs['project']} {inputs['service']}"


RULES: tuple[ImportId, ...] = (
    ImportId(
        "gcp:projects/service:Service",
        ("project", "service"),
        "{project}/{service}",
        _service,
        f"{_REGISTRY}/service/#import",
        anyones=True,
    ),
    ImportId(
        "gcp:projects/iAMMember:IAMMember",
        ("project", "role", "member"),
        "{project} {role} {member}",
        _member,
        f"{_REGISTRY}/iammember/#import",
        anyones=True,
    ),
    ImportId(
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        ("project", "roleId"),
        "projects/{project}/roles/{roleId}",
        _custom_role,
        f"{_REGISTRY}/iamcustomrole/#import",
    ),
    ImportId(
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        ("project", "service"),
        "{project} {service}",
        _audit_config,
        f"{_REGISTRY}/iamauditconfig/#import",
        anyones=True,
    ),
)
