"""Rules that several of the gateway's settings share."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from claude_byoc.contract.problems import Problem

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,63}")


def check_url(key: str, url: str) -> Iterator[Problem]:
    """Yield a problem for what is no https address; http is taken on loopback alone."""
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password or parts.query or parts.fragment
    except ValueError:
        host, secret, parts = None, None, urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not secure or not host or secret or not re.fullmatch(r"[!-~]+", url) or '"' in url:
        yield Problem(key, "is no address that can be called", "https://HOST[/PATH]; http on loopback alone",
                      "correct it, without user, password or query")  # fmt: skip


def check_word(key: str, value: str, pattern: re.Pattern[str], allowed: str) -> Iterator[Problem]:
    """Yield a problem for a value that the whole pattern does not match; `allowed` says it in words."""
    if not pattern.fullmatch(value):
        yield Problem(key, "is missing" if not value else "is not valid", allowed, "correct the value")


def check_range(key: str, value: float, least: int, most: int) -> Iterator[Problem]:
    """Yield a problem for a number that is no whole one from `least` to `most`, both allowed."""
    if isinstance(value, bool) or value != int(value) or not least <= value <= most:
        yield Problem(key, "is out of range", f"a whole number from {least} to {most}", "correct it")


def check_team(key: str, name: str) -> Iterator[Problem]:
    """Yield a problem for what can be no team: those of gateway tokens and of Entra's app roles."""
    if not _TEAM.fullmatch(name):
        allowed = "1 to 64 letters, digits, spaces and _ . -"
        yield Problem(key, "names a team that cannot be one", allowed, "name it as tokens and teamRoles do")
