"""What people can do in which application on which connection path, and what they would have with a Claude account.

Every cell of feature, path and host has exactly one fact; `unknown` where no source says anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Support = Literal["yes", "partly", "no", "unknown"]

ACCOUNT = "account"
"""Signing in with a Claude account, for comparison."""
PATHS: Mapping[str, str] = MappingProxyType(
    {
        ACCOUNT: "Claude account",
        "bedrock": "Amazon Bedrock direct",
        "vertex": "Vertex AI direct",
        "foundry": "Microsoft Foundry direct",
        "gateway": "LLM gateway",
        "gateway-foundry": "LLM gateway that the add-in detects as routing to a Foundry-compatible upstream",
    }
)
"""Path -> its name in texts."""
HOSTS: tuple[str, ...] = ("office", "outlook", "desktop")
WITHOUT: frozenset[tuple[str, str]] = frozenset({("bedrock", "outlook")})
"""(path, host) that do not exist: Claude for Outlook cannot use Bedrock."""

FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "chat": "Chat with the open spreadsheet, deck, document or mail",
        "edit": "Read and edit cells, slides, formulas and text",
        "mailbox": "Read, search and triage mail and calendar",
        "web_search": "Web search",
        "code_execution": "Code execution",
        "file_uploads": "File uploads",
        "skills": "Skills",
        "connectors": "Connectors",
        "dictation": "Dictation",
        "work_across_apps": "Working across apps",
    }
)
"""Feature -> its name in texts, in the order of a comparison."""

_ADDIN = "https://claude.com/docs/office-agents/third-party-platforms"
_BOOTSTRAP = "bootstrap page of claude-for-msft-365-install"
_DESKTOP = "https://claude.com/docs/third-party/claude-desktop, configuration reference"
_THIRD_PARTY = tuple(path for path in PATHS if path != ACCOUNT)
_ADDINS = ("office", "outlook")


@dataclass(frozen=True)
class Fact:
    """One or more cells: `feature` on `paths` in `hosts`.

    `note` says how or within what limits, in a sentence for users; `allowlist` names addresses that this
    feature alone needs.
    """

    feature: str
    support: Support
    paths: tuple[str, ...]
    hosts: tuple[str, ...]
    note: str = ""
    allowlist: tuple[str, ...] = ()
    source: str = _ADDIN


def _account() -> tuple[Fact, ...]:
    more: Mapping[str, tuple[str, ...]] = {
        "connectors": ("mcp-proxy.anthropic.com",),
        "work_across_apps": ("bridge.claudeusercontent.com",),
    }
    everywhere = tuple(feature for feature in FEATURES if feature != "mailbox")
    return (
        *(Fact(one, "yes", (ACCOUNT,), _ADDINS, allowlist=more.get(one, ())) for one in everywhere),
        *(Fact(one, "unknown", (ACCOUNT,), ("desktop",), source=_DESKTOP) for one in everywhere),
    )


FACTS: tuple[Fact, ...] = (
    *_account(),
    Fact("chat", "yes", _THIRD_PARTY, _ADDINS),
    Fact("edit", "yes", _THIRD_PARTY, _ADDINS),
    Fact(
        "chat",
        "partly",
        _THIRD_PARTY,
        ("desktop",),
        "Cowork works; the chat tab is off until `chatTabEnabled` is set.",
        source=_DESKTOP,
    ),
    Fact(
        "edit",
        "yes",
        _THIRD_PARTY,
        ("desktop",),
        "Files in the folders that people share; `allowedWorkspaceFolders` limits them.",
        source=_DESKTOP,
    ),
    Fact("mailbox", "no", tuple(PATHS), ("office",), "Mail and calendar are Claude for Outlook's."),
    Fact(
        "mailbox",
        "yes",
        tuple(path for path in PATHS if path != "bedrock"),
        ("outlook",),
        allowlist=("graph.microsoft.com",),
    ),
    Fact("mailbox", "no", ("bedrock",), ("outlook",), "Claude for Outlook cannot use Amazon Bedrock."),
    Fact("mailbox", "unknown", (ACCOUNT,), ("desktop",), source=_DESKTOP),
    Fact(
        "mailbox",
        "partly",
        _THIRD_PARTY,
        ("desktop",),
        "Through the built-in server `microsoft365`, where `managedMcpServers` holds it.",
        source=_DESKTOP,
    ),
    Fact("web_search", "no", ("bedrock", "gateway"), _ADDINS),
    Fact(
        "web_search",
        "yes",
        ("vertex",),
        _ADDINS,
        "A Google Cloud organisation allows it by the policy constraints/vertexai.allowedPartnerModelFeatures.",
        source=f"{_ADDIN}; https://docs.cloud.google.com/vertex-ai/generative-ai/docs/control-model-access",
    ),
    Fact("web_search", "yes", ("foundry", "gateway-foundry"), _ADDINS),
    Fact(
        "web_search",
        "partly",
        _THIRD_PARTY,
        ("desktop",),
        "Where the provider offers it, or through the built-in server `websearch` of `managedMcpServers`; "
        "`disabledBuiltinTools` switches it off.",
        source=_DESKTOP,
    ),
    Fact("code_execution", "no", ("bedrock", "vertex", "gateway"), _ADDINS),
    Fact("code_execution", "yes", ("foundry", "gateway-foundry"), _ADDINS),
    Fact(
        "code_execution",
        "yes",
        _THIRD_PARTY,
        ("desktop",),
        "In a sandbox on the person's own device.",
        source=_DESKTOP,
    ),
    Fact("file_uploads", "no", _THIRD_PARTY, _ADDINS),
    Fact(
        "file_uploads",
        "yes",
        _THIRD_PARTY,
        ("desktop",),
        "Files stay on the device and are read from shared folders.",
        source=_DESKTOP,
    ),
    Fact(
        "skills",
        "partly",
        _THIRD_PARTY,
        _ADDINS,
        "Only those that a bootstrap response brings; a choice of people's own is announced.",
        source=f"{_ADDIN}; {_BOOTSTRAP}",
    ),
    Fact("skills", "yes", _THIRD_PARTY, ("desktop",), source=_DESKTOP),
    Fact(
        "connectors",
        "partly",
        _THIRD_PARTY,
        _ADDINS,
        "Only MCP servers that `mcp_servers` names; the catalogue of connectors is announced.",
        source=f"{_ADDIN}; {_BOOTSTRAP}",
    ),
    Fact(
        "connectors",
        "partly",
        _THIRD_PARTY,
        ("desktop",),
        "MCP servers of `managedMcpServers`, and people's own unless `isLocalDevMcpEnabled` is off.",
        source=_DESKTOP,
    ),
    Fact("dictation", "no", _THIRD_PARTY, _ADDINS),
    Fact("dictation", "unknown", _THIRD_PARTY, ("desktop",), source=_DESKTOP),
    Fact("work_across_apps", "no", _THIRD_PARTY, _ADDINS),
    Fact("work_across_apps", "unknown", _THIRD_PARTY, ("desktop",), source=_DESKTOP),
)

_BY_CELL: Mapping[tuple[str, str, str], Fact] = MappingProxyType(
    {(fact.feature, path, host): fact for fact in FACTS for path in fact.paths for host in fact.hosts}
)


def fact(feature: str, path: str, host: str) -> Fact:
    """Return the fact of one cell; KeyError for a feature, path or host that is none."""
    return _BY_CELL[feature, path, host]


def comparison(path: str, host: str) -> list[tuple[Fact, Fact]]:
    """Return (with a Claude account, on this path) for every feature, in the order of FEATURES."""
    return [(fact(feature, ACCOUNT, host), fact(feature, path, host)) for feature in FEATURES]
