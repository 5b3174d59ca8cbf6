"""What the engine sends, as rules see it."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from policies.subject import UNKNOWN, Subject
from policies.wire import read_inputs, subject_of

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def secret(value: Any) -> dict[str, Any]:
    return {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": value}


def output(**fields: Any) -> dict[str, Any]:
    return {_SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", **fields}


def sent(properties: dict[str, Any], region: Any = "eu-central-1") -> Subject:
    request = analyzer_pb2.AnalyzeRequest(type="aws:rds/cluster:Cluster", name="database", urn="urn:x")
    json_format.ParseDict(properties, request.properties)
    request.options.protect = True
    request.provider.type = "pulumi:providers:aws"
    json_format.ParseDict({"region": region}, request.provider.properties)
    return subject_of(request)


def test_a_resource_is_read_in_plain_values() -> None:
    props = {"text": "a", "whole": 35, "part": 0.5, "on": True, "none": None, "list": [1, {"key": "b"}], "empty": {}}
    found = sent(props)
    assert found == Subject(
        type="aws:rds/cluster:Cluster",
        name="database",
        urn="urn:x",
        props=props,
        protect=True,
        aws_region="eu-central-1",
        provider="aws",
    )
    assert type(found.props["whole"]) is int
    assert found.props["on"] is True


def test_what_has_no_provider_is_in_no_aws_region() -> None:
    found = subject_of(analyzer_pb2.AnalyzerResource(type="wedsync:database:RegionalDatabase", name="database"))
    assert (found.provider, found.aws_region, found.protect) == ("", None, False)


@pytest.mark.parametrize(
    "unknown",
    [
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        _UNKNOWN_TEXT,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        output(dependencies=["urn:y"]),
        secret(_UNKNOWN_TEXT),
    ],
)
def test_what_is_not_known_yet_is_marked(unknown: Any) -> None:
    found = sent({"spec": {"size": unknown}, "list": [unknown]}, region=unknown)
    assert found.get("spec.size") is UNKNOWN
    assert found.props["list"] == [UNKNOWN]
    assert found.aws_region is None
    assert not found.secrets


@pytest.mark.parametrize("wrap", [secret, lambda value: output(value=value, secret=True)])
def test_secrets_are_judged_but_never_told(wrap: Any) -> None:
    found = sent({"password": wrap("hunter22"), "nested": wrap({"pin": 4711, "keys": ["k1k1", True, None]})})
    assert found.get("password") == "hunter22"
    assert found.get("nested.pin") == 4711
    told = found.told("password is 'hunter22', pin 4711, keys k1k1")
    assert told == "password is '(secret)', pin (secret), keys (secret)"


def test_an_output_that_is_no_secret_is_told() -> None:
    assert sent({"name": output(value="a name", dependencies=[])}).told("a name") == "a name"


def test_a_secret_within_another_is_told_as_one() -> None:
    props, secrets = read_inputs({"short": secret("abc"), "long": secret("abcdef")})
    assert Subject("t", "n", "u", props, secrets=secrets).told("abcdef") == "(secret)"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.size", 3),
        ("spec", {"size": 3, "none": None}),
        ("spec.none", "default"),
        ("spec.size.more", "default"),
        ("other.size", "default"),
        ("later", UNKNOWN),
        ("later.size", UNKNOWN),
    ],
)
def test_a_path_leads_to_a_value(path: str, value: Any) -> None:
    subject = Subject("t", "n", "u", {"spec": {"size": 3, "none": None}, "later": UNKNOWN})
    assert subject.get(path, "default") == value


def test_what_is_unknown_is_told_in_words() -> None:
    assert f"{UNKNOWN} {UNKNOWN!r}" == "(not known yet) (not known yet)"
