"""Tables of the command: whatever the terminal's width, no word is cut or broken."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claude_byoc.cli.tables import table_text

ARN = "arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc123def456ghi789jkl"
URL = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/adminconsent?client_id=99999999"
WORDS = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=70)
CELL = st.lists(WORDS, max_size=6).map(" ".join)


@given(st.integers(20, 200), st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4), st.booleans())
@example(80, [("finance", ARN, URL)], False)
@example(80, [("short", "[red]x[/red]", "two\nlines of words")], True)
def test_every_word_is_there_in_full(width: int, rows: list[tuple[str, str, str]], lines: bool) -> None:
    shown = table_text(("Who", "Id", "Link"), rows, lines=lines, width=width).split()
    for word in " ".join(cell for row in rows for cell in row).split():
        assert word in shown


def test_a_table_where_it_fits_and_a_list_where_not() -> None:
    rows = [("finance", ARN, "everybody in finance")]
    wide, narrow = (table_text(("Team", "Profile", "Who"), rows, width=width) for width in (140, 80))
    assert "│ finance" in wide
    assert narrow == f"Team: finance\n  Profile: {ARN}\n  Who: everybody in finance\n"
    assert all(len(line) <= 140 for line in wide.splitlines())


def test_a_long_word_in_a_sentence_goes_over_two_lines_whole() -> None:
    rows = [
        ("claude-desktop.mobileconfig", "see /etc/claude-desktop/managed-settings.json, owned by root", "no")
    ]
    shown = table_text(("File", "Purpose", "Secret"), rows, prose=["Purpose"], width=76)
    assert "│ claude-desktop.mobileconfig │" in shown
    purpose = [line.split("│")[2].strip() for line in shown.splitlines() if line.startswith("│")]
    assert "/etc/claude-desktop/managed-settings.json," in "".join(purpose)
    assert max(map(len, shown.splitlines())) <= 76


@pytest.mark.parametrize("width", [64, 80, 120])
def test_a_table_is_no_wider_than_the_terminal(width: int) -> None:
    rows = [("claude.example.com/", "443", "always", "office, outlook, desktop", "inference and models " * 6)]
    shown = table_text(("Address", "Port", "Needed", "For", "Why"), rows, width=width)
    assert "│" in shown
    assert max(map(len, shown.splitlines())) <= width
