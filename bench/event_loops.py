"""Event loops for Pulumi's mocks."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def own_event_loop() -> Generator[None]:
    """The SDK's mocks leave an event loop open in every worker thread that they answer from; this one is closed."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
