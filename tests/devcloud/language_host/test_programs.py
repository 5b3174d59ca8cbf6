"""Programs on the real engine: what they export, what they are given, and how they fail."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.devcloud.language_host.conftest import Finished, Tiny

pytestmark = pytest.mark.cluster

_PROGRAM = """
    import os
    import sys

    import pulumi
    from pulumi.runtime.config import is_config_secret
    from beside import WORD

    print("hello from standard output")
    print("and from standard error", file=sys.stderr)
    config = pulumi.Config()
    pulumi.ComponentResource("tiny:index:Part", "part")
    pulumi.export("greeting", config.require("greeting"))
    pulumi.export("marked", [is_config_secret("tiny:greeting"), is_config_secret("tiny:password")])
    pulumi.export("password", config.require_secret("password"))
    pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
    pulumi.export("word", WORD)
    pulumi.export("directory", os.getcwd())
"""


@pytest.fixture(scope="module")
def done(make_tiny: Callable[[], Tiny]) -> tuple[Tiny, Finished]:
    """A project with configuration, after `pulumi up`."""
    tiny = make_tiny()
    tiny.write(_PROGRAM)
    (tiny.engine.project / "beside.py").write_text("WORD = 'a module beside the program'\n")
    tiny.engine.capture(["config", "set", "greeting", "welcome", "--stack", "dev"])
    tiny.engine.capture(["config", "set", "--secret", "password", "hunter2", "--stack", "dev"])
    return tiny, tiny.run("up", "--yes", "--skip-preview", "--stack", "dev")


def test_outputs_and_configuration(done: tuple[Tiny, Finished]) -> None:
    tiny, up = done
    assert up.code == 0, up.output
    assert tiny.engine.outputs("dev") == {
        "greeting": "welcome",
        "marked": [False, True],
        "password": "[secret]",
        "stack": "organization/tiny/dev",
        "word": "a module beside the program",
        "directory": str(tiny.engine.project),
    }


def test_resources_are_registered(done: tuple[Tiny, Finished]) -> None:
    resources: list[dict[str, Any]] = done[0].engine.export("dev")["deployment"]["resources"]
    assert [resource["type"] for resource in resources] == ["pulumi:pulumi:Stack", "tiny:index:Part"]


def test_a_secret_is_nowhere_in_plain_text(done: tuple[Tiny, Finished]) -> None:
    tiny, up = done
    assert "hunter2" not in up.output
    assert "hunter2" not in json.dumps(tiny.engine.export("dev"))


def test_what_the_program_prints_is_shown(done: tuple[Tiny, Finished]) -> None:
    assert "hello from standard output" in done[1].output
    assert "and from standard error" in done[1].output


def test_an_exception_is_shown_with_its_traceback(tiny: Tiny) -> None:
    preview = tiny.preview("def broken():\n    raise KeyError('no such couple')\n\nbroken()\n")
    assert preview.code != 0
    assert "Traceback (most recent call last)" in preview.output
    assert f"{tiny.engine.project / '__main__.py'}" in preview.output
    assert "KeyError: 'no such couple'" in preview.output


def test_a_run_error_is_shown_as_its_message(tiny: Tiny) -> None:
    preview = tiny.preview("import pulumi\nraise pulumi.RunError('deploys are blocked until Sunday')\n")
    assert preview.code != 0
    assert "deploys are blocked until Sunday" in preview.output
    assert "Traceback" not in preview.output


def test_an_exception_in_an_output_fails_the_run(tiny: Tiny) -> None:
    preview = tiny.preview("""
        import pulumi
        pulumi.export("x", pulumi.Output.from_input(1).apply(lambda one: one / 0))
    """)
    assert preview.code != 0
    assert "ZeroDivisionError" in preview.output


def test_an_exit_code_is_reported(tiny: Tiny) -> None:
    preview = tiny.preview("import sys\nsys.exit(3)\n")
    assert preview.code != 0
    assert "the program ended with exit code 3" in preview.output


def test_a_syntax_error_names_the_line(tiny: Tiny) -> None:
    preview = tiny.preview("first = 1\nsecond = = 2\n")
    assert preview.code != 0
    assert "__main__.py" in preview.output
    assert "second = = 2" in preview.output


def test_a_preview_is_told_that_it_is_one(tiny: Tiny) -> None:
    preview = tiny.preview("import pulumi\nprint('preview:', pulumi.runtime.is_dry_run())\n")
    assert preview.code == 0, preview.output
    assert "preview: True" in preview.output


def test_about_names_the_python_that_runs_programs(tiny: Tiny) -> None:
    tiny.write("")
    about = json.loads(tiny.engine.capture(["about", "--json"]))
    assert about["runtime"]["language"] == "python"
    assert about["runtime"]["executable"] == sys.executable
    assert about["runtime"]["version"] == platform.python_version()
    assert "pulumi" in {dependency["name"] for dependency in about["dependencies"]}
