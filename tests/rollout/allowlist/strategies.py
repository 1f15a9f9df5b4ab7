"""Hosts that cover, equal and miss each other often."""

from hypothesis import strategies as st

_LABELS = st.lists(st.sampled_from(["a", "b", "toString", "x-1"]), min_size=1, max_size=3)


def _name(start: str, labels: list[str]) -> str:
    return start + ".".join([*labels, "example"])


HOSTS = st.builds(_name, st.sampled_from(["", "*."]), _LABELS)
