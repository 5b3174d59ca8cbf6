"""`make bench-policies`: what the policy pack adds to a preview of `local-us-east-1`, and what each rule takes.

The same preview is run without a pack, with an empty one, and with ours, in turns, against one embedded cloud that
everything is up in. The empty pack is one of Pulumi's SDK with a rule that does nothing (it takes no fewer): what a
pack costs by being one. What a pack adds is the median of the differences between neighbours, so that a machine that
becomes slower in between counts for all. Beside wall time there is processor time, of the engine and all that it
starts, which grows less with what else the machine does.

A rule's time is what it takes for all resources of the region's stack, in this process, by their number; of the
processor, too. The ceiling prices each of them twelve times, so it is told by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.figures import spread, verdict
from bench.program_run import Run, measure
from bench.scratch_cloud import REGION_STACK, MeasurementError, scratch_cloud
from delivery.policy_command import subjects_of
from devcloud.engine import Engine, EngineError
from devcloud.state import CHECKOUT
from policies.context import Context, context_of
from policies.pack import Pack
from policies.rules import RULES, enforce_cost_ceiling
from policies.subject import Subject
from stacks.offline import run_stacks

ADDED_TARGET, RATIO_TARGET, RULE_TARGET = 2.0, 1.3, 50.0  # s, times, and µs a resource
_ENVIRONMENT, _, _REGION = REGION_STACK.partition("-")
_PREVIEW = ("preview", "--stack", REGION_STACK, "--expect-no-changes", "--non-interactive")
_EMPTY = """from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

nothing = ResourceValidationPolicy("nothing", "Does nothing.", lambda args, report_violation: None)
PolicyPack("empty", [nothing], EnforcementLevel.MANDATORY)
"""
_SLOWEST_SHOWN = 5


class Turn(NamedTuple):
    """One preview each."""

    plain: Run
    empty: Run
    ours: Run


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.policies", description="What the policy pack takes.")
    parser.add_argument("--turns", type=int, default=5, help="how many times each is previewed (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    rules = _rule_times()
    try:
        with scratch_cloud() as cloud, tempfile.TemporaryDirectory(prefix="wedsync-bench-") as directory:
            turns = _in_turns(cloud.engine(), _empty_pack(Path(directory)), options.turns)
    except (MeasurementError, EngineError) as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"previews": [_document(turn) for turn in turns], "rules_us": rules}, indent=2))
    else:
        print("\n".join(_report(turns, rules)))
    return 0


def _empty_pack(directory: Path) -> Path:
    (directory / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (directory / "__main__.py").write_text(_EMPTY)
    return directory


def _in_turns(engine: Engine, empty: Path, turns: int) -> list[Turn]:
    """After one of each that does not count: it fills caches."""
    packs: tuple[tuple[str, ...], ...] = (
        (),
        ("--policy-pack", str(empty)),
        ("--policy-pack", str(CHECKOUT / "policies")),
    )
    measured: list[Turn] = []
    for number in range(turns + 1):
        turn = Turn(*(measure(engine, (*_PREVIEW, *pack)) for pack in packs))
        what = f"turn {number} of {turns}" if number else "warm-up"
        print(f"{what}: {', '.join(f'{run.seconds:.2f} s' for run in turn)}", file=sys.stderr)
        if number:
            measured.append(turn)
    return measured


def _rule_times() -> dict[str, float]:
    """µs a resource, by rule, the slowest first; the first round, which reads prices, does not count."""
    run = run_stacks(_ENVIRONMENT, [_REGION])[REGION_STACK]
    subjects = subjects_of(run.registered)
    context = context_of(REGION_STACK, datetime.now(UTC), dry_run=True)
    times = {rule.id: [_seconds(Pack([rule]), subjects, context) for _ in range(6)][1:] for rule in RULES}
    means = {rule: 1e6 * median(all_) / len(subjects) for rule, all_ in times.items()}
    return dict(sorted(means.items(), key=lambda each: -each[1]))


def _seconds(pack: Pack, subjects: Sequence[Subject], context: Context) -> float:
    started = time.process_time()
    for _violation in pack.everything(subjects, context):
        pass
    return time.process_time() - started


def _document(turn: Turn) -> dict[str, dict[str, float]]:
    return {
        name: {"seconds": run.seconds, "processor_seconds": run.processor_seconds}
        for name, run in turn._asdict().items()
    }


def _report(turns: Sequence[Turn], rules: dict[str, float]) -> list[str]:
    return [
        *_added("wall", [[run.seconds for run in turn] for turn in turns]),
        *_added("processor", [[run.processor_seconds for run in turn] for turn in turns]),
        *_rules(rules),
    ]


def _added(kind: str, turns: Sequence[Sequence[float]]) -> list[str]:
    """`turns`: seconds without a pack, with the empty one, and with ours."""
    names = ("without a pack", "with an empty pack", "with the policies")
    empty, ours = (median(turn[which] - turn[0] for turn in turns) for which in (1, 2))
    return [
        *(
            spread(f"preview {name}, {kind}", list(values), "s")
            for name, values in zip(names, zip(*turns, strict=True), strict=True)
        ),
        f"added by an empty pack, {kind}: {empty:.2f} s",
        verdict(f"added by the policies, {kind}", ours, ADDED_TARGET, " s"),
        verdict(f"that by what an empty pack adds, {kind}", ours / empty, RATIO_TARGET),
    ]


def _rules(rules: dict[str, float]) -> list[str]:
    others = {rule: took for rule, took in rules.items() if rule != enforce_cost_ceiling.RULE.id}
    ceiling, slowest = rules[enforce_cost_ceiling.RULE.id], next(iter(others))
    return [
        *(f"{rule}: {took:.1f} µs a resource" for rule, took in list(others.items())[:_SLOWEST_SHOWN]),
        verdict("the ceiling, twelve months together", ceiling, RULE_TARGET, " µs a resource"),
        verdict("the ceiling, a month", ceiling / 12, RULE_TARGET, " µs a resource"),
        verdict(f"slowest of the other {len(others)} rules, {slowest}", others[slowest], RULE_TARGET, " µs a resource"),
    ]


if __name__ == "__main__":
    sys.exit(main())
