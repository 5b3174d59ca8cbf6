"""How figures and targets are printed."""

from bench.figures import spread, verdict


def test_the_spread_of_runs() -> None:
    assert spread("wall", [3.0, 1.0, 2.5], "s") == "wall: min 1.00 s, median 2.50 s, max 3.00 s"


def test_a_target_is_met_up_to_and_including_its_value() -> None:
    assert verdict("wall", 1.15, 1.15) == "wall: 1.150, target <= 1.15: met"
    assert verdict("preview", 6.001, 6.0, " s") == "preview: 6.001 s, target <= 6 s: MISSED"
