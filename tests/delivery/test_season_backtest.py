"""`wedops season backtest` from the command line: figures, and a sentence for every mistake in the file."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from typer.testing import CliRunner, Result

from delivery.cli import app

BAD_INPUT = 2
DATA = Path(__file__).parents[1] / "data" / "seasons"
TORONTO = DATA / "marriage_licences_toronto_2011_2018.csv"
USA = DATA / "us_marriage_rate_monthly_2000_2009.csv"

Backtest = Callable[..., Result]


@pytest.fixture
def backtest() -> Backtest:
    def run(data: Path, year: int, *arguments: str) -> Result:
        command = ["season", "backtest", "--data", str(data), "--test-year", str(year), *arguments]
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, command)

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "months.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def _sentences(result: Result) -> list[str]:
    assert result.exit_code == BAD_INPUT, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()


def test_toronto_s_2017(backtest: Backtest) -> None:
    result = backtest(TORONTO, 2017, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    months = document.pop("forecast")
    assert document.pop("accuracy") == pytest.approx(1 - document["wape"])
    assert document.pop("baseline_accuracy") == pytest.approx(1 - document["baseline_wape"])
    assert document.pop("wape") < 0.8 * document.pop("baseline_wape")
    assert document == {"test_year": 2017, "train_from": "2011-01", "train_to": "2016-12", "months": 12}
    assert [month["month"] for month in months] == [f"2017-{number:02d}" for number in range(1, 13)]
    assert (months[5]["actual"], months[5]["baseline"]) == (1889, 2011)
    assert months[5]["forecast"] == pytest.approx(1889, rel=0.1)


def test_the_other_shape_with_missing_months(backtest: Backtest) -> None:
    document = json.loads(backtest(USA, 2009, "--json").stdout)
    assert (document["train_from"], document["train_to"], document["months"]) == ("2000-03", "2008-12", 10)
    assert document["accuracy"] > max(0.9, document["baseline_accuracy"])


def test_the_table_has_the_figures(backtest: Backtest) -> None:
    result = backtest(TORONTO, 2018)
    assert result.exit_code == 0
    assert "2018-07" in result.stdout
    assert "2,169" in result.stdout
    assert "2018, from 2011-01 to 2017-12: accuracy 95.2%, baseline 94.2%" in result.stdout


def test_every_wrong_line_is_named(backtest: Backtest, written: Callable[[str], Path]) -> None:
    data = written(
        "month,licences\n2011-01,742\n2011-13,5\n2011-02,many\n2011-03,-4\n2011-01,742,x\n2011-04,inf\n2011-05-02,7\n"
        "0000-05,7\n2011-01,7\n2011-06\n"
    )
    row, columns = "write a row such as 2017-06,1889", "write a time and a value, such as 2017-06,1889"
    assert _sentences(backtest(data, 2012)) == [
        f"{data}, line 3: '2011-13' is not a month; {row}.",
        f"{data}, line 4: 'many' is not a number; {row}.",
        f"{data}, line 5: -4 must be 0 or more; {row}.",
        f"{data}, line 6: has 3 columns; {columns}.",
        f"{data}, line 7: 'inf' is not a number; {row}.",
        f"{data}, line 8: '2011-05-02' is not a month; {row}.",
        f"{data}, line 9: '0000-05' is outside of the years 1900 to 2199; {row}.",
        f"{data}, line 10: 2011-01 is there twice; remove one of them.",
        f"{data}, line 11: has 1 column; {columns}.",
    ]


@pytest.mark.parametrize("value", ["1e308", "1.1e15", "9e-10", "1e-300"])
def test_values_that_nothing_has_are_refused(backtest: Backtest, written: Callable[[str], Path], value: str) -> None:
    (sentence,) = _sentences(backtest(written(f"month,licences\n2011-01,{value}\n"), 2012))
    assert f"line 2: {value} must be 0, or from 1e-09 to 1e+15; write a row such as" in sentence


@pytest.mark.parametrize("value", ["1_000", "1,000", "0x10", "nan", "1e", "."])
def test_numbers_are_written_with_digits_alone(backtest: Backtest, written: Callable[[str], Path], value: str) -> None:
    (sentence,) = _sentences(backtest(written(f'month,licences\n2011-01,"{value}"\n'), 2012))
    assert f"line 2: {value!r} is not a number; write a row such as" in sentence


def test_values_at_both_limits_are_forecast(backtest: Backtest, written: Callable[[str], Path]) -> None:
    months = [(year, month) for year in range(2011, 2015) for month in range(1, 13)]
    rows = [f"{year}-{month:02d},{'1e15' if month < 7 else '1e-9'}" for year, month in months]
    result = backtest(written("month,licences\n" + "\n".join(rows) + "\n"), 2014, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["accuracy"] > 0.99


@pytest.mark.parametrize(
    ("months", "test_year"),
    [
        ([("2017-11", 14)], 2019),
        ([("2015-01", 12), ("2026-01", 12)], 2027),
        ([(f"{year}-02", 1) for year in range(2013, 2016)], 2016),
        ([("2018-01", 5), ("2019-01", 5)], 2020),
    ],
)
def test_months_whose_working_days_tell_nothing_apart_are_forecast_in_silence(
    written: Callable[[str], Path], months: list[tuple[str, int]], test_year: int
) -> None:
    """As a program: a warning of a library would be on standard error."""
    known = {
        f"{year}-{month:02d}"
        for start, count in months
        for number in range(count)
        for year, month in [divmod(12 * int(start[:4]) + int(start[5:]) - 1 + number, 12)]
        for month in [month + 1]
    }
    tested = {f"{test_year}-{month[5:]}" for month in known}
    rows = [f"{month},{100 + 10 * int(month[5:]) + int(month[3])}" for month in sorted(known | tested)]
    data = written("month,licences\n" + "\n".join(rows) + "\n")
    command = ["-m", "delivery", "season", "backtest", "--data", str(data), "--test-year", str(test_year), "--json"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["accuracy"] > 0.9
    assert all(math.isfinite(month["forecast"]) for month in document["forecast"])


def test_the_table_stays(backtest: Backtest, snapshot: SnapshotAssertion) -> None:
    assert backtest(TORONTO, 2018).stdout == snapshot


def test_months_out_of_order_are_named(backtest: Backtest, written: Callable[[str], Path]) -> None:
    data = written("month,licences\n2011-02,742\n2011-01,5\n2011-02,6\n2011-03,0\n")
    assert _sentences(backtest(data, 2012)) == [
        f"{data}, line 3: 2011-01 comes after 2011-02; sort the rows by month.",
        f"{data}, line 4: 2011-02 is there twice; remove one of them.",
        f"{data}, line 5: 2011-03 has the value 0, which no share can be taken of; leave the month out.",
    ]


def test_of_very_many_wrong_lines_the_first_are_named(backtest: Backtest, written: Callable[[str], Path]) -> None:
    sentences = _sentences(backtest(written("month,licences\n" + "x,1\n" * 25), 2012))
    assert len(sentences) == 11
    assert sentences[-1] == "… and 15 more lines."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: must be the header: month or date and a name for the value, such as month,value."),
        ("2011-01,742\n", "line 1: must be the header"),
        ("when,licences\n2011-01,742\n", "line 1: must be the header"),
        ("month,5\n2011-01,742\n", "line 1: must be the header"),
        ("month,licences\n", "has a header and no rows; add rows such as 2017-06,1889."),
        ('month,licences\n"2011-01,742\n', "is not CSV"),
    ],
)
def test_what_is_no_such_file_is_refused(
    backtest: Backtest, written: Callable[[str], Path], text: str, says: str
) -> None:
    data = written(text)
    (sentence,) = _sentences(backtest(data, 2012))
    assert sentence.startswith(str(data))
    assert says in sentence


def test_a_wrong_header_and_wrong_rows_are_told_at_once(backtest: Backtest, written: Callable[[str], Path]) -> None:
    data = written("month,licences,more\n2011-01,742,1\n2011-02,x\n")
    assert [sentence.partition(": ")[0] for sentence in _sentences(backtest(data, 2012))] == [
        f"{data}, line {number}" for number in (1, 2, 3)
    ]


def test_of_a_file_too_short_no_year_is_offered(backtest: Backtest, written: Callable[[str], Path]) -> None:
    (sentence,) = _sentences(backtest(written("month,licences\n2011-01,742\n2012-01,742\n"), 2012))
    assert sentence.endswith("at least 2 are needed); add earlier years: none can be tested.")


def test_a_file_that_cannot_be_read_is_refused(backtest: Backtest, tmp_path: Path) -> None:
    assert _sentences(backtest(tmp_path / "none.csv", 2012)) == [
        f"{tmp_path / 'none.csv'}: cannot be read (No such file or directory); give a file that can."
    ]
    (tmp_path / "latin.csv").write_bytes(b"month,\xe9\n")
    assert "is not UTF-8 text; save it as UTF-8." in _sentences(backtest(tmp_path / "latin.csv", 2012))[0]


def test_a_byte_order_mark_and_blank_lines_are_let_be(backtest: Backtest, written: Callable[[str], Path]) -> None:
    data = written("\ufeff" + TORONTO.read_text(encoding="utf-8").replace("\n", "\r\n") + "\r\n\r\n")
    assert backtest(data, 2018, "--json").stdout == backtest(TORONTO, 2018, "--json").stdout


@pytest.mark.parametrize(
    ("year", "says"),
    [
        (2019, "has no month of it; give one of the years that can be tested: 2013, 2014, 2015, 2016, 2017, 2018."),
        (2012, "too little before it (1 year(s) known; at least 2 are needed); give one of the years that can be tes"),
        (2011, "(0 year(s) known; at least 2 are needed)"),
    ],
)
def test_a_year_that_cannot_be_tested_is_refused(backtest: Backtest, year: int, says: str) -> None:
    (sentence,) = _sentences(backtest(TORONTO, year))
    assert sentence.startswith(f"--test-year {year}: {TORONTO}")
    assert says in sentence
