"""How a data file of this package is read: a model that is right, or every mistake of the file."""

from __future__ import annotations

from pathlib import Path

from costs.errors import CostDataError
from regions.draft import M, draft
from regions.yaml_reader import read_yaml


def read_model(kind: type[M], file: Path) -> M:
    """Read and check one file.

    Raises:
        CostDataError: with all its mistakes.
    """
    raw, problems = read_yaml(file, file.name)
    model = None
    if raw is not None:
        result, found = draft(kind, file.name, file.stem, raw)
        problems, model = (*problems, *found), result.model
    if problems or model is None:
        raise CostDataError(problems)
    return model
