"""kube-score and checkov find nothing in what regions render, but for the exceptions in scan_exceptions.yaml."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from devcloud.toolchain import ConsoleProgress, Tool, ensure, find_checkov

from .conftest import REGION_STACKS, Registers
from .rendering import Json, identity, rendered

pytestmark = pytest.mark.cluster

_EXCEPTIONS = Path(__file__).parent / "scan_exceptions.yaml"
_SECONDS = 120
_OK = 10  # the best of kube-score's grades


class Finding(NamedTuple):
    """What a tool has against an object, as `rendering.identity` calls it."""

    tool: str
    check: str
    object: str


class ScanException(BaseModel):
    """Findings that are meant to be so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: Literal["kube-score", "checkov"]
    check: str
    objects: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=20)

    def covers(self, finding: Finding) -> set[str]:
        """Which of its patterns do."""
        if (self.tool, self.check) != (finding.tool, finding.check):
            return set()
        return {pattern for pattern in self.objects if fnmatchcase(finding.object, pattern)}


Scan = Callable[[Iterable[Json]], set[Finding]]
EXCEPTIONS = TypeAdapter(list[ScanException]).validate_python(yaml.safe_load(_EXCEPTIONS.read_text()))


@pytest.fixture(scope="module")
def kube_score(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    executable = ensure([Tool.KUBE_SCORE], ConsoleProgress(sys.stderr))[Tool.KUBE_SCORE]
    directory = tmp_path_factory.mktemp("kube-score")

    def scan(objects: Iterable[Json]) -> set[Finding]:
        file = _write(directory, objects)
        command = [str(executable), "score", "--output-format", "json", "--kubernetes-version", "v1.35", str(file)]
        return {
            Finding(
                "kube-score", check["check"]["id"], identity({**each["type_meta"], "metadata": each["object_meta"]})
            )
            for each in _answer(command)
            for check in each["checks"]
            if not check["skipped"] and check["grade"] < _OK
        }

    return scan


@pytest.fixture(scope="module")
def checkov(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    found = find_checkov(ConsoleProgress(sys.stderr))
    directory = tmp_path_factory.mktemp("checkov")

    def scan(objects: Iterable[Json]) -> set[Finding]:
        file = _write(directory, objects)
        words = ("--framework", "kubernetes", "--quiet", "--compact", "--output", "json", "--file", str(file))
        answer = _answer(found.command(*words), found.environment())
        assert answer["summary"]["parsing_errors"] == 0
        return {
            Finding("checkov", each["check_id"], _of_checkov(each["resource"]))
            for each in answer["results"]["failed_checks"]
        }

    return scan


@pytest.fixture(scope="module")
def findings(kube_score: Scan, checkov: Scan, graph: Registers) -> Mapping[str, set[Finding]]:
    """What both tools find, by stack."""
    found: dict[str, set[Finding]] = {}
    for stack in REGION_STACKS:
        objects = rendered(graph(stack).resources)
        found[stack] = kube_score(objects) | checkov(objects)
    return found


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_finding_has_a_reason(stack: str, findings: Mapping[str, set[Finding]]) -> None:
    unexplained = [each for each in findings[stack] if not any(known.covers(each) for known in EXCEPTIONS)]
    assert sorted(unexplained) == []


def test_every_exception_is_still_needed(findings: Mapping[str, set[Finding]]) -> None:
    everywhere = set[Finding]().union(*findings.values())
    unused = {
        (known.tool, known.check, pattern)
        for known in EXCEPTIONS
        for pattern in known.objects
        if not any(pattern in known.covers(each) for each in everywhere)
    }
    assert unused == set()


def test_what_is_broken_is_found(kube_score: Scan, checkov: Scan, graph: Registers) -> None:
    """By both, as it would be in any region."""
    objects = rendered(graph(REGION_STACKS[0]).resources)
    name = "Deployment database-optimization/wedding-api"
    deployment = next(each for each in objects if identity(each) == name)
    before = {*kube_score(objects), *checkov(objects)}

    deployment["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = False

    assert {*kube_score(objects), *checkov(objects)} - before == {
        Finding("kube-score", "container-security-context-readonlyrootfilesystem", name),
        Finding("checkov", "CKV_K8S_22", name),
    }


def _write(directory: Path, objects: Iterable[Json]) -> Path:
    file = directory / "manifests.yaml"
    file.write_text(yaml.dump_all(objects, Dumper=yaml.CSafeDumper))
    return file


def _answer(command: Iterable[str], environment: Mapping[str, str] | None = None) -> Any:
    """What a scanner prints; it ends with 1 when it finds something."""
    done = subprocess.run(list(command), env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def _of_checkov(resource: str) -> str:
    """checkov says "Deployment.apps.wedding-api", and "default" for the namespace of what has none."""
    kind, namespace, name = resource.split(".", 2)
    where = "" if namespace == "default" else f"{namespace}/"
    return f"{kind} {where}{name}"
