"""What the commands share: the document's argument, and how a refusal ends them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import REFUSED, errors, fail

if TYPE_CHECKING:
    from guard.document import Override
    from guard.override import Candidate


FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The document: a file in overrides/.")]


@contextmanager
def override_errors() -> Generator[None]:
    """Every expected failure ends in a sentence and an exit code: 3 if an override is refused, 2 on bad input."""
    from delivery.steps import InputError, StepError
    from guard.document import DocumentError
    from guard.override import RefusedError
    from guard.repository import RepositoryError
    from guard.signers import SignersError

    with errors():
        try:
            yield
        except RefusedError as error:
            fail(str(error), REFUSED)
        except DocumentError as error:
            raise InputError(str(error)) from error
        except (RepositoryError, SignersError) as error:
            raise StepError(str(error)) from error


def candidate_of(file: Path) -> Candidate:
    """Return the document and the signatures beside it.

    Raises:
        InputError: it cannot be read, or its name is none of a document.
    """
    from delivery.steps import InputError
    from guard.repository import RepositoryError, read_candidate

    try:
        return read_candidate(file)
    except RepositoryError as error:
        raise InputError(str(error)) from error


def facts(override: Override) -> dict[str, object]:
    """Return the override's fields for JSON, under the names that its document has."""
    return override.model_dump(mode="json")
