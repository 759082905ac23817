"""The shared cache stores JSON, and a forged entry is no entry."""

from __future__ import annotations

import base64
import os
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from config.db.cache import JSONCache
from config.jobs.heartbeat import record_heartbeat
from tests.concurrency import run_concurrently


class Attack:
    """A pickle that runs a command where it is read."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch '{self.proof}'",)


def forge(key: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shared_cache SET value = %s WHERE cache_key = %s", [value, key])
        assert cursor.rowcount == 1


@pytest.mark.django_db
def test_a_forged_row_runs_nothing(tmp_path: Path) -> None:
    record_heartbeat()
    pickled = base64.b64encode(pickle.dumps(Attack(tmp_path / "ran"))).decode()
    forge(":1:worker-heartbeat", pickled)

    response = Client().get("/statusz")

    assert response.json()["checks"]["worker"] == {"ok": False, "detail": "never seen"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["", "[" * 100_000, "{", "NaN nonsense"])
def test_what_is_not_json_is_no_entry(value: str) -> None:
    cache.set("key", 1)
    forge(":1:key", value)
    assert cache.get("key", "default") == "default"


@pytest.mark.django_db
@pytest.mark.parametrize("value", [True, None, 1.5, "\0 ü", [1, [2]], {"a": "b"}, 10**30])
def test_values_come_back(value: Any) -> None:
    cache.set("key", value)
    assert cache.get("key", "default") == value


@pytest.mark.django_db
def test_what_json_has_not_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set("key", object())


@pytest.mark.django_db
def test_entries_expire(time_machine: TimeMachineFixture) -> None:
    cache.set("short", 1, timeout=60)
    cache.set("kept", 2, timeout=60)
    cache.set("endless", 3, timeout=None)
    assert not cache.add("short", 4)
    cache.touch("kept", 600)

    time_machine.move_to(timezone.now() + timedelta(seconds=61))

    assert cache.get_many(["short", "kept", "endless"]) == {"kept": 2, "endless": 3}
    assert not cache.touch("short", 600)
    assert cache.add("short", 5)
    assert cache.get("short") == 5
    assert cache.delete("short")
    assert not cache.delete("short")
    cache.delete_many(["kept", "endless"])
    assert "kept" not in cache


@pytest.mark.django_db
def test_beyond_the_limit_what_expires_next_is_deleted() -> None:
    small = JSONCache("shared_cache", {"OPTIONS": {"MAX_ENTRIES": 2}})
    for seconds in (500, -1, 400, 600):
        small.set(str(seconds), 1, timeout=seconds)
    small.cull()
    assert set(small.get_many(["500", "-1", "400", "600"])) == {"500", "600"}


@pytest.mark.django_db
def test_writing_deletes_what_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.db.cache._WRITES_PER_CULL", 1)
    cache.set("expired", 1, timeout=-1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache")
        assert cursor.fetchone() == (0,)


def test_of_concurrent_additions_one_succeeds(live_db: None) -> None:
    assert run_concurrently(8, lambda _: cache.add("key", 1)).count(True) == 1


@pytest.mark.django_db
def test_failed_sign_ins_are_not_pushed_out() -> None:
    failed = "allauth:rl:account:login_failed_address:30/3600/key:0"
    small = JSONCache("shared_cache", {"OPTIONS": settings.CACHES["default"]["OPTIONS"]})
    small._max_entries = 2
    small.set(failed, [1], timeout=300)
    small.set("ended", 1, timeout=-1)
    for number in range(5):
        small.set(str(number), 1, timeout=600 + number)
    small.cull()
    assert set(small.get_many([failed, *"01234"])) == {failed, "3", "4"}
