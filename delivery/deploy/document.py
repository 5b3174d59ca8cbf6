"""A review and what became of it as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from costs.year import MonthlyBill
from delivery.deploy.cost_change import CostChange, busiest, usd
from delivery.deploy.preview import StackPreview
from delivery.deploy.review import Result, Review
from delivery.instants import iso
from guard.verdict import Verdict

_CENT = Decimal("0.01")


def document(review: Review, result: Result) -> dict[str, Any]:
    """Return the document. Instants are in UTC, money is in $ to the cent, steps without a change are left out."""
    return {
        "stack": review.stack,
        "result": result.value,
        "refusals": list(review.refusals),
        "failure": review.failure or None,
        "notes": list(review.notes),
        "window": _window(review.verdict),
        "losses": [
            {
                "urn": loss.step.urn,
                "operation": loss.step.operation,
                "lost": loss.what,
                "accepted": loss.accepted,
            }
            for loss in review.losses
        ],
        "cost": review.cost and _cost(review.cost),
        "preview": review.preview and _preview(review.preview),
    }


def _window(verdict: Verdict) -> dict[str, Any]:
    return {
        "at": iso(verdict.at),
        "allowed": verdict.allowed,
        "opens_at": verdict.opens_at and iso(verdict.opens_at),
        "closes_at": verdict.closes_at and iso(verdict.closes_at),
        "override": verdict.override and verdict.override.name,
        "sentences": list(verdict.sentences),
    }


def _cost(cost: CostChange) -> dict[str, Any]:
    increase = cost.increase_percent
    return {
        "before": _bills(cost.before),
        "after": _bills(cost.after),
        "increase_percent": None if increase is None else float(round(increase, 1)),
        "unpriced": [{"resource": each.resource, "reason": each.reason} for each in cost.unpriced],
    }


def _bills(bills: Sequence[MonthlyBill]) -> dict[str, Any] | None:
    worst = busiest(bills)
    return worst and {
        "month": str(bills[0].month),
        "total_usd": _money(bills[0]),
        "busiest_month": str(worst.month),
        "busiest_total_usd": _money(worst),
    }


def _money(bill: MonthlyBill) -> float:
    return float(usd(bill).quantize(_CENT))


def _preview(preview: StackPreview) -> dict[str, Any]:
    return {
        "counts": dict(preview.counts),
        "steps": [
            {
                "operation": step.operation,
                "urn": step.urn,
                "type": step.type,
                "name": step.name,
                "paths": list(step.paths),
                "replace_keys": list(step.replace_keys),
                "protect": step.protect,
            }
            for step in preview.steps
            if step.operation not in ("same", "read")
        ],
        "outputs": list(preview.outputs),
        "gone": list(preview.gone),
        "policies": [
            {"id": each.id, "level": each.level, "urn": each.urn, "message": each.message} for each in preview.policies
        ],
        "errors": list(preview.errors),
        "warnings": list(preview.warnings),
    }
