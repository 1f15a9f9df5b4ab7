"""The regions of each cloud: for hints alone, since clouds open new ones between releases of this package."""

from collections.abc import Mapping
from types import MappingProxyType

from claude_byoc.contract import aws, azure, google
from claude_byoc.contract.problems import Problem, nearest

_KNOWN: Mapping[str, tuple[str, frozenset[str]]] = MappingProxyType(
    {
        "aws": ("Region of AWS", aws.REGIONS),
        "google": ("region of Google Cloud", google.REGIONS),
        "vertex": (
            "location of Vertex AI",
            google.REGIONS | {google.GLOBAL, *google.MULTI_REGIONS},
        ),
        "azure": ("location of Azure", azure.LOCATIONS),
    }
)
"""Cloud, or service with places of its own -> what it calls a region, and those known here."""


def check_region(key: str, cloud: str, region: object) -> list[Problem]:
    """Return a warning for a region that is not known here, with the one that was probably meant.

    `cloud` is `aws`, `google`, `vertex` or `azure`; of a `region` that is no text, not known yet, nothing is said.
    """
    what, known = _KNOWN[cloud]
    if not isinstance(region, str) or region in known:
        return []
    swapped = (one for one in sorted(known) if sorted(one) == sorted(region))
    close = next(swapped, None) or (nearest(region, known) if len(region) <= _LONGEST else None)
    shown = region if len(region) <= _LONGEST else "a long text"
    keep = "keep it if it is newer than this package"
    cure = f"did you mean {close}? Otherwise {keep}" if close else f"check it, or {keep}"
    return [Problem(key, f"is {shown}, which is no {what} known here", f"a {what}", cure, "warning")]


_LONGEST = 40
