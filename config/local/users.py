"""The operating system's users that the processes of root's installation run as."""

from __future__ import annotations

import os
import pwd
from typing import Any

#: PostgreSQL's files must not be within reach of the processes that serve requests, and theirs not
#: of PostgreSQL: different users, if the system has them. Create a user `shopiq` to choose one.
_DATABASE_USERS = ("postgres", "nobody")
_SERVING_USERS = ("shopiq", "daemon", "www-data", "nobody")


def database_user() -> pwd.struct_passwd:
    """Return the user of a new cluster; for others than root, themselves."""
    return _first_of(_DATABASE_USERS)


def serving_user(*, database: pwd.struct_passwd) -> pwd.struct_passwd:
    """Return the user of web, worker and sweeper; for others than root, themselves."""
    others = [name for name in _SERVING_USERS if name != database.pw_name]
    return _first_of((*others, database.pw_name))


def _first_of(names: tuple[str, ...]) -> pwd.struct_passwd:
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    users = {user.pw_name: user for user in pwd.getpwall()}
    return next(users[name] for name in names if name in users)


def run_as(user: pwd.struct_passwd) -> dict[str, Any]:
    """Return arguments of Popen; for others than root, none."""
    if os.geteuid():
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
