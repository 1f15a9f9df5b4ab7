"""Google Cloud: what its services put together."""

import json

from standin.generators import Making, generator
from standin.rules.gcp import AUDIT_CONFIG, MEMBER
from standin.values import Plain


@generator("project_iam_policy")
def project_iam_policy(making: Making) -> Plain:
    """Return a project's IAM policy as JSON: the grants by role, and the audit configurations.

    source: github.com/hashicorp/terraform-provider-google-beta google-beta/tpgiamresource/resource_iam_policy.go
    (marshalIamPolicy)
    """
    members: dict[str, list[object]] = {}
    for row in making.cloud.all(MEMBER, making.place):
        members.setdefault(str(row.properties["role"]), []).append(row.properties["member"])
    audits = [
        {
            "service": row.properties["service"],
            "auditLogConfigs": row.properties["auditLogConfigs"],
        }
        for row in making.cloud.all(AUDIT_CONFIG, making.place)
    ]
    bindings = [{"role": role, "members": who} for role, who in members.items()]
    return json.dumps({"auditConfigs": audits, "bindings": bindings})
