"""The table at the end of `make up`, as a pipe gets it."""

from __future__ import annotations

import pytest

from devcloud.overview import Row, show

GLOBAL = Row("local", "wedsync-worldwide", "", "", "", "")
REGION = Row(
    "local-us-east-1",
    "127.1.16.1:5432",
    "6/6",
    "6..24",
    "off-season-scaling 2026-11-21 08:00 EST (13:00 UTC)",
    "wedsync-us-east-1",
)


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    show([GLOBAL, REGION])
    return capsys.readouterr().out.splitlines()


def test_a_stack_is_one_line_even_in_a_pipe(shown: list[str]) -> None:
    for row in (GLOBAL, REGION):
        assert any(all(cell in line for cell in row) for line in shown), row


def test_it_says_how_to_look_further(shown: list[str]) -> None:
    assert "  pulumi stack --stack local" in shown
    assert "  pulumi stack --stack local-us-east-1" in shown
    assert [line for line in shown if line.startswith("  kubectl ")] == [
        "  kubectl --context wedsync-us-east-1 get all,hpa,pvc --all-namespaces"
    ]
    assert any('eval "$(make -s env)"' in line for line in shown)
