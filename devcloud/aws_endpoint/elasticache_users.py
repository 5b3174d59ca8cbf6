"""Users and user groups, which moto has half and not at all, with the service's rules about them.

A change is done when it is answered: what the service calls "modifying" is never seen.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse

from devcloud.aws_endpoint.elasticache_records import (
    Caches,
    CacheUser,
    Described,
    UserGroup,
    caches_of,
    lookup,
    refuse_taken,
    tags_of,
)

MINIMUM_VERSIONS = {"redis": "6.0", "valkey": "7.2"}
_NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9])*")
_NAME_LIMIT = 40
_MOST_PASSWORDS = 2
_PASSWORD = range(16, 129)
_AUTHENTICATIONS = {"password": "password", "no-password-required": "no-password", "iam": "iam"}


def create_user(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    name = checked_name(wanted["UserId"], "user")
    refuse_taken(caches.users, name, "UserAlreadyExists", "User")
    authentication, passwords = _authentication(wanted)
    if authentication is None:
        raise ElastiCacheException(
            "InvalidParameterValue",
            "No password was provided. If you want to create/update the user without password, please use the"
            " NoPasswordRequired flag.",
        )
    user = CacheUser(
        id=name,
        arn=caches.arn("user", name),
        name=wanted["UserName"],
        engine=_engine(wanted["Engine"]),
        access=wanted["AccessString"],
        authentication=authentication,
        passwords=passwords,
        tags=tags_of(wanted),
    )
    caches.users[name] = user
    return ActionResult(_user(caches, user))


def describe_users(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params.get("UserId")
    found = list(caches.users.values()) if wanted is None else [_found_user(caches, wanted)]
    return ActionResult({"Users": [_user(caches, user) for user in found]})


def modify_user(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    user = _found_user(caches, wanted["UserId"])
    authentication, passwords = _authentication(wanted)
    if wanted.get("AccessString") and wanted.get("AppendAccessString"):
        raise ElastiCacheException(
            "InvalidParameterCombination", "AccessString and AppendAccessString cannot be used together."
        )
    if authentication is not None:
        user.authentication, user.passwords = authentication, passwords
    if wanted.get("AccessString"):
        user.access = wanted["AccessString"]
    if wanted.get("AppendAccessString"):
        user.access = f"{user.access} {wanted['AppendAccessString']}"
    if wanted.get("Engine"):
        user.engine = _engine(wanted["Engine"])
    return ActionResult(_user(caches, user))


def delete_user(self: ElastiCacheResponse) -> ActionResult:
    """Takes the user out of its groups as well, as the service does."""
    caches = caches_of(self.elasticache_backend)
    user = _found_user(caches, self.params["UserId"])
    groups = [group for group in caches.user_groups.values() if user.id in group.user_ids]
    if user.id == "default" or (user.name == "default" and groups):
        raise ElastiCacheException(
            "DefaultUserAssociatedToUserGroup",
            f"{user.id} is the user named default of {', '.join(group.id for group in groups) or 'the account'}.",
        )
    described = _user(caches, user) | {"Status": "deleting"}
    for group in groups:
        group.user_ids.remove(user.id)
    del caches.users[user.id]
    return ActionResult(described)


def create_user_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    name = checked_name(wanted["UserGroupId"], "user group")
    refuse_taken(caches.user_groups, name, "UserGroupAlreadyExists", "User group")
    engine, members = _engine(wanted["Engine"]), [user.lower() for user in wanted.get("UserIds") or []]
    _check_members(caches, engine, members)
    group = UserGroup(name, caches.arn("usergroup", name), engine, members, tags_of(wanted))
    caches.user_groups[name] = group
    return ActionResult(_user_group(caches, group))


def describe_user_groups(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params.get("UserGroupId")
    found = list(caches.user_groups.values()) if wanted is None else [found_user_group(caches, wanted)]
    return ActionResult({"UserGroups": [_user_group(caches, group) for group in found]})


def modify_user_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    group = found_user_group(caches, wanted["UserGroupId"])
    added = [user.lower() for user in wanted.get("UserIdsToAdd") or []]
    removed = [user.lower() for user in wanted.get("UserIdsToRemove") or []]
    engine = _engine(wanted.get("Engine") or group.engine)
    if not (added or removed or wanted.get("Engine")):
        raise ElastiCacheException(
            "InvalidParameterCombination", "Must provide at least one of UserIdsToAdd and UserIdsToRemove."
        )
    if absent := [user for user in removed if user not in group.user_ids]:
        raise ElastiCacheException("UserNotFound", f"{', '.join(absent)} not in user group {group.id}.")
    members = [user for user in dict.fromkeys([*group.user_ids, *added]) if user not in removed]
    _check_members(caches, engine, members)
    group.engine, group.user_ids = engine, members
    return ActionResult(_user_group(caches, group))


def delete_user_group(self: ElastiCacheResponse) -> ActionResult:
    caches = caches_of(self.elasticache_backend)
    group = found_user_group(caches, self.params["UserGroupId"])
    if users := _replication_groups(caches, group):
        raise ElastiCacheException(
            "InvalidUserGroupState", f"User group {group.id} is used by replication group {', '.join(users)}."
        )
    described = _user_group(caches, group) | {"Status": "deleting"}
    del caches.user_groups[group.id]
    return ActionResult(described)


def checked_name(name: str, what: str) -> str:
    """The id in lower case, as the service keeps it.

    Raises:
        ElastiCacheException: the service takes no such id.
    """
    if not _NAME.fullmatch(name) or len(name) > _NAME_LIMIT:
        raise ElastiCacheException(
            "InvalidParameterValue",
            f"{name} is no {what} id: 1 to {_NAME_LIMIT} letters, digits and single hyphens, a letter first and no"
            " hyphen last.",
        )
    return name.lower()


def found_user_group(caches: Caches, name: str) -> UserGroup:
    return lookup(caches.user_groups, name, "UserGroupNotFound", "User group")


def _found_user(caches: Caches, name: str) -> CacheUser:
    return lookup(caches.users, name, "UserNotFound", "User")


def _engine(name: str) -> str:
    if name.lower() not in MINIMUM_VERSIONS:
        raise ElastiCacheException("InvalidParameterValue", f"Engine is redis or valkey, not {name}.")
    return name.lower()


def _authentication(wanted: Any) -> tuple[str | None, list[str]]:
    """How a call asks for the user to log in, and its passwords; None when it says nothing of it."""
    mode = wanted.get("AuthenticationMode") or {}
    passwords: list[str] = [*(wanted.get("Passwords") or []), *(mode.get("Passwords") or [])]
    kind = mode.get("Type") or ("password" if passwords else None)
    if wanted.get("NoPasswordRequired"):
        kind = "no-password-required"
    if kind is None:
        return None, []
    if kind not in _AUTHENTICATIONS:
        raise ElastiCacheException(
            "InvalidParameterValue", f"AuthenticationMode is one of {', '.join(_AUTHENTICATIONS)}, not {kind}."
        )
    if (kind == "password") != bool(passwords):
        raise ElastiCacheException(
            "InvalidParameterCombination", f"Authentication by {kind} takes {'' if not passwords else 'no '}passwords."
        )
    if len(passwords) > _MOST_PASSWORDS or any(len(password) not in _PASSWORD for password in passwords):
        raise ElastiCacheException(
            "InvalidParameterValue",
            f"A user has at most {_MOST_PASSWORDS} passwords of {_PASSWORD.start} to {_PASSWORD.stop - 1} characters.",
        )
    return _AUTHENTICATIONS[kind], passwords


def _check_members(caches: Caches, engine: str, members: list[str]) -> None:
    users = [_found_user(caches, member) for member in members]
    names = [user.name for user in users]
    if engine == "redis" and "default" not in names:
        raise ElastiCacheException("DefaultUserRequired", "A user group must contain a user named default.")
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ElastiCacheException(
            "DuplicateUserName", f"A user group has one user of a name; {', '.join(repeated)} is given more than once."
        )
    if foreign := [user.id for user in users if engine == "redis" and user.engine != "redis"]:
        raise ElastiCacheException("InvalidParameterValue", f"{', '.join(foreign)} has another engine than the group.")


def _replication_groups(caches: Caches, group: UserGroup) -> list[str]:
    return [found.id for found in caches.replication_groups.values() if group.id in found.user_group_ids]


def _user(caches: Caches, user: CacheUser) -> Described:
    return {
        "UserId": user.id,
        "UserName": user.name,
        "Status": "active",
        "Engine": user.engine,
        "MinimumEngineVersion": MINIMUM_VERSIONS[user.engine],
        "AccessString": user.access,
        "UserGroupIds": [group.id for group in caches.user_groups.values() if user.id in group.user_ids],
        "Authentication": {"Type": user.authentication, "PasswordCount": len(user.passwords) or None},
        "ARN": user.arn,
    }


def _user_group(caches: Caches, group: UserGroup) -> Described:
    return {
        "UserGroupId": group.id,
        "Status": "active",
        "Engine": group.engine,
        "UserIds": group.user_ids,
        "MinimumEngineVersion": MINIMUM_VERSIONS[group.engine],
        "ReplicationGroups": _replication_groups(caches, group),
        "ARN": group.arn,
    }


OPERATIONS = (
    create_user,
    describe_users,
    modify_user,
    delete_user,
    create_user_group,
    describe_user_groups,
    modify_user_group,
    delete_user_group,
)
