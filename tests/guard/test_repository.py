"""What a checkout is: its tree without overrides/, and nothing that is not committed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from guard.repository import (
    PROJECT,
    RepositoryError,
    author,
    candidates,
    committed_signers,
    committed_tree,
    deployed_tree,
    read_candidate,
)
from guard.tree import tree_hash
from tests.guard.checkout import DOCUMENT, Checkout

BY_HAND = r"git ls-tree -rz --full-tree HEAD | grep -zvP '^[^\t]*\toverrides/' | sha256sum"
BLOB = b"100644 blob " + b"a" * 40


def test_the_hash_can_be_had_by_hand(checkout: Checkout) -> None:
    done = subprocess.run(BY_HAND, shell=True, cwd=checkout.path, capture_output=True, text=True, check=True)  # noqa: S602
    assert deployed_tree(checkout.path) == committed_tree(checkout.path) == f"sha256:{done.stdout.split()[0]}"
    assert BY_HAND in (tree_hash.__doc__ or "")
    assert BY_HAND in (PROJECT / "overrides" / "README.md").read_text()


def test_overrides_alone_are_no_part_of_the_hash() -> None:
    entries = [BLOB + b"\tprogram.py\0", BLOB + b"\toverrides/a.yaml\0"]
    whole = tree_hash(entries[0])
    assert tree_hash(b"".join(entries)) == whole
    for path in (b"overrides", b"a/overrides/b", b"x\toverrides/y", b"Overrides/a", b"overrides.py"):
        assert tree_hash(b"".join([*entries, BLOB + b"\t" + path + b"\0"])) != whole


def edit(checkout: Checkout) -> None:
    checkout.write("program.py", "print(1)\n")


def add(checkout: Checkout) -> None:
    checkout.write("settings.yaml", "")


def remove(checkout: Checkout) -> None:
    (checkout.path / "program.py").unlink()


def make_executable(checkout: Checkout) -> None:
    (checkout.path / "program.py").chmod(0o755)


def rename(checkout: Checkout) -> None:
    checkout.git("mv", "program.py", "other.py")


def link(checkout: Checkout) -> None:
    (checkout.path / "linked.py").symlink_to("program.py")


CHANGES = (edit, add, remove, make_executable, rename, link)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_another_tree(checkout: Checkout, change: Callable[[Checkout], None]) -> None:
    before = deployed_tree(checkout.path)
    change(checkout)
    assert checkout.commit() != before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("staged", [False, True])
def test_what_is_not_committed_is_refused(checkout: Checkout, change: Callable[[Checkout], None], staged: bool) -> None:
    change(checkout)
    if staged:
        checkout.git("add", "--all")
    with pytest.raises(RepositoryError, match=r"^The work tree is not what is committed: .*(program|settings|linked)"):
        deployed_tree(checkout.path)
    committed_tree(checkout.path)


def hide_by_index(checkout: Checkout, how: str) -> None:
    checkout.git("update-index", how, "program.py")
    edit(checkout)


HIDDEN: tuple[Callable[[Checkout], None], ...] = (
    lambda checkout: hide_by_index(checkout, "--assume-unchanged"),
    lambda checkout: hide_by_index(checkout, "--skip-worktree"),
    lambda checkout: (checkout.write(".git/info/exclude", "settings.yaml\n"), add(checkout))[1],
    lambda checkout: (checkout.git("config", "core.fileMode", "false"), make_executable(checkout))[1],
    lambda checkout: (checkout.git("config", "status.showUntrackedFiles", "no"), add(checkout))[1],
)


@pytest.mark.parametrize("hide", HIDDEN)
def test_what_this_machine_hides_from_git_is_refused(checkout: Checkout, hide: Callable[[Checkout], None]) -> None:
    hide(checkout)
    assert checkout.git("status", "--porcelain") == ""
    with pytest.raises(RepositoryError, match=r"is not what is committed: (program|settings)"):
        deployed_tree(checkout.path)


def test_the_sentence_names_some_of_many_files(checkout: Checkout) -> None:
    for number in range(9):
        checkout.write(f"{number}.py", "")
    with pytest.raises(RepositoryError, match=r"committed: 0.py, 1.py, 2.py, 3.py, 4.py and 4 more\. Only a commit"):
        deployed_tree(checkout.path)


def test_documents_and_ignored_files_change_nothing(checkout: Checkout) -> None:
    before = deployed_tree(checkout.path)
    checkout.override()
    checkout.write("__pycache__/x.pyc", "")
    assert deployed_tree(checkout.path) == before
    assert checkout.commit() == before


def test_nothing_from_outside_leads_git_elsewhere(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = deployed_tree(checkout.path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert deployed_tree(checkout.path) == before


def test_a_replaced_object_is_not_believed(checkout: Checkout) -> None:
    before, old = checkout.commit(), checkout.git("rev-parse", "HEAD").strip()
    edit(checkout)
    after = checkout.commit()
    checkout.git("replace", "HEAD", old)
    assert committed_tree(checkout.path) == after != before


def test_the_signers_are_those_of_the_commit(checkout: Checkout) -> None:
    committed = (checkout.path / "overrides/allowed_signers").read_bytes()
    checkout.write("overrides/allowed_signers", "mallory@wedsync.example")
    assert committed_signers(checkout.path) == committed


def test_the_author_is_an_address_in_its_one_form(checkout: Checkout) -> None:
    assert author(checkout.path) == "mary@wedsync.example"


def test_a_document_comes_with_every_signature_beside_it(checkout: Checkout) -> None:
    checkout.override()
    checkout.override(name="2026-11-28t113000z-ops-1.yaml")
    checkout.write(f"overrides/{DOCUMENT}.sig", "x")
    checkout.write(f"overrides/{DOCUMENT}.notes", "x")
    first, second = candidates(checkout.path)
    assert [len(first.signatures), len(second.signatures)] == [2, 3]
    assert set(second.signatures) == {f"{DOCUMENT}.{rest}" for rest in ("0.sig", "1.sig", "sig")}
    assert second.name == f"overrides/{DOCUMENT}"
    assert second.raw == (checkout.path / "overrides" / DOCUMENT).read_bytes()


@pytest.mark.parametrize("name", ["A.yaml", "a.yml", "a.yaml.yaml", "-a.yaml", "a b.yaml"])
def test_a_document_has_a_plain_name(checkout: Checkout, name: str) -> None:
    with pytest.raises(RepositoryError, match="a document's name is small letters, digits and dashes"):
        read_candidate(checkout.write(f"overrides/{name}", ""))


def test_a_document_that_cannot_be_read_is_told(checkout: Checkout) -> None:
    with pytest.raises(RepositoryError, match=r"none\.yaml cannot be read: No such file or directory"):
        read_candidate(checkout.path / "none.yaml")


def test_without_a_repository_or_git_nothing_can_be_told(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write("part/x", "")
    with pytest.raises(RepositoryError, match="is not a git repository of its own"):
        committed_tree(checkout.path / "part")
    (tmp_path / "plain").mkdir()
    with pytest.raises(RepositoryError, match=r"git rev-parse --show-toplevel fails: .*not a git repository"):
        committed_tree(tmp_path / "plain")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git cannot be run"):
        deployed_tree(checkout.path)
