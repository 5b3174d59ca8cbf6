"""`pulumi up` of many stacks: one after the other where order matters, side by side where it does not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from devcloud.engine import Engine, EngineError
from devcloud.processes import tail
from devcloud.recovery import recover

Report = Callable[[str], None]
Finish = Callable[[str], None]

_PROGRESS_SECONDS = 20
# An engine waits for APIs most of the time, so two share a core; more would only compete for memory.
_PER_CORE = 2


def bound() -> int:
    """How many stacks are updated at once."""
    return _PER_CORE * (os.cpu_count() or 1)


def update(engine: Engine, stack: str, report: Report, log: Path | None = None) -> None:
    """Take in what an interrupted update left of `stack`, then `pulumi up` it.

    Args:
        log: where Pulumi's own output goes; None shows it.
    Raises:
        EngineError, StartError: it failed.
    """
    recover(engine, stack, report, log)
    report(f"pulumi up --stack {stack}")
    changes = engine.up(stack, log)
    made = {operation: count for operation, count in changes.items() if operation != "same"}
    what = ", ".join(f"{count} {operation}" for operation, count in sorted(made.items())) or "no changes"
    report(f"{stack}: {what}, {changes.get('same', 0)} unchanged")


def update_side_by_side(engine: Engine, stacks: Sequence[str], finish: Finish, report: Report) -> None:
    """Update stacks that do not wait for each other, at most `bound()` at once; `finish` is called with each one done.

    A stack that fails stops no other one: a region's trouble is that region's.

    Raises:
        EngineError: some failed; names each, with the end of its log.
    """
    if not stacks:
        return
    logs = {stack: engine.state.logs / f"up-{stack}.log" for stack in stacks}

    def one(stack: str) -> None:
        update(engine, stack, report, logs[stack])
        finish(stack)

    with ThreadPoolExecutor(max_workers=bound(), thread_name_prefix="up") as pool:
        running = {pool.submit(one, stack): stack for stack in stacks}
        try:
            _watch(engine, running, report)
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)  # each engine has been asked to finish what is in flight
            raise
    failed = {stack: error for future, stack in running.items() if (error := future.exception()) is not None}
    if failed:
        raise EngineError("\n".join(_sentence(stack, error, logs[stack]) for stack, error in failed.items()))


def _watch(engine: Engine, running: dict[Future[None], str], report: Report) -> None:
    """Say from time to time how far each stack is, until all have ended."""
    started = time.monotonic()
    left = set(running)
    while left:
        ended, left = wait(left, timeout=_PROGRESS_SECONDS, return_when=FIRST_COMPLETED)
        for future in left:
            if not ended and future.running():
                done = engine.operations_done(running[future])
                report(f"{running[future]}: {done} resources done, {time.monotonic() - started:.0f} s")


def _sentence(stack: str, error: BaseException, log: Path) -> str:
    shown = f"\n{tail(log)}\n  all of it: {log}" if log.exists() and isinstance(error, EngineError) else ""
    return f"{stack}: {error}{shown}"
