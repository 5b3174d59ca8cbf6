"""The usage file, and the file of what is free: read, and refused with a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from costs.errors import CostDataError
from costs.free import load_free
from costs.usage import FILE, load_usage


def test_the_default_usage_is_right() -> None:
    assert load_usage().network.internet_gb > 0


WRONG = [
    ("storage_gb: 500", "storage_gb: -1", r"database\.storage_gb is -1"),
    ("write_percent: 20", "write_percent: 120", r"database\.write_percent is 120"),
    ("capacity_factor: 1.25", "capacity_factor: 0.5", r"database\.capacity_factor is 0\.5"),
    ("kept: 84", "kept: 85", r"exports\.kept is 85"),
    ("nat_gb: 1500", "nat_gb: a lot", r"network\.nat_gb is 'a lot'"),
    ("hit_percent: 95", "hit_percent: 101", r"optimisations\.hit_percent is 101"),
    ("emails: 300", "letters: 300", "letters"),
    ("flow-logs: 300", "flow-logs: -300", "flow-logs"),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), WRONG)
def test_mistakes_are_refused(tmp_path: Path, good: str, bad: str, sentence: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert good in text
    file = tmp_path / "usage.yaml"
    file.write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(CostDataError, match=sentence):
        load_usage(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CostDataError, match=r"none\.yaml: cannot be read"):
        load_usage(tmp_path / "none.yaml")
    with pytest.raises(CostDataError, match=r"none\.yaml: cannot be read"):
        load_free(tmp_path / "none.yaml")


def test_a_free_type_needs_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "free.yaml"
    file.write_text('free:\n  aws:iam/role:Role: ""\n')
    with pytest.raises(CostDataError, match="Role"):
        load_free(file)
