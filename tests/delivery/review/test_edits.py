"""What git says differs, with the fields of YAML files, committed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from delivery.review.edits import edits
from delivery.review.touched import Edit
from delivery.steps import InputError
from tests.guard.checkout import Checkout, made_at

_REGION = "regions/eu-central-1.yaml"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """On a branch that has no commit of its own yet, while the main branch has gone on."""
    made = made_at(tmp_path / "checkout")
    made.write(_REGION, "name: eu\ndatabase: {min_acu: 2, readers: 1}\nzones: [a, b]\n")
    made.commit()
    made.git("branch", "--force", "trunk")
    made.git("checkout", "--quiet", "-b", "edit")
    return made


def test_nothing_differs(checkout: Checkout) -> None:
    assert edits(checkout.path, "trunk") == ()


def test_what_is_committed_on_the_branch_alone(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "trunk")
    checkout.write("others.py", "1\n")
    checkout.commit()
    checkout.git("checkout", "--quiet", "edit")
    checkout.write("program.py", "print(1)\n")
    checkout.commit()
    assert edits(checkout.path, "trunk") == (Edit("program.py"),)


def test_what_is_not_committed_and_what_is_new_and_what_git_ignores(checkout: Checkout) -> None:
    checkout.write("program.py", "print(1)\n")
    checkout.write("new.py", "\n")
    checkout.write("__pycache__/new.pyc", "\n")
    assert edits(checkout.path, "trunk") == (Edit("new.py"), Edit("program.py"))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("name: eu\ndatabase: {min_acu: 3, readers: 1}\nzones: [a, b]\n", {"database.min_acu"}),
        ("name: eu\ndatabase: {min_acu: 2}\nzones: [a, c]\n", {"database.readers", "zones"}),
        (
            "name: eu\ndatabase: {min_acu: 2, readers: {more: 1}}\nzones: [a, b]\n",
            {"database.readers", "database.readers.more"},
        ),
        ("# why\nname: eu\ndatabase: {readers: 1, min_acu: 2}\nzones: [a, b]\n", set[str]()),
        ("name: [eu\n", None),
        ("- a list\n", None),
        ("name: 2026-13-45\n", None),
        ("name: &name {again: *name}\n", None),
    ],
)
def test_the_fields_of_a_yaml_file(checkout: Checkout, text: str, fields: set[str] | None) -> None:
    checkout.write(_REGION, text)
    assert edits(checkout.path, "trunk") == (Edit(_REGION, None if fields is None else frozenset(fields)),)


def test_a_yaml_file_that_is_new_or_gone_differs_as_a_whole(checkout: Checkout) -> None:
    checkout.write("regions/new.yaml", "name: new\n")
    (checkout.path / _REGION).unlink()
    checkout.commit()
    assert edits(checkout.path, "trunk") == (Edit(_REGION), Edit("regions/new.yaml"))


def test_a_renamed_file_is_one_that_is_gone_and_one_that_is_new(checkout: Checkout) -> None:
    checkout.git("mv", "program.py", "renamed.py")
    checkout.commit()
    assert edits(checkout.path, "trunk") == (Edit("program.py"), Edit("renamed.py"))


@pytest.mark.parametrize("base", ["origin/main", "--output=/dev/null", ""])
def test_a_base_that_is_none(checkout: Checkout, base: str) -> None:
    with pytest.raises(InputError, match=r"--base .*: git cannot compare .* fetch-depth: 0"):
        edits(checkout.path, base)


def test_a_base_without_a_common_commit(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "--orphan", "other")
    checkout.commit()
    checkout.git("checkout", "--quiet", "edit")
    with pytest.raises(InputError, match="no such commit, or none in common"):
        edits(checkout.path, "other")
