"""Who may use a region's Redis: a user whose password is in Secrets Manager, made through ElastiCache's own API.

Pulumi makes the replication group closed to everybody. This module adds the one user that can log in, so that its
password is never in a state. What it has done is written on the user itself, so a crash between any two steps is
resumed by the next call, and another password in the secret is passed on by it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from components.cache.regional_cache import ENGINE, application_user_id, user_group_id
from components.scope import Scope
from components.security.secret_names import cache_user
from delivery.credentials import Credentials, NoCredentialsError, ensure_credentials, read_credentials

USERNAME = "application"
# All keys and channels. Left out is what could harm the others: FLUSHALL, KEYS, CONFIG, ACL and the like. INFO is
# classed among those, but clients read the server's version with it.
ACCESS = "on ~* &* -@all +@all -@admin -@dangerous +info"

_DONE_TAG = "wedsync:password-version"
_DEADLINE_SECONDS = 600
_POLL_SECONDS = 1


def ensure_cache_access(elasticache: Any, secrets: Any, scope: Scope) -> bool:
    """Let the application's user in, with the password that its secret holds; whether this call changed anything.

    Args:
        elasticache: boto3 client "elasticache" of the region's AWS region.
        secrets: boto3 client "secretsmanager" of the same; the secret is in that region alone.
        scope: of the region's stack, which must be up.

    Raises:
        TimeoutError: ElastiCache did not take a change within ten minutes.
    """
    if scope.region is None:
        raise ValueError(f"{scope.stack} is no region's stack: it has no cache")
    secret = cache_user(scope.environment, scope.region)
    made = ensure_credentials(secrets, secret, USERNAME)
    credentials = read_credentials(secrets, secret)
    changed = _user(elasticache, application_user_id(scope), credentials, _previous_password(secrets, secret))
    joined = _member(elasticache, user_group_id(scope), application_user_id(scope))
    return made or changed or joined


def _user(elasticache: Any, user_id: str, credentials: Credentials, previous: str | None) -> bool:
    """Make the user, or bring its password and rights up to date."""
    done = f"{credentials.version}.{hashlib.sha256(ACCESS.encode()).hexdigest()[:12]}"
    try:
        user = elasticache.describe_users(UserId=user_id)["Users"][0]
    except elasticache.exceptions.UserNotFoundFault:
        elasticache.create_user(
            UserId=user_id,
            UserName=credentials.username,
            Engine=ENGINE,
            AccessString=ACCESS,
            Passwords=[credentials.password],
            Tags=[{"Key": "Name", "Value": user_id}, {"Key": _DONE_TAG, "Value": done}],
        )
        _settled(lambda: elasticache.describe_users(UserId=user_id)["Users"][0]["Status"], user_id)
        return True
    _settled(lambda: elasticache.describe_users(UserId=user_id)["Users"][0]["Status"], user_id)
    tags = elasticache.list_tags_for_resource(ResourceName=user["ARN"])["TagList"]
    if {"Key": _DONE_TAG, "Value": done} in tags:
        return False
    # Both, as Redis allows: clients learn of the new one some minutes later.
    passwords = [credentials.password, *([previous] if previous else [])]
    elasticache.modify_user(UserId=user_id, AccessString=ACCESS, Passwords=passwords)
    _settled(lambda: elasticache.describe_users(UserId=user_id)["Users"][0]["Status"], user_id)
    elasticache.add_tags_to_resource(ResourceName=user["ARN"], Tags=[{"Key": _DONE_TAG, "Value": done}])
    return True


def _member(elasticache: Any, group_id: str, user_id: str) -> bool:
    """Put the user into the group that the replication group lets in."""

    def group() -> Any:
        return elasticache.describe_user_groups(UserGroupId=group_id)["UserGroups"][0]

    _settled(lambda: group()["Status"], group_id)
    if user_id in group()["UserIds"]:
        return False
    elasticache.modify_user_group(UserGroupId=group_id, UserIdsToAdd=[user_id])
    _settled(lambda: group()["Status"], group_id)
    return True


def _previous_password(secrets: Any, secret: str) -> str | None:
    try:
        return read_credentials(secrets, secret, "AWSPREVIOUS").password
    except NoCredentialsError:
        return None


def _settled(status: Callable[[], str], what: str) -> None:
    """Wait until ElastiCache has applied the last change."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while (current := status()) != "active":
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} is still {current!r} after {_DEADLINE_SECONDS} s")
        time.sleep(_POLL_SECONDS)
