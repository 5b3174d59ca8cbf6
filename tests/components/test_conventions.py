"""What all components have alike, so that a newcomer finds any of them in one guess."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parent.parent.parent / "components"
FILES = sorted(COMPONENTS.rglob("*.py"))
_MOST_LINES = 300


def _components(file: Path) -> list[ast.ClassDef]:
    classes = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)]
    return [each for each in classes if any(ast.unparse(base) == "pulumi.ComponentResource" for base in each.bases)]


WITH_COMPONENTS = [file for file in FILES if _components(file)]


def _name(file: Path) -> str:
    return str(file.relative_to(COMPONENTS))


def test_there_are_components() -> None:
    assert len(WITH_COMPONENTS) > 30


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_files_are_short(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= _MOST_LINES


@pytest.mark.parametrize("file", WITH_COMPONENTS, ids=_name)
def test_one_component_a_file_named_after_it(file: Path) -> None:
    (component,) = _components(file)
    assert component.name.lower() == file.stem.replace("_", "")


@pytest.mark.parametrize("file", WITH_COMPONENTS, ids=_name)
def test_its_type_is_its_folder_and_its_name(file: Path) -> None:
    (component,) = _components(file)
    texts = [node.value for node in ast.walk(component) if isinstance(node, ast.Constant)]
    tokens = [text for text in texts if isinstance(text, str) and text.startswith("wedsync:") and text.count(":") == 2]
    assert tokens == [f"wedsync:{file.parent.name}:{component.name}"]


@pytest.mark.parametrize("file", WITH_COMPONENTS, ids=_name)
def test_its_docstring_has_an_example_of_five_lines_at_most(file: Path) -> None:
    (component,) = _components(file)
    told = ast.get_docstring(component) or ""
    paragraphs = [part.splitlines() for part in told.split("\n\n")]
    examples = [part for part in paragraphs if part[0].startswith(f"{component.name}(")]
    assert len(examples) == 1
    assert len(examples[0]) <= 5


@pytest.mark.parametrize("file", WITH_COMPONENTS, ids=_name)
def test_it_registers_its_outputs_last(file: Path) -> None:
    (component,) = _components(file)
    (constructor,) = [node for node in component.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    assert ast.unparse(constructor.body[-1]).startswith("self.register_outputs(")
