"""What a stack's state says before anything is started."""

from __future__ import annotations

from typing import Any

from delivery.deploy.state import state_of
from tests.delivery.deploy.stream import CLUSTER, KEY, STACK, TABLE, urn

TIME = "2026-11-25T03:48:08.507686295Z"


def state(**deployment: Any) -> Any:
    return state_of(STACK, {"version": 3, "deployment": {"manifest": {"time": TIME}, **deployment}})


def test_a_stack_that_was_never_updated_is_no_objection() -> None:
    for exported in ({"version": 3}, {"version": 3, "deployment": None}):
        found = state_of(STACK, exported)
        assert (found.objection, found.protection, found.written) == (None, None, "")


def test_what_is_pending_is_told_with_the_commands_that_bring_it_back() -> None:
    pending = [{"type": "creating", "resource": {"urn": urn(TABLE, "locks")}}]
    found = state(pending_operations=pending)
    assert found.objection.splitlines()[1] == f"  creating {urn(TABLE, 'locks')}"
    for command in ("pulumi cancel", "pulumi import", "pulumi refresh --clear-pending-creates"):
        assert command in found.objection
    assert state(pending_operations=[]).objection is None


def test_when_it_was_written_tells_whether_somebody_was_faster() -> None:
    assert state().written == TIME


def test_all_but_keys_and_buckets_has_to_be_let_go_of_first() -> None:
    bucket = "wedsync:database:ExportBucket$aws:s3/bucket:Bucket"
    kept = [{"urn": urn(type_, "it"), "protect": True} for type_ in (KEY, bucket)]
    assert state(resources=[*kept, {"urn": urn(CLUSTER, "free")}]).protection is None
    told = state(resources=[*kept, {"urn": urn(f"wedsync:a:B${CLUSTER}", "held"), "protect": True}]).protection
    assert f"  {urn(f'wedsync:a:B${CLUSTER}', 'held')}" in told.splitlines()
    assert "aws:kms" not in told
    assert "aws:s3" not in told
    assert "remove-region.md" in told
