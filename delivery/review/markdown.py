"""Foreign text in Markdown that GitHub renders: it is shown as it is, and is no markup, no link and no mention.

GitHub's dialect: https://github.github.com/gfm/.
"""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = re.compile(r"([\\`*_\[\]<>()#|~$&])")
_LINK = re.compile(r"(?i)(www)\.|:(//)")
# A word joiner has no width: "@team" with one in it notifies nobody, and "#12" refers to no other issue.
_MENTION = re.compile(r"(@|#)")
_CELL = re.compile(r"(?i)[^\w .,:;%+()→-]|_|(?<=www)\.")
_JOINER = "\u2060"
_CUT = "…"


def text(value: str, limit: int = 2000) -> str:
    """Return a sentence as plain text in one line, cut after `limit` characters."""
    escaped = _PUNCTUATION.sub(r"\\\1", _line(value, limit))
    without_links = _LINK.sub(lambda found: f"{found[1]}\\." if found[1] else ":\\/\\/", escaped)
    return _MENTION.sub(rf"\1{_JOINER}", without_links)


def code(value: str, limit: int = 200) -> str:
    """Return a name or a value as code in one line, cut after `limit` characters. Not for a table's cell."""
    line = _line(value, limit)
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    # A space at both ends is taken away by whoever renders it, and is needed beside a backtick.
    pad = " " if "`" in (line[:1], line[-1:]) or line.strip(" ") != line else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line.strip() else "` `"


def cell(value: str) -> str:
    """Return what stands in a table's cell: letters, digits, and what amounts and times are written with."""
    return _CELL.sub("·", _line(value, 200))


def block(value: str, limit: int = 2000) -> str:
    """Return lines as they are, such as an engine's message; cut in the middle, for both ends say most."""
    lines = [_clean(line) for line in value.splitlines()]
    whole = "\n".join(lines)
    if len(whole) > limit:
        half = limit // 2
        whole = f"{whole[:half]}\n{_CUT}\n{whole[-half:]}"
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", whole)), 3)
    return f"{fence}text\n{whole}\n{fence}"


def _line(value: str, limit: int) -> str:
    line = _clean(" ".join(value.split()) if value.strip() else value)
    return line if len(line) <= limit else f"{line[:limit]}{_CUT}"


def _clean(value: str) -> str:
    """Without characters that nobody sees, of which some turn the direction of the others."""
    return "".join("\ufffd" if unicodedata.category(each)[0] == "C" else each for each in value)
