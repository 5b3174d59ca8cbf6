"""Runs previews of several stacks two at a time: one waits mostly for its cloud, three would be in each other's way.

In processes, because the engine's runner takes over signals, which only a main thread may do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

AT_ONCE = 2

Found = TypeVar("Found")


def side_by_side(
    look: Callable[[str], Found], stacks: Sequence[str], say: Callable[[str], None]
) -> Iterator[Found | BaseException]:
    """Yield what `look` finds of each stack, in the order of `stacks`; what it raised, where it raised.

    Args:
        look: can be pickled, and so can what it returns.
        stacks: names.
        say: is told of each stack that is done.
    """
    with ProcessPoolExecutor(min(AT_ONCE, len(stacks)) or 1, get_context("spawn"), _quiet) as pool:
        futures = {stack: pool.submit(look, stack) for stack in stacks}
        for stack, future in futures.items():
            future.add_done_callback(_told(stack, say))
        for future in futures.values():
            yield future.exception() or future.result()


def _told(stack: str, say: Callable[[str], None]) -> Callable[[Future[Found]], None]:
    return lambda _: say(f"{stack}: looked at")


def _quiet() -> None:
    """Two cannot show their progress on one terminal."""
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process lives
