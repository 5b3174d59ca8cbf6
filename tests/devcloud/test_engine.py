"""Pulumi commands: the environment they run in, and how their failures and interruptions arrive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devcloud.engine import PLUGINS, Engine, EngineError
from devcloud.state import State

_INTERRUPTED = """
import sys
from pathlib import Path
from devcloud.engine import Engine
from devcloud.state import State
directory = Path(sys.argv[1])
try:
    Engine(directory / "pulumi", State(directory), "http://127.0.0.1:1", directory).show(["up"])
except KeyboardInterrupt:
    print("interrupted", (directory / "ended").exists(), flush=True)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "bin" / "pulumi", State(tmp_path / "state"), "http://127.0.0.1:20001", tmp_path)


def _stand_in(file: Path, script: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_nothing_of_a_real_account_is_inherited(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "PULUMI_ACCESS_TOKEN": "real",
        "PULUMI_STACK": "prod",
        "KUBECONFIG": "/home/somebody/.kube/config",
    }
    for name, value in {**real, "LANG": "C.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    environment = engine.environment()
    assert not {"real", "production", "prod", real["KUBECONFIG"]} & set(environment.values())
    assert environment["LANG"] == "C.UTF-8"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:20001"
    assert environment["KUBECONFIG"] == str(engine.state.kubeconfig)
    assert environment["PULUMI_BACKEND_URL"].startswith(f"file://{engine.state.backend}")
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == environment["AWS_CONFIG_FILE"] == os.devnull
    assert environment["PATH"].split(os.pathsep)[0] == str(engine.pulumi.parent)


def test_a_proxy_is_not_asked_for_this_machine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert "127.0.0.1" in engine.environment()["NO_PROXY"]
    assert "127.0.0.1" in engine.environment()["no_proxy"]


@pytest.mark.parametrize("with_language_host", [True, False])
def test_the_plugins_are_where_the_engine_looks(with_language_host: bool, engine: Engine) -> None:
    engine.prepare(with_language_host=with_language_host)
    found = {file.name: file for file in engine.state.pulumi_home.glob("plugins/*/pulumi-*")}
    kinds = {"resource", "language"} if with_language_host else {"resource"}
    assert set(found) == {f"pulumi-{kind}-{name}" for kind, name in PLUGINS if kind in kinds}
    for file in found.values():
        assert os.access(file, os.X_OK)
        assert sys.executable in file.read_text()
        assert file.parent.name.startswith(f"{file.name.removeprefix('pulumi-')}-v")
    assert engine.state.backend.is_dir()


def test_a_failed_command_says_what_it_printed(engine: Engine) -> None:
    _stand_in(engine.pulumi, "echo to output; echo 'error: no stack named x' >&2; exit 255")
    with pytest.raises(EngineError) as caught:
        engine.capture(["stack", "select", "not there"])
    assert str(caught.value) == "`pulumi stack select 'not there'` failed:\nto output\nerror: no stack named x"


def test_a_failed_command_that_was_shown_names_its_exit_code(engine: Engine) -> None:
    _stand_in(engine.pulumi, "exit 255")
    with pytest.raises(EngineError, match=r"^`pulumi up` failed \(exit code 255\), see above$"):
        engine.show(["up"])


def test_an_update_tells_what_it_did(engine: Engine) -> None:
    _stand_in(
        engine.pulumi,
        """while [ "$1" != --event-log ]; do shift; done
        echo '{"preludeEvent": {}}' > "$2"
        echo '{"summaryEvent": {"resourceChanges": {"create": 2, "same": 5}}}' >> "$2"
        echo '{"cancelEvent": {}}' >> "$2" """,
    )
    (engine.state.root / "pulumi").mkdir(parents=True)
    assert engine.up("dev") == {"create": 2, "same": 5}


def test_an_update_without_a_summary_is_an_error(engine: Engine) -> None:
    _stand_in(engine.pulumi, """while [ "$1" != --event-log ]; do shift; done; echo '{"preludeEvent": {}}' > "$2" """)
    (engine.state.root / "pulumi").mkdir(parents=True)
    with pytest.raises(EngineError, match="ended without a summary; events: "):
        engine.up("dev")


def test_ctrl_c_waits_for_pulumi_to_end(tmp_path: Path) -> None:
    """As a terminal does: both get the signal, pulumi finishes what is in flight."""
    directory = str(tmp_path)
    _stand_in(
        tmp_path / "pulumi",
        f"trap 'sleep 0.5; touch {directory}/ended; exit 1' INT; touch {directory}/began; sleep 300 & wait $!",
    )
    command = [sys.executable, "-c", _INTERRUPTED, directory]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where tests run in the background the signal is ignored from birth, and a shell cannot trap it then.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as shell:
        try:
            deadline = time.monotonic() + 20
            while not (tmp_path / "began").exists():
                assert time.monotonic() < deadline, "pulumi was not started"
                time.sleep(0.05)
            os.killpg(shell.pid, signal.SIGINT)
            assert shell.wait(20) == 0
            assert shell.stdout is not None
            assert shell.stdout.readline() == "interrupted True\n"
        finally:
            os.killpg(shell.pid, signal.SIGKILL)  # the sleep that stands for an operation
