"""A git repository with a list of approvers, as the project's."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from guard.document import Override, written
from guard.repository import committed_tree
from tests.guard.signing import BOTH, MARY, Key, changed, own, signature, signers_text

DOCUMENT = "2026-11-28t113000z-ops-1234.yaml"


@dataclass(frozen=True)
class Checkout:
    """The repository at `path`."""

    path: Path

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def commit(self) -> str:
        """Commit everything; return the tree's hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return committed_tree(self.path)

    def override(self, *keys: Key, name: str = DOCUMENT, **fields: object) -> Override:
        """Write a document for what is checked out, signed with these keys; by both approvers if none are given."""
        override = changed(**{"tree": committed_tree(self.path), **fields})
        raw = written(override)
        self.write(f"overrides/{name}", raw)
        for number, each in enumerate(keys or [each for _, each in BOTH]):
            self.write(f"overrides/{name}.{number}.sig", signature(each, raw))
        return override


def made_at(path: Path) -> Checkout:
    checkout = Checkout(path)
    path.mkdir()
    checkout.git("init", "--quiet")
    for name, value in (("name", "Mary"), ("email", "Mary@wedsync.example")):
        checkout.git("config", f"user.{name}", value)
    checkout.write("program.py", "print()\n")
    checkout.write(".gitignore", "__pycache__/\n")
    checkout.write("overrides/allowed_signers", signers_text(*BOTH, (MARY, own("ed25519", MARY))))
    checkout.commit()
    return checkout
