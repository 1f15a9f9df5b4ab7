"""Says what a refusal of Azure means and what to do, beside the provider's own words."""

import pulumi

from claude_byoc.contract.azure_errors import explain
from claude_byoc.contract.problems import Problem


def explained(name: str, resource: pulumi.Resource) -> pulumi.ErrorHook:
    """Return an error hook that explains and never retries: the Azure provider itself has tried again.

    `name` is unique in the program; explanations are said at `resource`.
    """

    def on_error(args: pulumi.ErrorHookArgs) -> bool:
        if known := explain(args.errors[0]):
            text = Problem(args.name, known.means, known.allowed, known.cure)
            pulumi.log.error(text.text, resource)
        return False

    return pulumi.ErrorHook(name, on_error)
