"""The committed reference pages say what the tables say."""

import pytest

from claude_byoc.contract import aws, entra, quotas
from claude_byoc.contract.manifest_keys import MANIFEST_KEYS
from claude_byoc.contract.models import MODELS, PLATFORMS
from tools.reference_pages import pages

PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_current(path: object) -> None:
    (page,) = [page for page in PAGES if page == path]
    assert page.exists(), "run `make schema`"
    assert page.read_text("utf-8") == PAGES[page], f"{page.name} is not current: run `make schema`"


def test_nothing_is_left_out() -> None:
    by_name = {path.name: text for path, text in PAGES.items()}
    keys, models = by_name["manifest-keys.md"], by_name["models.md"]
    for key in MANIFEST_KEYS.values():
        (row,) = [line for line in keys.splitlines() if line.startswith(f"| `{key.name}` |")]
        assert f"| {key.placement} | {'yes' if key.secret else 'no'} |" in row
        for other, _ in (*key.requires, *key.expects):
            assert any(other in line for line in keys.splitlines() if line.startswith(f"* `{key.name}`"))
    for cloud in entra.CLOUDS.values():
        assert f"| `{cloud.authority_host}` | `{cloud.graph_host}` |" in keys
    for quota in (quota for table in quotas.QUOTAS.values() for quota in table.values()):
        assert f"| {quota.limit:,} | {quota.unit} |" in keys
    for region in aws.OPT_IN_REGIONS:
        assert f"`{region}`" in keys
    for model in MODELS:
        assert all(f"`{name}`" in models for platform in PLATFORMS for name in model.ids(platform))


def test_tables_have_as_many_cells_in_each_row() -> None:
    for text in PAGES.values():
        for block in text.split("\n\n"):
            rows = [line.replace("\\|", "") for line in block.splitlines() if line.startswith("|")]
            assert len({row.count("|") for row in rows}) <= 1
