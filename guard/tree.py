"""What an override allows to be deployed: one hash of everything that git has at a commit, but for overrides/."""

from __future__ import annotations

import hashlib

OVERRIDES = "overrides/"
_END = b"\0"


def tree_hash(listing: bytes) -> str:
    r"""Return the hash of a commit's tree without overrides/: "sha256:<64 hex digits>".

    It is SHA-256 over the entries of `git ls-tree -r -z --full-tree <commit>` (mode, type, object and path of every
    file, each with a NUL behind), without those of which the path begins with "overrides/". So documents and
    signatures may be added, and nothing else may change. By hand:
    `git ls-tree -rz --full-tree HEAD | grep -zvP '^[^\t]*\toverrides/' | sha256sum`.
    """
    entries = listing.split(_END)[:-1]
    kept = b"".join(entry + _END for entry in entries if not _path(entry).startswith(OVERRIDES.encode()))
    return f"sha256:{hashlib.sha256(kept).hexdigest()}"


def _path(entry: bytes) -> bytes:
    return entry.split(b"\t", 1)[1]
