"""Event streams of real previews, as record.py recorded them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from delivery.deploy.events import Event

STREAMS = Path(__file__).parent / "streams"


def stream(name: str) -> list[Event]:
    """The events of one preview."""
    text = gzip.decompress((STREAMS / f"{name}.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]
