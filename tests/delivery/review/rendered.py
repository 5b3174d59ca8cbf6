"""What a comment says once it is rendered, by a parser of GitHub's dialect that the review does not use."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Bare addresses become links on GitHub; the parser does that by a package of its own, so tests look for them in words.
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[Token]:
    """All tokens, those within lines too."""
    return [each for token in _PARSER.parse(markdown) for each in (token, *(token.children or ()))]


def structure(markdown: str) -> list[tuple[str, str]]:
    """What is markup: types of tokens with their HTML, without words and code. Equal however words differ."""
    plain = {"text", "code_inline", "inline", "text_special", "fence", "softbreak"}
    return [
        (each.type, each.content if each.type.startswith("html") else "")
        for each in tokens(markdown)
        if each.type not in plain
    ]


def words(markdown: str) -> Iterator[str]:
    """What is read as text outside of code, line by line."""
    for each in _PARSER.parse(markdown):
        if each.children:
            yield "".join(child.content for child in each.children if child.type != "code_inline")


def codes(markdown: str) -> list[str]:
    """What is shown as code, in lines and in blocks."""
    return [each.content for each in tokens(markdown) if each.type in ("code_inline", "fence")]
