"""What every lock asks: the windows, and what this checkout has to open them."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guard.answer import answer
from guard.repository import PROJECT
from guard.target import Target
from guard.verdict import Verdict, may_change
from regions.load import load_fleet
from tests.guard.checkout import DOCUMENT, Checkout
from tests.guard.signing import ADA, AT, BOTH, GRACE, own, signers_text

FLEET = load_fleet()
BERLIN = Target("prod", "eu-central-1")
BLOCKED = may_change(FLEET, BERLIN, AT, freezes=True)
NAME = f"overrides/{DOCUMENT}"


def ask(checkout: Checkout, target: Target = BERLIN, at: datetime = AT) -> Verdict:
    return answer(FLEET, target, at, freezes=True, project=checkout.path)


def told(verdict: Verdict) -> tuple[str, ...]:
    """What is said beside that it is blocked."""
    assert not verdict.allowed
    assert verdict.sentences[: len(BLOCKED.sentences)] == BLOCKED.sentences
    return verdict.sentences[len(BLOCKED.sentences) :]


def test_without_an_override_it_is_blocked(checkout: Checkout) -> None:
    assert ask(checkout) == BLOCKED


def test_an_override_opens_exactly_its_scope(checkout: Checkout) -> None:
    checkout.override()
    found = ask(checkout)
    assert found.allowed
    assert found.override
    assert found.override.approvers == (ADA, GRACE)
    for other in (Target("prod", None), Target("prod", "us-east-1"), Target("staging", "eu-central-1")):
        assert not ask(checkout, other).allowed
    assert not ask(checkout, at=AT + timedelta(hours=2)).allowed
    checkout.write("program.py", "print(1)")
    checkout.commit()
    (said,) = told(ask(checkout))
    assert said.startswith(f"{NAME} is for another tree")


def test_the_one_of_several_that_fits_is_used(checkout: Checkout) -> None:
    checkout.override(stacks=("prod-us-east-1",), name="a.yaml")
    checkout.override(own("ed25519", ADA), name="b.yaml")
    checkout.override(name="c.yaml")
    found = ask(checkout)
    assert found.override
    assert found.override.name == "overrides/c.yaml"


def test_why_overrides_do_not_count_is_told(checkout: Checkout) -> None:
    checkout.override(stacks=("prod-us-east-1",), name="a.yaml")
    checkout.override(own("ed25519", ADA), name="b.yaml")
    checkout.write("overrides/c.yaml", "")
    assert told(ask(checkout)) == (
        "overrides/a.yaml opens prod-us-east-1, not prod-eu-central-1.",
        "overrides/b.yaml is approved by 1 of the 2 people who have to: wedops override sign.",
        "overrides/c.yaml: must be a mapping of fields: wedops override request",
    )


def test_those_that_are_over_are_no_news(checkout: Checkout) -> None:
    checkout.override(name="a.yaml")
    checkout.override(own("ed25519", ADA), name="b.yaml")
    checkout.override(own("ed25519", "somebody who left"), name="c.yaml")
    later = AT + timedelta(hours=2)
    assert told(ask(checkout, at=later)) == ()
    earlier = told(ask(checkout, at=AT - timedelta(hours=2)))
    assert [said.removeprefix("overrides/")[0] for said in earlier] == ["a", "b", "b", "c"]


def test_nothing_counts_in_a_work_tree_that_is_not_committed(checkout: Checkout) -> None:
    checkout.override()
    checkout.write("program.py", "print(1)")
    assert told(ask(checkout)) == (
        "No override counts. The work tree is not what is committed: program.py. Only a commit can be approved:"
        " commit it, or stash it.",
    )


def test_nobody_becomes_an_approver_by_an_edit(checkout: Checkout) -> None:
    strangers = (own("ed25519", "one"), own("ed25519", "two"))
    checkout.override(*strangers)
    text = signers_text(*BOTH, *zip(("one@wedsync.example", "two@wedsync.example"), strangers, strict=True))
    checkout.write("overrides/allowed_signers", text)
    assert all("which is not in overrides/allowed_signers" in said for said in told(ask(checkout)))


def test_nothing_counts_while_the_list_is_wrong(checkout: Checkout) -> None:
    checkout.override()
    checkout.write("overrides/allowed_signers", signers_text(*BOTH) + b"everybody\n")
    checkout.commit()
    assert told(ask(checkout))[0].startswith("No override counts. overrides/allowed_signers: line 3: is not <address>")


def test_nothing_is_looked_at_where_nothing_is_blocked(tmp_path: Path) -> None:
    nowhere = Checkout(tmp_path / "nowhere")
    assert ask(nowhere, at=datetime(2026, 11, 25, 12, tzinfo=UTC)).allowed
    assert answer(FLEET, BERLIN, AT, freezes=False, project=nowhere.path).allowed


GUARD = sorted((PROJECT / "guard").glob("*.py"))
PURE = [path for path in GUARD if path.stem not in ("repository", "answer")]
REACHES_OUT = {"os", "subprocess", "pathlib", "socket", "pulumi", "boto3", "httpx", "time", "random", "secrets"}


@pytest.mark.parametrize("path", GUARD, ids=lambda path: path.stem)
def test_the_guard_asks_no_clock_and_but_for_one_module_nothing_outside(path: Path) -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "utcnow", "today"), f"{path.name}:{node.lineno}"
    if path in PURE:
        assert not names & REACHES_OUT
    assert not names & {"pulumi", "boto3", "httpx", "socket", "stacks", "delivery", "components"}
