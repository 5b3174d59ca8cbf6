"""YAML's traps are closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from regions.yaml_reader import read_yaml


def read(tmp_path: Path, text: str) -> tuple[dict[str, object] | None, list[str]]:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    data, problems = read_yaml(path, "x.yaml")
    return data, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),  # Norwegian
        ("on", "on"),
        ("true", True),
        ("False", "False"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("-3", -3),
        ("0.42", 0.42),
        ("1e3", 1000.0),
        ("~", None),
        ("null", None),
        ("", None),
        ('"1"', "1"),
    ],
)
def test_scalars_mean_what_they_look_like(tmp_path: Path, text: str, value: object) -> None:
    assert read(tmp_path, f"key: {text}\n") == ({"key": value}, [])


def test_a_key_twice_is_said_with_both_lines_and_the_first_counts(tmp_path: Path) -> None:
    data, problems = read(tmp_path, "a:\n  - b: 1\n    c: 2\n    b: 3\n")
    assert data == {"a": [{"b": 1, "c": 2}]}
    assert problems == ["x.yaml: a[0].b: is there twice (lines 2 and 4); remove one"]


@pytest.mark.parametrize("key", ["1", "true", "[a, b]", "{a: b}", "~", "? [x]\n"])
def test_keys_are_words(tmp_path: Path, key: str) -> None:
    data, problems = read(tmp_path, f"a: 1\n{key}: 2\n")
    assert data == {"a": 1}
    assert problems == ["x.yaml: has a key on line 2 that is not a word; quote it or remove it"]


@pytest.mark.parametrize("text", ["a: &a {b: 1}\nc: *a\n", "a: &a [*a]\n", "c: &a {<<: {b: 1}}\nd: *a\n"])
def test_aliases_are_refused(tmp_path: Path, text: str) -> None:
    data, problems = read(tmp_path, text)
    assert data is None
    assert any("is an alias; write the values out" in problem for problem in problems)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1\n", "x.yaml: is not valid YAML: did not find expected ',' or ']' at line 2, column 1"),
        ("a: 1\n---\nb: 2\n", "x.yaml: is not valid YAML: but found another document at line 2, column 1"),
        ("a: !!python/name:os.system x\n", "x.yaml: is not valid YAML: could not determine a constructor for the tag"),
        ("a: \x07\n", "x.yaml: is not valid YAML: "),
        ("- a\n", "x.yaml: must be a mapping of fields, such as 'name: us-east-1'"),
        ("", "x.yaml: must be a mapping of fields, such as 'name: us-east-1'"),
        ("a: " + "[" * 3000 + "]" * 3000, "x.yaml: is nested too deeply"),
        ("a: " + "[" * 100_000, "x.yaml: is nested too deeply"),
        ("- " * 100_000, "x.yaml: is nested too deeply"),
    ],
)
def test_files_that_are_no_yaml_mapping(tmp_path: Path, text: str, sentence: str) -> None:
    data, problems = read(tmp_path, text)
    assert data is None
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    data, problems = read_yaml(tmp_path, "x.yaml")
    assert data is None
    assert [str(problem) for problem in problems] == [
        "x.yaml: cannot be read (Is a directory); make it a readable file"
    ]
