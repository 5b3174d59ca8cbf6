"""A `pulumi` that previews by writing a recorded stream, so that commands are tried without an engine.

In its directory are <stack>.json, with "stream" or "events", "code" and "exists",
and calls.log, with every begin and end.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.delivery.review.recorded import stream

_SCRIPT = """#!{python}
import sys
sys.path.insert(0, {checkout!r})
from pathlib import Path
from tests.delivery.review.fake_pulumi import main
sys.exit(main(Path({directory!r}), sys.argv[1:]))
"""


def installed(directory: Path, stacks: Mapping[str, Mapping[str, object]]) -> Path:
    """Make it; what is returned belongs on PATH. `stacks`: what it does for each."""
    directory.mkdir()
    for stack, does in stacks.items():
        (directory / f"{stack}.json").write_text(json.dumps({"stream": "same", "code": 0, "exists": True, **does}))
    script = directory / "pulumi"
    checkout = str(Path(__file__).parents[3])
    script.write_text(_SCRIPT.format(python=sys.executable, checkout=checkout, directory=str(directory)))
    script.chmod(0o755)
    return directory


def calls(directory: Path) -> list[str]:
    """What it was called for, in order: "begin <command> <stack>" and "end <command> <stack>"."""
    return (directory / "calls.log").read_text().splitlines()


def main(directory: Path, words: list[str]) -> int:
    """One call."""
    command, stack = words[0], words[words.index("--stack") + 1]
    does = json.loads((directory / f"{stack}.json").read_text())
    _note(directory, f"begin {command} {stack}")
    if command == "stack":
        if not does["exists"]:
            print(f"error: no stack named '{stack}' found", file=sys.stderr)
            return 255
        print(json.dumps({"deployment": {"resources": []}}))
        return 0
    lines = [json.dumps(event) for event in does.get("events") or stream(does["stream"])]
    Path(words[words.index("--event-log") + 1]).write_text("\n".join(lines) + "\n")
    _note(directory, f"end {' '.join(words[: words.index('--event-log')])} {stack}")
    return does["code"]


def _note(directory: Path, text: str) -> None:
    descriptor = os.open(directory / "calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{text}\n".encode())  # at once: two of us may write
    os.close(descriptor)
