"""The gate of a live call with spend limits, without, and in a copy that knows none: the CPU time
of the database."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.keys import hash_key
from accounts.models import ApiKey
from accounts.services.authorization import Caller
from benchmarks.figures import Figure
from benchmarks.timing import database_clock, time_calls
from config.db.ids import new_id
from config.db.statements import fetch_row, placeholders
from tests.factories import Keys, bucket, partner_with_keys

_ROUNDS, _CALLS = 200, 20
_FILES = ("billing/sql/charge.sql", "imaging/sql/start.sql", "imaging/sql/authorize_and_start.sql")
_CHECK = re.compile(r"    -- Counts the points against.*?\n    END IF;\n\n", re.DOTALL)
_LOCK = re.compile(r"    SELECT locked.*?accounts_lock_partner\(p_partner\) locked;", re.DOTALL)
_COPY_LOCKS = "    PERFORM copy_lock_partner(p_partner);"
_LOCK_ALONE = """
    CREATE OR REPLACE FUNCTION copy_lock_partner(p_partner text) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM accounts_partner WHERE id = p_partner FOR NO KEY UPDATE;
    END $$
"""


def figures() -> Iterator[Figure]:
    _install_copy()
    free, limited = partner_with_keys(), partner_with_keys()
    for keys in (free, limited):
        bucket(keys.partner, 10**13)
    key = limited.key("live")
    limits = {"points_per_day": 10**9, "points_per_month": 10**9}
    ApiKey.objects.filter(pk=key.pk).update(**limits)
    timings = time_calls(
        {
            "copy": _gate("copy_authorize_and_start", free),
            "free": _gate("imaging_authorize_and_start", free),
            "limited": _gate("imaging_authorize_and_start", limited),
        },
        rounds=_ROUNDS,
        calls=_CALLS,
        clock=database_clock(connection.connection.info.backend_pid),
    )
    note = ", ".join(f"{name} {timings.median(name):,.0f} µs" for name in timings.rounds)
    yield Figure(
        "gate, key without limits ÷ code without", timings.ratio("free", "copy"), "<= 1.03", note
    )
    yield Figure(
        "gate, key with two limits ÷ code without", timings.ratio("limited", "copy"), "<= 1.03"
    )


def _install_copy() -> None:
    """Create the functions of the gate again, under other names and without the check."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALONE)
        for path in _FILES:
            text = Path(settings.BASE_DIR, path).read_text()
            if path.startswith("billing"):
                text, checks = _CHECK.subn("", text)
                text, locks = _LOCK.subn(_COPY_LOCKS, text)
                assert checks == locks == 1
            for name in ("billing_charge(", "imaging_start(", "imaging_authorize_and_start("):
                text = text.replace(name, "copy_" + name.partition("_")[2])
            cursor.execute(text)


def _gate(function: str, keys: Keys) -> Callable[[], Any]:
    caller = Caller(hash_key(keys.live), None, ("live", "test"), "image.create")
    parameters = caller.as_parameters()
    parameters[2] = "127.0.0.1"
    statement = f"SELECT started, charged FROM {function}({placeholders(17)})"

    def call() -> None:
        row = fetch_row(
            statement,
            [
                *parameters,
                "{live,test}",
                new_id(),
                "create",
                "fast",
                "1:1",
                "1k",
                uuid.uuid4(),
                [],
                150,
                *("", "", "", "{}"),
            ],
        )
        assert row == {"started": True, "charged": True}

    return call
