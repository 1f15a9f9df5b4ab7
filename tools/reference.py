"""Generated reference: the contract's pages, the JSON Schema of stack files, the schema of the component plugin.

`make schema` writes them; tests hold them against the code, so that none changes unseen. The last is API: programs
in other languages are generated from it.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from claude_byoc.settings.schema import stack_file_schema
from tools.engine.acquire import Engine
from tools.engine.sandbox import Sandbox
from tools.project import LOCAL, ROOT, install_stand_ins, local_engine
from tools.reference_pages import REFERENCE, pages

STACK_FILE = REFERENCE / "stack-file.schema.json"
COMPONENTS = REFERENCE / "components.schema.json"


def component_schema(engine: Engine, folder: Path) -> dict[str, Any]:
    """Return what the engine prints for `pulumi package get-schema ./components`, run with state in `folder`."""
    sandbox = Sandbox(engine, folder, LOCAL / "pulumi-home")
    install_stand_ins(sandbox)
    return json.loads(sandbox.run("package", "get-schema", str(ROOT / "components")).stdout)


def text(schema: dict[str, Any]) -> str:
    """Return a schema as the reference files hold it."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the reference files; return an exit code."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    STACK_FILE.write_text(text(stack_file_schema()), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        COMPONENTS.write_text(text(component_schema(local_engine(), Path(folder))), "utf-8")
    written = pages()
    for file, content in written.items():
        file.write_text(content, "utf-8")
    for file in (STACK_FILE, COMPONENTS, *written):
        print(f"wrote {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
