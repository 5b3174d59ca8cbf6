"""YAML without its traps: one meaning for a word, no key twice, no sharing."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from regions.problems import ABSENT, Problem, field_path

Location = tuple[str | int, ...]
_WORD = "tag:yaml.org,2002:str"
_MOST_LEVELS = 100
_TOO_DEEP = "is nested too deeply; region data has a handful of levels"


class _Loader(yaml.CSafeLoader):
    """Reads scalars as YAML 1.2's core schema does: `no` is a word, 12:30 is not a number, 2026-01-01 is not a date."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


for _tag, _pattern, _first in (
    ("null", r"^(~|null|)$", "~n\0"),
    ("bool", r"^(true|false)$", "tf"),
    ("int", r"^[-+]?(0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$", "-+0123456789"),
):
    _firsts = ["" if first == "\0" else first for first in _first]
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _firsts)


def read_yaml(path: Path, label: str) -> tuple[dict[str, object] | None, tuple[Problem, ...]]:
    """Read one mapping.

    Args:
        path: the file.
        label: what problems call it.
    Returns:
        The mapping, or None if there is none to go on with; and what is wrong with the file as YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None, (Problem(label, "", ABSENT, "is not UTF-8 text; save it as UTF-8"),)
    except OSError as error:
        return None, (Problem(label, "", ABSENT, f"cannot be read ({error.strerror}); make it a readable file"),)
    try:
        return _read_text(text, label)
    except yaml.YAMLError as error:
        return None, (Problem(label, "", ABSENT, f"is not valid YAML: {_said(error)}"),)


def _read_text(text: str, label: str) -> tuple[dict[str, object] | None, tuple[Problem, ...]]:
    if _levels(text) > _MOST_LEVELS:
        return None, (Problem(label, "", ABSENT, _TOO_DEEP),)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            return None, (Problem(label, "", ABSENT, "must be a mapping of fields, such as 'name: us-east-1'"),)
        structure = _Structure(label)
        structure.visit(node, ())
        # A loop of aliases has no end; everything else can be read on, so that its other mistakes are found too.
        data = None if structure.has_alias else loader.construct_document(node)
        return data, tuple(structure.problems)
    finally:
        loader.dispose()


def _levels(text: str) -> int:
    """How deeply it is nested, as far as it matters: libyaml's composer calls itself, and a stack ends in a crash."""
    level = deepest = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            deepest = max(deepest, level)
            if deepest > _MOST_LEVELS:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1
    return deepest


class _Structure:
    """Finds keys that are there twice or are no words (and takes them out), and nodes shared by an alias."""

    def __init__(self, label: str) -> None:
        self.problems: list[Problem] = []
        self.has_alias = False
        self._label = label
        self._seen: set[int] = set()

    def visit(self, node: yaml.Node, location: Location) -> None:
        """Look at `node`, which is at `location`, and everything below."""
        if isinstance(node, yaml.ScalarNode):
            return
        if id(node) in self._seen:
            self.has_alias = True
            self._report(location, "is an alias; write the values out")
            return
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            self._visit_mapping(node, location)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, (*location, index))

    def _visit_mapping(self, node: yaml.MappingNode, location: Location) -> None:
        lines: dict[str, int] = {}
        words: list[tuple[yaml.Node, yaml.Node]] = []
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != _WORD:
                self._report(location, f"has a key on line {line} that is not a word; quote it or remove it")
                continue
            here = (*location, key.value)
            if key.value in lines:
                self._report(here, f"is there twice (lines {lines[key.value]} and {line}); remove one")
                continue
            lines[key.value] = line
            words.append((key, value))
            self.visit(value, here)
        node.value = words

    def _report(self, location: Location, fix: str) -> None:
        self.problems.append(Problem(self._label, field_path(location), ABSENT, fix))


def _said(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"{error.problem} at line {mark.line + 1}, column {mark.column + 1}"
    return " ".join(str(error).split())
