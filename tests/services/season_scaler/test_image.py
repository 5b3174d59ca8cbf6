"""The image: what is in it is enough and no more, and it runs as pods here must."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest

from components.workload import pod_security
from tests.services.season_scaler.states import WORKLOADS

ROOT = Path(__file__).resolve().parents[3]
SERVICE = ROOT / "services" / "season_scaler"
SECONDS = 60
OWN = ("guard", "regions", "seasons", "services")
_NAME = re.compile(r"^([a-z0-9._-]+)==", re.MULTILINE)


class Instruction(NamedTuple):
    """One line of a Containerfile, continued lines joined."""

    name: str
    rest: str


def stages() -> list[list[Instruction]]:
    """The Containerfile's instructions, by stage; what comes before the first FROM is left out."""
    text = re.sub(r"^#.*\n", "", (SERVICE / "Containerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    instructions = [Instruction(*line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]
    found: list[list[Instruction]] = []
    for each in instructions:
        if each.name == "FROM":
            found.append([])
        if found:
            found[-1].append(each)
    return found


def last(stage: list[Instruction], name: str) -> str:
    return [each.rest for each in stage if each.name == name][-1]


def copied() -> dict[str, str]:
    """What the build stage copies from the project, by where it goes."""
    pairs = [each.rest.split() for each in stages()[0] if each.name == "COPY"]
    return {target: source for source, target in pairs}


def locked(file: Path) -> dict[str, list[str]]:
    """Version and hashes of each package; for which platforms it is differs with what asks for it."""
    parts = _NAME.split(re.sub(r" ;[^\\]*", " ", file.read_text()))
    return {name: text.replace("\\", "").split() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_there_are_two_stages_on_one_pinned_base() -> None:
    build, final = stages()
    assert build[0].rest == f"{final[0].rest} AS build"
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+\$\{DIGEST\}", final[0].rest)


def _checks_digest(digest: str | None) -> subprocess.CompletedProcess[str]:
    """The build stage's first command, as the build runs it."""
    build = stages()[0]
    assert [each.name for each in build[:3]] == ["FROM", "ARG", "RUN"]
    assert build[1].rest == "DIGEST"
    environment = {"PATH": os.environ["PATH"]} | ({} if digest is None else {"DIGEST": digest})
    command = ["/bin/sh", "-c", build[2].rest]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


def test_no_image_is_built_on_whatever_the_tag_is_today() -> None:
    """An argument with a default would be forgotten by a pipeline, and nobody would know."""
    assert "\nARG DIGEST\n\nFROM " in (SERVICE / "Containerfile").read_text()
    assert _checks_digest("@sha256:" + "0a" * 32).returncode == 0


@pytest.mark.parametrize(
    "digest", [None, "", "latest", "sha256:" + "0" * 64, "@sha256:" + "0" * 63, "@sha256:" + "G" * 64]
)
def test_without_the_base_images_digest_the_build_fails_and_says_what_to_give(digest: str | None) -> None:
    done = _checks_digest(digest)
    assert done.returncode == 2
    assert "give --build-arg DIGEST=@sha256:<64 digits> of the base image" in done.stderr


def test_the_final_stage_runs_nothing_and_takes_from_the_first_alone() -> None:
    final = stages()[1]
    assert {each.name for each in final} == {"FROM", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "ENTRYPOINT"}
    assert all(each.rest.startswith("--from=build ") for each in final if each.name == "COPY")


def test_packages_are_wheels_with_known_hashes() -> None:
    (install,) = [each.rest for each in stages()[0] if " install " in each.rest]
    assert {"--require-hashes", "--only-binary=:all:"} <= set(install.split())
    assert "apt" not in install


def test_it_runs_as_the_user_that_its_pods_have() -> None:
    user, _, group = last(stages()[1], "USER").partition(":")
    assert pod_security.POD.get("run_as_user") == int(user)
    assert pod_security.POD.get("run_as_group") == int(group)
    assert int(user) > 0


def test_nothing_has_to_be_written_where_it_runs() -> None:
    assert "PYTHONDONTWRITEBYTECODE=1" in last(stages()[1], "ENV")
    (compiled,) = [each.rest for each in stages()[0] if "compileall" in each.rest]
    assert "unchecked-hash" in compiled
    assert compiled.endswith("/venv /app")


def test_it_starts_the_season_scaler_and_shows_its_port() -> None:
    assert last(stages()[1], "ENTRYPOINT") == '["python", "-m", "services.season_scaler"]'
    assert int(last(stages()[1], "EXPOSE")) == WORKLOADS.season_scaler.application[1].port


def test_the_packages_are_the_projects_own_to_the_last_hash() -> None:
    everything = locked(ROOT / "requirements.lock")
    for name, pins in locked(SERVICE / "requirements.lock").items():
        assert pins == everything[name], name


def test_everything_that_is_asked_for_is_locked() -> None:
    asked = [line for line in (SERVICE / "requirements.in").read_text().splitlines() if not line.startswith("#")]
    assert set(asked) <= set(locked(SERVICE / "requirements.lock"))


def test_every_import_is_asked_for_and_nothing_else_is() -> None:
    """Of everything that the service's modules import, and those in turn, inside functions too."""
    asked = {line for line in (SERVICE / "requirements.in").read_text().splitlines() if not line.startswith("#")}
    # Found by name where time zones are read, not imported.
    assert _third_party() | {"tzdata"} == asked


def test_the_build_context_is_what_is_copied() -> None:
    lines = (SERVICE / "Containerfile.dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    assert allowed == {source for source in copied().values() if "requirements" not in source}


def test_the_files_are_enough(tmp_path: Path) -> None:
    """Every own module that runs, and every file that is read, comes from what is copied."""
    for target, source in copied().items():
        place = tmp_path / target.lstrip("/")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)
    app = tmp_path / "app"
    script = f"""
import sys
from datetime import UTC, datetime
import services.season_scaler.__main__ as program
from regions.load import load_fleet
from seasons.plan import plan_at
fleet = load_fleet()
plan_at(fleet, fleet.region("us-east-1"), datetime(2026, 6, 13, tzinfo=UTC))
for name, module in sys.modules.items():
    if name.partition(".")[0] in {OWN!r} and getattr(module, "__file__", None):
        assert module.__file__.startswith({str(app)!r}), module.__file__
"""
    environment = {"PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=app,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("heavy", ["pandas", "numpy", "statsmodels", "rich", "typer", "pulumi", "httpx", "moto"])
def test_what_it_does_not_need_is_not_in_it(heavy: str) -> None:
    assert heavy not in locked(SERVICE / "requirements.lock")


def _third_party() -> set[str]:
    distributions = packages_distributions()
    waiting, seen, found = ["services.season_scaler.__main__"], set[str](), set[str]()
    while waiting:
        module = waiting.pop()
        path = _file(module)
        if module in seen or path is None:
            continue
        seen.add(module)
        for name in _imports(path):
            top = name.partition(".")[0]
            if top in OWN:
                parents = name.split(".")
                waiting += [".".join(parents[:end]) for end in range(1, len(parents) + 1)]
            elif top not in sys.stdlib_module_names:
                found |= {each.lower().replace("_", "-") for each in distributions[top]}
    assert len(seen) > 40  # or it looked at nothing
    return found


def _file(module: str) -> Path | None:
    """None for what is a name in a module and no module itself."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each.exists()), None)


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            assert node.level == 0
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
