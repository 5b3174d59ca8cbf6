"""The way into a region's Redis, cut off after every call it makes; Secrets Manager as moto answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components.scope import Scope
from components.security.secret_names import cache_user
from delivery import cache_access
from delivery.cache_access import ensure_cache_access
from delivery.credentials import read_credentials

SCOPE = Scope("prod", "eu-central-1")
SECRET = cache_user("prod", "eu-central-1")
GROUP, USER = "wedsync-prod-eu-central-1-cache", "wedsync-prod-eu-central-1-cache-app"


class DiedError(Exception):
    """The process died here."""


class UserNotFoundFault(Exception):  # noqa: N818 - the service's name
    """There is no such user."""


class ElastiCache:
    """Users and their groups, with the service's rules that count here: a change takes time, and bars another one."""

    class exceptions:  # noqa: N801 - boto3's name
        UserNotFoundFault = UserNotFoundFault

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.group: dict[str, Any] = {"UserGroupId": GROUP, "Status": "active", "UserIds": ["closed"]}
        self.calls = 0
        self.dies_after: int | None = None

    def describe_users(self, *, UserId: str) -> dict[str, Any]:  # noqa: N803
        if UserId not in self.users:
            raise UserNotFoundFault
        user = self.users[UserId]
        return {"Users": [{"ARN": UserId, "Status": self._settling(user)}]}

    def create_user(self, *, UserId: str, Passwords: list[str], Tags: list[dict[str, str]], **more: Any) -> None:  # noqa: N803
        assert UserId not in self.users
        assert more["Engine"] == "redis"
        self.users[UserId] = {"Status": "modifying", "Passwords": Passwords, "Tags": Tags, **more}
        self._called()

    def modify_user(self, *, UserId: str, Passwords: list[str], AccessString: str) -> None:  # noqa: N803
        user = self.users[UserId]
        assert user["Status"] == "active", "InvalidUserState"
        assert 1 <= len(Passwords) <= 2
        user |= {"Status": "modifying", "Passwords": Passwords, "AccessString": AccessString}
        self._called()

    def list_tags_for_resource(self, *, ResourceName: str) -> dict[str, Any]:  # noqa: N803
        return {"TagList": self.users[ResourceName]["Tags"]}

    def add_tags_to_resource(self, *, ResourceName: str, Tags: list[dict[str, str]]) -> None:  # noqa: N803
        keys = {tag["Key"] for tag in Tags}
        kept = [tag for tag in self.users[ResourceName]["Tags"] if tag["Key"] not in keys]
        self.users[ResourceName]["Tags"] = kept + Tags
        self._called()

    def describe_user_groups(self, *, UserGroupId: str) -> dict[str, Any]:  # noqa: N803
        assert UserGroupId == GROUP
        return {"UserGroups": [{**self.group, "Status": self._settling(self.group)}]}

    def modify_user_group(self, *, UserGroupId: str, UserIdsToAdd: list[str]) -> None:  # noqa: N803
        assert UserGroupId == GROUP
        assert self.group["Status"] == "active", "InvalidUserGroupState"
        assert all(self.users[user]["Status"] == "active" for user in UserIdsToAdd), "InvalidUserState"
        self.group |= {"Status": "modifying", "UserIds": [*self.group["UserIds"], *UserIdsToAdd]}
        self._called()

    @staticmethod
    def _settling(what: dict[str, Any]) -> str:
        """A change is seen once, and over at the next look."""
        seen, what["Status"] = what["Status"], "active"
        return seen

    def _called(self) -> None:
        self.calls += 1
        if self.calls == self.dies_after:
            raise DiedError


class Region:
    """One region's services."""

    def __init__(self) -> None:
        session: Any = boto3.Session("test", "test", region_name="eu-central-1")
        self.elasticache, self.secrets = ElastiCache(), session.client("secretsmanager")

    def ensure(self) -> bool:
        return ensure_cache_access(self.elasticache, self.secrets, SCOPE)

    def password(self) -> str:
        return read_credentials(self.secrets, SECRET).password

    def rotate(self, password: str) -> None:
        value = f'{{"username": "application", "password": "{password}"}}'
        self.secrets.put_secret_value(SecretId=SECRET, SecretString=value)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Generator[Region]:
    monkeypatch.setattr(cache_access, "_POLL_SECONDS", 0)
    with mock_aws():
        yield Region()


def test_the_secret_opens_the_cache(region: Region) -> None:
    assert region.ensure() is True
    user = region.elasticache.users[USER]
    assert user["Passwords"] == [region.password()]
    assert (user["UserName"], user["AccessString"]) == ("application", cache_access.ACCESS)
    assert region.elasticache.group["UserIds"] == ["closed", USER]


def test_a_second_call_changes_nothing(region: Region) -> None:
    region.ensure()
    calls = region.elasticache.calls
    assert region.ensure() is False
    assert region.elasticache.calls == calls


def test_a_rotated_password_is_passed_on_and_the_old_one_works_on(region: Region) -> None:
    region.ensure()
    old = region.password()
    region.rotate("another-canary-password-0123456789")
    assert region.ensure() is True
    assert region.elasticache.users[USER]["Passwords"] == ["another-canary-password-0123456789", old]
    assert region.ensure() is False


def test_the_secret_is_in_this_region_alone(region: Region) -> None:
    region.ensure()
    assert not region.secrets.describe_secret(SecretId=SECRET).get("ReplicationStatus")


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("dies_after", [1, 2])
def test_what_was_cut_off_is_finished_by_the_next_call(dies_after: int, rotated: bool, region: Region) -> None:
    """Of a whole run's two calls that change something: the user, then the group (or the tag, when it is rotated)."""
    if rotated:
        region.ensure()
        region.rotate("another-canary-password-0123456789")
        region.elasticache.calls = 0
    region.elasticache.dies_after = dies_after
    with pytest.raises(DiedError):
        region.ensure()
    region.elasticache.dies_after = None
    region.ensure()
    assert region.elasticache.users[USER]["Passwords"][0] == region.password()
    assert region.elasticache.group["UserIds"] == ["closed", USER]
    assert region.ensure() is False


def test_a_change_that_never_ends_is_given_up(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_access, "_DEADLINE_SECONDS", -1)
    with pytest.raises(TimeoutError, match="wedsync-prod-eu-central-1-cache-app is still 'modifying'"):
        region.ensure()


def test_the_global_stack_has_no_cache(region: Region) -> None:
    with pytest.raises(ValueError, match="prod is no region's stack"):
        ensure_cache_access(region.elasticache, region.secrets, Scope("prod"))
