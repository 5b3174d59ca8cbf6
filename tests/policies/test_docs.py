"""docs/policies.md says what the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import docs
from policies.rules import RULES


def test_the_page_is_in_step_with_the_rules() -> None:
    """If this fails: python -m policies.docs --write."""
    assert docs.FILE.read_text(encoding="utf-8") == docs.text()


def test_every_rule_is_there_with_all_that_is_known_of_it() -> None:
    page = docs.text()
    for rule in RULES:
        section = page.partition(f"\n## {rule.id}\n")[2].partition("\n## ")[0]
        for text in (rule.why, rule.fix, "- Level: ", "- Applies to: "):
            assert text in section, rule.id


def test_the_command_prints_or_writes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert docs.main([]) == 0
    assert capsys.readouterr().out == docs.text()
    file = tmp_path / "policies.md"
    monkeypatch.setattr(docs, "FILE", file)
    assert docs.main(["--write"]) == 0
    assert file.read_text(encoding="utf-8") == docs.text()
