"""Asks whoever runs a command, at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Collection

import typer

from delivery.steps import InputError


def check_options(stack: str, accepted: Collection[str], *, asks: bool) -> None:
    """Go on if the options make sense, before anything is started.

    Args:
        stack: the stack's name.
        accepted: URNs of --accept-loss.
        asks: whether somebody will be asked.
    Raises:
        InputError: with every mistake.
    """
    wrong = [
        f"--accept-loss {urn}: no URN of {stack}; they begin with urn:pulumi:{stack}::"
        for urn in accepted
        if not urn.startswith(f"urn:pulumi:{stack}::")
    ]
    if asks and not sys.stdin.isatty():
        wrong.append(
            "Nobody can be asked: standard input is no terminal. Add --yes to change the stack without a question, or"
            f" look first: wedops preview --stack {stack}"
        )
    if wrong:
        raise InputError("\n".join(wrong))


def confirmed(question: str) -> bool:
    """Ask, and return whether the answer is yes; anything else is no."""
    return typer.confirm(question, default=False, err=True)


def named(stack: str) -> bool:
    """Ask for the stack's name, and return whether it was given."""
    answer: str = typer.prompt(f"Type {stack} to delete all of this", default="", show_default=False, err=True)
    return answer.strip() == stack
