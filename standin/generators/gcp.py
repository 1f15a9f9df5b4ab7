"""Google Cloud: what its services put together."""

import hashlib
import json

from standin.generators import Making, generator
from standin.rules.gcp import AUDIT_CONFIG, MEMBER, SECRET_VERSION
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


@generator("secret_version_name")
def secret_version_name(making: Making) -> Plain:
    """Return the next version's name: numbers rise from 1, and the project stands by its number.

    source: resource_secret_manager_secret_version.go (the name comes from the API's answer)
    """
    secret = f"projects/{making.scope['projectNumber']}/secrets/{_last(making.properties['secret'])}"
    prefix = f"{secret}/versions/"
    rows = making.cloud.all(SECRET_VERSION, making.place)
    taken = [int(_last(row.id)) for row in rows if row.id.startswith(prefix)]
    return f"{prefix}{max(taken, default=0) + 1}"


@generator("secret_version")
def secret_version(making: Making) -> Plain:
    """Return the number at the end of a version's name."""
    return _last(making.properties["name"])


@generator("cloud_run_urls")
def cloud_run_urls(making: Making) -> Plain:
    """Return every address of a service; the first is `uri`."""
    return [making.properties["uri"]]


@generator("public_address")
def public_address(making: Making) -> Plain:
    """Return an address of those that are kept for examples. source: RFC 5737 (203.0.113.0/24)."""
    return f"203.0.113.{1 + _number(making) % 254}"


@generator("private_address")
def private_address(making: Making) -> Plain:
    """Return a private address; which range the subnet has is not looked at."""
    return f"10.0.0.{2 + _number(making) % 252}"


@generator("dns_authorization_records")
def dns_authorization_records(making: Making) -> Plain:
    """Return the CNAME that proves the domain.

    source: cloud.google.com/certificate-manager/docs/dns-authorizations (per-project records have a name of their own)
    """
    digest = hashlib.sha256(str(making.properties["domain"]).encode()).hexdigest()
    own = f"_{digest[:16]}" if making.properties.get("type") == "PER_PROJECT_RECORD" else ""
    target = f"{digest[:32]}.{making.properties['location']}.authorize.certificatemanager.goog."
    name = f"_acme-challenge{own}.{making.properties['domain']}."
    return [{"name": name, "type": "CNAME", "data": target}]


def _number(making: Making) -> int:
    return int(hashlib.sha256(str(making.properties["name"]).encode()).hexdigest()[:8], 16)


def _last(path: Plain) -> str:
    return str(path).rsplit("/", 1)[-1]
