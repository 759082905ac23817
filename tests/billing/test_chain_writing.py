"""Digests are written once and of whole moments, while others write entries."""

from __future__ import annotations

import json
import threading
from collections import Counter
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from billing.chains import LEDGER
from billing.models import LedgerDigest, LedgerEntry
from billing.services import check_ledger
from config.chain import writing
from config.chain.canonical import canonical_json
from config.chain.chains import registered_chains
from config.chain.writing import extend_chain, extend_chains, find_horizon
from tests.billing.chains import covered, extend, stored
from tests.billing.operations import refund, start, succeed
from tests.billing.parallel import only, race
from tests.factories import Keys, bucket, partner_with_keys

pytestmark = pytest.mark.usefixtures("no_delay")


def test_entries_of_one_moment_stay_together(live_db: None, monkeypatch: Any) -> None:
    """A charge over many buckets writes more entries than fit into a digest."""
    monkeypatch.setattr(writing, "_MOST", 2)
    keys = partner_with_keys()
    for _ in range(8):
        bucket(keys.partner, 100)
    start(keys)
    extend()

    assert max(len(digest.entry_ids) for digest in LedgerDigest.objects.all()) == 8
    assert covered(LEDGER, keys.partner.id) == stored(LEDGER, keys.partner.id)
    assert check_ledger().ok


def test_an_entry_of_an_unfinished_transaction_is_waited_for(
    chained: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_WAIT_SECONDS", 0.2)
    written, proceed = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            start(chained)
            written.set()
            assert proceed.wait(30)
        connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(30)
    try:
        assert find_horizon() is None
        assert not extend_chains()
    finally:
        proceed.set()
        thread.join()

    extend()
    assert covered(LEDGER, chained.partner.id) == stored(LEDGER, chained.partner.id)


def test_two_processes_write_a_digest_once(chained: Keys) -> None:
    succeed(start(chained))
    horizon = find_horizon()
    assert horizon
    work = partial(extend_chain, chain=LEDGER, partner_id=chained.partner.id, horizon=horizon)

    added = only(KeyError, race(*[work] * 6))

    assert sorted(added) == [0] * 5 + [1]  # type: ignore[type-var]
    assert check_ledger().ok


def move_points(partners: list[Keys], number: int) -> None:
    """Do what happens to a ledger, in random order."""
    random = Random(number)
    for _ in range(12):
        keys = random.choice(partners)
        if random.random() < 0.2:
            bucket(keys.partner, random.randint(1, 5_000))
        elif random.random() < 0.2:
            with transaction.atomic():
                start(keys)
                transaction.set_rollback(True)
        else:
            random.choice((succeed, refund))(start(keys))


def test_entries_written_during_the_extension_are_covered_once(
    live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_MOST", 7)
    partners = [partner_with_keys() for _ in range(3)]
    for keys in partners:
        bucket(keys.partner, 700)
        bucket(keys.partner, 1_000_000)
    ended = threading.Event()

    def move_all() -> None:
        try:
            only(KeyError, race(*[partial(move_points, partners, number) for number in range(6)]))
        finally:
            ended.set()

    def extend_until_the_end() -> None:
        while not ended.is_set():
            extend_chains()

    only(KeyError, race(move_all, *[extend_until_the_end] * 3))
    extend()

    for chain, keys in product(registered_chains(), partners):
        ids = covered(chain, keys.partner.id)
        assert max(Counter(ids).values()) == 1
        assert ids == stored(chain, keys.partner.id)
    report = check_ledger()
    assert report.ok
    assert report.entries == LedgerEntry.objects.count() + AuditEntry.objects.count()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_canonical_json_is_the_same_however_it_was_stored(value: Any) -> None:
    assert canonical_json(json.loads(canonical_json({"b": value, "a": 1}))) == canonical_json(
        {"a": 1, "b": value}
    )
