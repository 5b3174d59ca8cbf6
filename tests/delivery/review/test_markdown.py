"""Foreign text stays text, whatever it has in it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.review.markdown import block, cell, code, text
from tests.delivery.review.rendered import codes, structure, tokens, words

HOSTILE = (
    "</details><script>alert(1)</script>",
    "a | b |\n|---|---|\n| c | \\| d \\\\| e",
    "`` ` ``` x ```` `",
    "# heading\n- item\n1. one\n> quote\n\n---",
    "[link](https://evil.example) ![image](https://evil.example/i.png) <https://evil.example>",
    "https://evil.example www.evil.example mary@evil.example",
    "@wedsync/everybody fixes #12, GH-12, wedsync/platform#12",
    "*a* **b** _c_ __d__ ~~e~~ $x$ &lt; &amp; &#64;",
    "<!-- wedops review prod -->",
    "\x1b[31mred\x1b[0m \u202eright to left\u202c \u200b nothing",
    "\\`not\\`",
    "```\n</details>\n```",
)
ANYTHING = st.one_of(
    st.sampled_from(HOSTILE), st.text(alphabet="`|\\<>*_[]()#@&!~$-\n ax1.:/", max_size=30), st.text(max_size=30)
)


@given(value=ANYTHING)
def test_code_is_one_piece_of_code(value: str) -> None:
    markdown = f"- {code(value)} end\n"
    assert structure(markdown) == structure("- `x` end\n")
    (shown,) = codes(markdown)
    # Renderers take a space off both ends where there is one at both.
    assert shown.strip() == _seen(value)


@given(value=ANYTHING)
def test_text_is_one_piece_of_text(value: str) -> None:
    markdown = f"- x {text(value)} end\n"
    assert structure(markdown) == structure("- x y end\n")
    (line,) = words(markdown)
    assert re.sub(r"\s+", " ", line.replace("\u2060", "")) == re.sub(r"\s+", " ", f"x {_seen(value)} end")
    assert re.search(r"@\w|#\d", line) is None


@given(value=ANYTHING)
def test_a_block_ends_where_it_ends(value: str) -> None:
    markdown = f"{block(value)}\n\nend\n"
    assert structure(markdown) == structure("end\n")
    assert [each.type for each in tokens(markdown)].count("fence") == 1


@given(value=ANYTHING)
def test_a_cell_is_one_cell(value: str) -> None:
    table = "| a | b |\n|---|---|\n| {} | end |\n"
    assert structure(table.format(cell(value))) == structure(table.format("x"))


@pytest.mark.parametrize(
    "address", ["https://evil.example", "http://evil.example", "www.evil.example", "WWW.evil.example"]
)
def test_an_address_is_no_link(address: str) -> None:
    for shown in (text(f"see {address}"), cell(f"see {address}")):
        assert re.search(r"(?i)https?://|www\.", shown) is None


def test_what_nobody_sees_is_seen() -> None:
    assert code("\u202eabc\u200b\x1b") == "`�abc��`"


def test_long_text_is_cut() -> None:
    assert text("a" * 30, limit=10) == "a" * 10 + "…"
    assert code("a" * 30, limit=10) == f"`{'a' * 10}…`"


def test_a_long_block_keeps_both_ends() -> None:
    assert block("begin" + "x" * 100 + "end", limit=20) == "```text\nbeginxxxxx\n…\nxxxxxxxend\n```"


def _seen(value: str) -> str:
    """The value as a line, with what is invisible made visible."""
    line = " ".join(value.split()) if value.strip() else value
    return "".join("\ufffd" if unicodedata.category(each).startswith("C") else each for each in line).strip()
