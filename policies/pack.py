"""What the rules say of resources: the same for the engine's pack and for `wedops policy check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from policies.context import Context
from policies.rule import Finding, Level, Rule, StackRule
from policies.subject import Subject


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule finds wrong. `urn`: of the resource; "" where it is about the stack as a whole."""

    rule: Rule | StackRule
    level: Level
    sentence: str
    urn: str = ""


class Pack:
    """Rules, by the types of resources that they are about."""

    def __init__(self, rules: Sequence[Rule | StackRule]) -> None:
        """Make a pack of these rules.

        Raises:
            ValueError: two of them have the same id.
        """
        if len({rule.id for rule in rules}) != len(rules):
            raise ValueError(f"two rules have the same id: {', '.join(sorted(rule.id for rule in rules))}")
        self.rules = tuple(rules)
        self._stack_rules = [rule for rule in rules if isinstance(rule, StackRule)]
        self._of_all: list[Rule] = []
        self._by_type: dict[str, list[Rule]] = {}
        for rule in rules:
            if isinstance(rule, Rule) and not rule.types:
                self._of_all.append(rule)
            elif isinstance(rule, Rule):
                for each in rule.types:
                    self._by_type.setdefault(each, []).append(rule)

    def prepare(self, context: Context) -> None:
        """Let rules work out what does not depend on resources. One that fails here says so when it is asked."""
        for rule in self._stack_rules:
            if rule.prepare:
                with suppress(Exception):
                    rule.prepare(context)

    def resource(self, subject: Subject, context: Context) -> Iterator[Violation]:
        """Yield what is wrong with a resource for itself."""
        for rule in (*self._of_all, *self._by_type.get(subject.type, ())):
            for level, sentence in _asked(rule, subject, context):
                yield Violation(rule, level, subject.told(sentence), subject.urn)

    def stack(self, subjects: Sequence[Subject], context: Context) -> Iterator[Violation]:
        """Yield what is wrong with the resources of a stack together."""
        for rule in self._stack_rules:
            for level, sentence in _asked(rule, subjects, context):
                for subject in subjects:
                    sentence = subject.told(sentence) if subject.secrets else sentence
                yield Violation(rule, level, sentence)

    def everything(self, subjects: Sequence[Subject], context: Context) -> Iterator[Violation]:
        """Yield what is wrong with a stack: each resource in turn, then all together."""
        for subject in subjects:
            yield from self.resource(subject, context)
        yield from self.stack(subjects, context)


def _asked(rule: Rule | StackRule, what: object, context: Context) -> Iterator[tuple[Level, str]]:
    """A rule that fails has not said that all is well: that is a violation, too."""
    try:
        found: Iterable[str | Finding] = rule.check(what, context)  # pyright: ignore[reportArgumentType]
        for each in found:
            yield (each.level, each.sentence) if isinstance(each, Finding) else ("mandatory", each)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises
        said = f"The rule could not be asked ({type(error).__name__}); nothing is changed that no rule has seen."
        yield "mandatory", f"{said} Correct policies/rules/{rule.id.replace('-', '_')}.py or what it reads."
