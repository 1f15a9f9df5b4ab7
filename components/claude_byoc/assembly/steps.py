"""What a person must still do in any environment, before and after what the parts ask for."""

import pulumi
from pulumi import Output

from claude_byoc import outputs as out


def consent_steps(consent: out.Consent) -> list[out.NextStep]:
    """Return a step for each consent link."""
    return [
        {"who": link["who"], "what": f"Give consent: {link['why']}", "url": link["url"]}
        for link in consent["links"]
    ]


def rollout_steps(
    attributes: list[out.UserAttributes], *, manifests: bool, desktop: bool
) -> list[out.NextStep]:
    """Return the steps from the outputs to people's applications, as far as there are manifests or a profile."""
    steps: list[out.NextStep] = []
    if attributes:
        teams = ", ".join(row["group"] for row in attributes)
        steps.append(
            {
                "who": "User administrator",
                "what": f"Write the directory attributes of each team's people (output userAttributes): {teams}",
            }
        )
    if manifests or desktop:
        steps.append(
            {
                "who": "Platform engineer",
                "what": "Write the rollout files",
                "command": f"claude-byoc build -s {pulumi.get_stack()}",
            }
        )
    if desktop:
        steps.append(
            {
                "who": "Device administrator",
                "what": "Install Claude Desktop and its configuration from the rollout files through device "
                "management, for a pilot group first",
            }
        )
    if not manifests:
        return steps
    return [
        *steps,
        {
            "who": "Microsoft 365 administrator",
            "what": "Upload each manifest under Integrated apps > Upload custom apps, for a pilot group "
            "first (people see it within 24 hours)",
            "url": Output.from_input("https://admin.cloud.microsoft/?#/Settings/IntegratedApps"),
        },
    ]
