"""The provider's configuration; above all that it cannot be pointed at a real account."""

from __future__ import annotations

import pytest

from devcloud.providers.aws.settings import parse
from devcloud.providers.plugin import ProviderError

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_REGION": "eu-central-1"}


def test_region_comes_from_the_setting_or_the_environment() -> None:
    assert parse({}, LOCAL).region == "eu-central-1"
    assert parse({"region": "us-east-1"}, LOCAL).region == "us-east-1"
    with pytest.raises(ProviderError, match="no region"):
        parse({}, {"AWS_ENDPOINT_URL": "http://localhost:1"})


@pytest.mark.parametrize(
    "url", [None, "", "https://rds.us-east-1.amazonaws.com", "http://10.0.0.1:4566", "127.0.0.1:1"]
)
def test_an_endpoint_that_is_not_loopback_is_refused(url: str | None) -> None:
    environment = {**LOCAL, "AWS_ENDPOINT_URL": url} if url is not None else {"AWS_REGION": "x"}
    with pytest.raises(ProviderError, match=r"AWS_ENDPOINT_URL is .*never to a real account"):
        parse({}, environment)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.8.8.8:1", "http://[::1]:1", "http://localhost:1"])
def test_loopback_endpoints_are_taken(url: str) -> None:
    assert parse({}, {**LOCAL, "AWS_ENDPOINT_URL": url}).endpoint == url


def test_an_endpoint_of_one_service_must_be_loopback_too() -> None:
    assert parse({"endpoints": '[{"rds":"http://127.0.0.2:1"}]'}, LOCAL).endpoints == {"rds": "http://127.0.0.2:1"}
    with pytest.raises(ProviderError, match=r"endpoints\[0\]\.kms is 'https://kms\.amazonaws\.com'"):
        parse({"endpoints": '[{"kms":"https://kms.amazonaws.com"}]'}, LOCAL)


def test_default_tags_and_settings_without_meaning_here_are_taken() -> None:
    raw = {"defaultTags": '{"tags":{"team":"platform"}}', "skipCredentialsValidation": "true", "s3UsePathStyle": "true"}
    assert parse(raw, LOCAL).default_tags == {"team": "platform"}


def test_other_settings_are_refused_with_a_hint() -> None:
    with pytest.raises(ProviderError, match="does not take the setting 'regoin'; did you mean 'region'"):
        parse({"regoin": "us-east-1"}, LOCAL)
    with pytest.raises(ProviderError, match="does not take the setting 'assumeRoles'"):
        parse({"assumeRoles": "[]"}, LOCAL)
