"""The last words of a command."""

from __future__ import annotations

from delivery.deploy.review import Result, Review


def ending(review: Review, result: Result) -> tuple[str, str]:
    """Return a colour, and what is printed at the end: for what was refused, every reason."""
    stack = review.stack
    match result:
        case Result.PREVIEWED:
            return "green", f"{stack}: nothing stops it. To make it: wedops up --stack {stack}"
        case Result.UNCHANGED:
            return "green", f"{stack}: nothing to change."
        case Result.DONE:
            return "green", "\n".join((f"{stack}: done.", *review.notes))
        case Result.DECLINED:
            return "yellow", "Nothing was changed."
        case Result.REFUSED:
            return "red", "\n".join((f"{stack} is refused, nothing was changed:", *review.refusals))
        case Result.FAILED | Result.INTERRUPTED:
            return "red", review.failure
