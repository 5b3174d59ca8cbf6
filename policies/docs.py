"""docs/policies.md: every rule, as it is written where it is checked. `python -m policies.docs --write` renews it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from policies.rule import Rule, StackRule
from policies.rules import RULES, block_saturday_deploys, enforce_cost_ceiling
from regions.load import PACKAGE_DIRECTORY

FILE = PACKAGE_DIRECTORY.parent / "docs" / "policies.md"

_MANDATORY = "mandatory"
# What these two choose from case to case; every other rule's findings are mandatory.
_LEVELS: Mapping[str, str] = {
    block_saturday_deploys.RULE.id: "mandatory in an update, advisory in a preview",
    enforce_cost_ceiling.RULE.id: "mandatory above the ceiling, advisory near it",
}
_HEAD = """\
# Policies

What `pulumi preview` and `pulumi up` refuse with `--policy-pack policies`, and `make policy` for every stack without a
cloud. A mandatory finding stops the update before the resource is made, or, where a rule is about a stack as a whole,
ends the preview. What a preview does not know yet is judged in the update. What kube-score and checkov find in rendered
manifests is theirs (tests/stacks/test_scans.py); what needs the old state is `wedops review`'s.

Written by `python -m policies.docs --write` from policies/rules/; a test keeps it in step.
"""


def text() -> str:
    """Return the text of docs/policies.md."""
    return "\n".join((_HEAD, *map(_section, RULES)))


def _section(rule: Rule | StackRule) -> str:
    what = sys.modules[rule.check.__module__].__doc__ or ""
    return f"""\
## {rule.id}

{what.splitlines()[0]}

- Level: {_LEVELS.get(rule.id, _MANDATORY)}
- Why: {rule.why}
- What to do: {rule.fix}
- Applies to: {_applies_to(rule)}
"""


def _applies_to(rule: Rule | StackRule) -> str:
    if isinstance(rule, StackRule):
        return "the stack as a whole"
    if not rule.types:
        return "every resource"
    # Without versions of an API, and patches: they are all there.
    names = dict.fromkeys(_name(token) for token in rule.types)
    return ", ".join(f"`{name}`" for name in names)


def _name(token: str) -> str:
    """The kind of a Kubernetes object without its API's version, or of an AWS resource with its service."""
    package, module, kind = token.split(":")
    if package == "kubernetes":
        return kind.removesuffix("Patch")
    return f"{package}:{module.partition('/')[0]}:{kind}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; print the text, or write it."""
    parser = argparse.ArgumentParser(prog="python -m policies.docs", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write docs/{FILE.name} instead of printing it")
    if parser.parse_args(arguments).write:
        FILE.write_text(text(), encoding="utf-8")
        print(f"written: {FILE}")
    else:
        print(text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
