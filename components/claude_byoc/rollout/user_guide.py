"""The user guide: one printable page per host, for the people who work with Claude.

source: https://claude.com/docs/office-agents/third-party-platforms (connection instructions for end users);
https://claude.com/docs/third-party/claude-desktop
"""

from collections.abc import Iterator

from claude_byoc.contract import capabilities
from claude_byoc.rollout.consent import EXERCISE
from claude_byoc.rollout.document import (
    Block,
    Code,
    Document,
    Items,
    Link,
    Notice,
    Rich,
    Section,
    Strong,
    Table,
    Text,
)
from claude_byoc.rollout.environment import HOST_NAMES, PATHS, Environment
from claude_byoc.rollout.rings import FIRST, UPDATE

APPSOURCE = {
    "Excel": "https://appsource.microsoft.com/product/office/WA200009404",
    "PowerPoint": "https://appsource.microsoft.com/product/office/WA200010001",
    "Word": "https://appsource.microsoft.com/product/office/WA200010453",
}
"""Application -> the add-in's page in AppSource, for people who install it themselves."""

_CHOICES = {"bedrock": "Bedrock", "vertex": "Vertex", "foundry": "Azure", "gateway": "Gateway"}
"""Connection path -> its name on the add-in's sign-in screen."""

_SHOWN_KEYS = {
    "bedrock": ("aws_role_arn", "aws_region"),
    "vertex": ("gcp_project_id", "gcp_region"),
    "foundry": ("azure_resource_name",),
    "gateway": ("gateway_url",),
}
"""What people enter by hand where no manifest does it for them."""


def user_guide(env: Environment, host: str) -> Document:
    """Return the guide of one host (`office`, `outlook`, `desktop`)."""
    sections = [
        Section("find", "Where Claude is", tuple(_find(host))),
        Section(
            "connect", "Connect", tuple(_desktop_connect(env) if host == "desktop" else _connect(env, host))
        ),
        Section("renew", "Change or renew the connection", tuple(_renew(env, host))),
        Section("features", "What works, compared with a Claude account", tuple(_features(env, host))),
        Section("data", "Your data", tuple(_data(env, host))),
        Section("trouble", "If something does not work", tuple(_trouble(env, host))),
        Section("help", "Whom to ask", (_ask(env),)),
    ]
    return Document(
        title=f"Claude in {HOST_NAMES[host]}",
        subtitle="How to find it, connect and get help." + (f" Environment {env.name}." if env.name else ""),
        sections=tuple(sections),
        notice=EXERCISE if env.exercise else "",
    )


def _find(host: str) -> Iterator[Block]:
    if host == "desktop":
        yield Text(
            "IT installs Claude on your computer. Start it from the Start menu (Windows) or from Applications (Mac)."
        )
        yield Text("If it was running while IT set it up, quit it and open it again.")
        return
    if host == "outlook":
        yield Items(
            (
                "Open a message. Claude is in the ribbon above it.",
                "Pin the pane to keep it open from one message to the next.",
            )
        )
        yield Text("Claude for Outlook needs a mailbox in Exchange Online and does not run on phones.")
    else:
        yield Items(
            (
                (Strong("Windows: "), "open Excel, PowerPoint or Word, then Home, Add-ins, Claude."),
                (Strong("Mac: "), "Tools, Add-ins, Claude."),
                (Strong("Web: "), "Home, Add-ins, Claude."),
            )
        )
    yield Text(
        f"After IT has assigned the add-in to you it appears within {FIRST}. Restart the application to look again."
    )


def _connect(env: Environment, host: str) -> Iterator[Block]:
    paths = env.paths(host)
    steps: list[Rich] = ["Open the Claude add-in."]
    if len(paths) > 1:
        names = " or ".join(_CHOICES[path] for path in paths)
        steps.append(
            (
                "On the sign-in screen select ",
                Strong("Cloud provider or gateway"),
                f", then {names}: take the one IT told you.",
            )
        )
    if _must_enter(env, host):
        steps += _by_hand(env, paths or ("gateway",))
    else:
        steps += [step for path in paths for step in _prefilled(env, path)]
        if env.values.get(host, {}).get("auto_connect") == "0":
            steps.append(("The form is filled in. Select ", Strong("Connect"), "."))
    steps.append("Ask a first question, for instance: What is in this document?")
    nothing = not _must_enter(env, host) and len(paths) == 1
    yield Text(
        "You need to enter nothing: IT has set the connection up."
        if nothing
        else "IT has prepared most of it."
    )
    yield Items(tuple(steps), ordered=True)
    if env.values.get(host, {}).get("allow_1p") == "1":
        yield Text(
            "The screen also offers to sign in with a Claude account. Use that only if IT told you to."
        )
    if host == "office":
        yield from _from_appsource(env, paths)


def _must_enter(env: Environment, host: str) -> bool:
    """Tell whether people type a token or key that neither the manifest nor their directory entry carries."""
    paths = env.paths(host)
    if env.values.get(host, {}).get("gateway_auth_source") == "entra":
        return False
    if "gateway" in paths:
        return not env.has_secret("gateway_token")
    return "foundry" in paths and not env.has_secret("azure_api_key")


def _prefilled(env: Environment, path: str) -> Iterator[Rich]:
    if path == "vertex":
        yield "A Google window opens. Sign in with the Google account of your work and allow the access."
    elif path == "bedrock" or env.value("gateway_auth_source") == "entra":
        yield "If a window asks, sign in with your work account (Microsoft). No other password is needed."
    else:
        yield "The add-in connects by itself."


def _by_hand(env: Environment, paths: tuple[str, ...]) -> Iterator[Rich]:
    names = " or ".join(_CHOICES[path] for path in paths)
    yield "Select ", Strong("Cloud provider or gateway"), f", then {names}."
    for path in paths:
        for key in _SHOWN_KEYS[path]:
            if value := env.value(key):
                yield f"{_label(key)}: ", Code(value)
    if "gateway" in paths:
        yield "API token: the one that IT gave you. Never enter a provider's own key."
    if "foundry" in paths:
        yield "API key: the one that IT gave you."
    if "vertex" in paths:
        yield "Google client id and secret: those that IT gave you."
    yield "Select ", Strong("Connect"), ". The add-in tries the connection and opens."


def _label(key: str) -> str:
    return {
        "gateway_url": "Gateway URL",
        "azure_resource_name": "Azure resource name",
        "gcp_project_id": "Google Cloud project",
        "gcp_region": "Region",
        "aws_role_arn": "AWS role",
        "aws_region": "AWS Region",
    }[key]


def _from_appsource(env: Environment, paths: tuple[str, ...]) -> Iterator[Block]:
    links: list[Rich] = [Link(f"Claude for {name}", url) for name, url in APPSOURCE.items()]
    yield Text(
        "If IT allows people to install add-ins themselves, the same add-in is in Microsoft AppSource:"
    )
    yield Items(tuple(links))
    if env.value("gateway_auth_source") == "entra":
        # Scope and app of the access token are manifest-only keys, so no form asks for them.
        yield Text(
            "Installed from there it cannot sign in here: this connection needs the add-in that IT assigns."
        )
        return
    yield Text("Installed from there it knows nothing of this organisation yet: enter the connection once.")
    yield Items(tuple(_by_hand(env, paths or ("gateway",))), ordered=True)


def _desktop_connect(env: Environment) -> Iterator[Block]:
    kind = env.desktop.get("inferenceCredentialKind", "")
    yield Text("You need no Claude account. IT has set the connection up.")
    if kind in ("interactive", "external-idp", "workforce"):
        yield Items(
            (
                "Start Claude.",
                "A browser window asks you to sign in. Use your work account.",
                "Back in Claude, choose a folder to work in and ask.",
            ),
            ordered=True,
        )
    else:
        yield Items(
            ("Start Claude. It connects by itself.", "Choose a folder to work in and ask."), ordered=True
        )


def _renew(env: Environment, host: str) -> Iterator[Block]:
    if host == "desktop":
        yield Text("IT changes the connection. Quit Claude and open it again to take the change at once.")
        yield Text("If Claude asks you to sign in again, use your work account.")
        return
    paths = env.paths(host)
    if "gateway" in paths:
        if env.value("gateway_auth_source") == "entra":
            yield Text("Your sign-in renews itself. If it does not: account menu, Logout, and sign in again.")
        else:
            yield Text(
                (
                    "When your token ends or IT gives you a new one: Settings in the add-in, enter it, then ",
                    Strong("Test Connection"),
                    ".",
                )
            )
    if set(paths) - {"gateway"} or not paths:
        yield Text("Account menu, Logout, then sign in again. That takes new values and new rights.")
    yield Text(
        f"A change that IT makes to the add-in reaches you within {UPDATE}. Restarting the application helps."
    )


def _features(env: Environment, host: str) -> Iterator[Block]:
    for path in env.paths(host) or ("gateway",):
        if (path, host) in capabilities.WITHOUT:
            continue
        rows: list[tuple[Rich, ...]] = [
            (
                capabilities.FEATURES[here.feature],
                _SAID[account.support],
                _SAID[here.support],
                _note(here.note),
            )
            for account, here in capabilities.comparison(path, host)
            if here.support != "unknown" and (account.support, here.support) != ("no", "no")
        ]
        yield Table(
            f"Features with {PATHS[path]}", ("Feature", "Claude account", "Here", "Note"), tuple(rows)
        )
        if path == "gateway" and host != "desktop":
            yield Text(
                "Behind some gateways more works (web search, code execution): where the add-in finds that the "
                "gateway forwards to a Foundry-compatible provider."
            )
    if off := env.values.get(host, {}).get("disabled_features", ""):
        yield Text(("Switched off by IT: ", Code(off), "."))
    yield Text("If you need something that is missing here, ask IT whether a Claude account is possible.")


def _note(note: str) -> Rich:
    """Return a note of the contract, in which keys stand between backticks."""
    return tuple(Code(part) if place % 2 else part for place, part in enumerate(note.split("`")) if part)


_SAID = {"yes": "yes", "no": "no", "partly": "in part", "unknown": "not stated"}


def _data(env: Environment, host: str) -> Iterator[Block]:
    paths = env.paths(host)
    where = " or ".join(
        "its own gateway" if path == "gateway" else f"its own {PATHS[path]}" for path in paths
    )
    yield Text(
        f"Your organisation sends your prompts and documents to {where or 'a provider that it has chosen'}."
    )
    if host == "desktop":
        yield Text("Conversations and files stay on your computer.")
    else:
        yield Text(
            "Conversations are kept on this device, the last 50 of each application. They do not follow you to another."
        )
    if env.value("otlp_endpoint"):
        yield Text("Your organisation keeps a record of use, with prompts and answers, for audits.")
    if host == "outlook":
        yield Text("Claude can read mail and calendar and write drafts. It cannot send mail by itself.")
    yield Notice("Check what Claude writes before you rely on it.")


def _trouble(env: Environment, host: str) -> Iterator[Block]:
    rows: list[tuple[Rich, ...]] = [
        (
            "Claude is not there",
            f"Wait {FIRST} after the assignment, restart the application, then ask."
            if host != "desktop"
            else "Ask IT to install it.",
        ),
        ("Connection refused, network error", "Check the VPN and try again; then ask."),
        ("401, invalid token", "Log out and in again. With a token: enter a new one."),
        ("403, access denied", "Your account is not in the group. Ask."),
        ("No models available", "Ask: the provider has no Claude model enabled for you."),
    ]
    if host != "desktop":
        rows.append(("AADSTS65001, need admin approval", "Consent is missing. Send the code to IT."))
    if "gateway" in env.paths(host):
        rows.append(("Answers stop or hang", "Try again; if it happens often, tell IT the time."))
    yield Table("Messages", ("You see", "Do"), tuple(rows))


def _ask(env: Environment) -> Block:
    ask = env.support
    items: list[Rich] = []
    if ask.name:
        items.append(Strong(ask.name))
    if ask.email:
        items.append(Link(ask.email, f"mailto:{ask.email}"))
    if ask.phone:
        items.append(ask.phone)
    if ask.url:
        items.append(Link(ask.url, ask.url))
    return Items(tuple(items)) if items else Text("The IT help desk of your organisation.")
