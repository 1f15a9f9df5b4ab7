"""What the build writes for each environment, kept to be read and compared.

`python -m tests.rollout.golden` writes it anew; read the difference before it is committed.
"""

from pathlib import Path

from claude_byoc.rollout.build import build_all
from claude_byoc.rollout.environment import read_environment
from claude_byoc.rollout.markdown import to_markdown
from claude_byoc.rollout.user_guide import user_guide

from .conftest import MAIL
from .environments import environments

FOLDER = Path(__file__).parent / "golden"
DATE = "2026-11-21"
_SCRIPT = "gateway"
"""The environment whose deploy.ps1 is kept: the others differ in the list of manifests alone."""


def made(name: str) -> dict[str, str]:
    """The pages of an environment as text; of the user guides, which exist as HTML alone, the Markdown."""
    outputs = environments()[name]
    built = build_all(outputs, {}, environment=name, date=DATE, outlook_template=MAIL)
    kept = {".md", ".json", ".csv", *([".ps1"] if name == _SCRIPT else [])}
    pages = {
        file.name: file.content.decode("utf-8-sig").replace("\r\n", "\n")
        for file in built.files
        if Path(file.name).suffix in kept and not file.secret and file.name != "intune-oma-uri.json"
    }
    env = read_environment(outputs, name=name, date=DATE)
    return pages | {f"user-guide-{host}.md": to_markdown(user_guide(env, host)) for host in env.hosts}


def write() -> None:
    """Write every golden file, and remove those that are none any more."""
    for name in environments():
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        files = made(name)
        for old in folder.iterdir():
            if old.name not in files:
                old.unlink()
        for file, text in files.items():
            (folder / file).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    write()
