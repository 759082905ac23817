"""GET accounts: the partner's own, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.envelope import assert_error
from tests.merchants import PartnerServer

PATH = "accounts"


@pytest.fixture
def five(server: PartnerServer) -> list[str]:
    """Ids of five accounts made a day apart, newest first; two share their moment."""
    ids = sorted(server.create(number) for number in range(5))
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for age, account_id in zip((4, 3, 3, 1, 0), ids, strict=True):
        Account.objects.filter(pk=account_id).update(created_at=start - timedelta(days=age))
    return ids[::-1]


def ids_of(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["_id"] for row in response.json()["data"]]


def test_own_accounts_are_listed_newest_first_as_in_getaccount(
    server: PartnerServer, stranger: PartnerServer, five: list[str]
) -> None:
    stranger.create(9)
    response = server.get(PATH)

    assert list(response.json()) == ["success", "data", "nextCursor"]
    assert ids_of(response) == five
    assert response.json()["nextCursor"] is None
    assert response.json()["data"][0] == server.read(five[0])


def test_pages_together_are_the_whole_list(server: PartnerServer, five: list[str]) -> None:
    for limit in (1, 2, 3, 5):
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            response = server.get(PATH, limit=limit, cursor=cursor)
            assert len(ids_of(response)) <= limit
            seen += ids_of(response)
            cursor = response.json()["nextCursor"]
        assert seen == five


def test_a_new_account_does_not_shift_the_next_page(server: PartnerServer, five: list[str]) -> None:
    first = server.get(PATH, limit=2)
    server.create(7)

    assert ids_of(server.get(PATH, limit=2, cursor=first.json()["nextCursor"])) == five[2:4]


@pytest.mark.parametrize(
    "after",
    [
        "2026-02-27",
        "2026-02-27T00:00:00Z",
        "2026-02-27T05:30:00+05:30",
        "2026-02-27T00:00:00.000Z",
        "2026-02-27 00:00:00",
    ],
)
def test_created_after_filters_accounts(server: PartnerServer, five: list[str], after: str) -> None:
    assert ids_of(server.get(PATH, createdAfter=after)) == five[:2]
    # A `+` that was not encoded arrives as a space.
    assert ids_of(server.get(f"{PATH}?createdAfter={after}")) == five[:2]


def test_created_after_is_exclusive(server: PartnerServer, five: list[str]) -> None:
    assert ids_of(server.get(PATH, createdAfter="2026-03-01T12:00:00.000Z")) == []


@pytest.mark.parametrize(
    "after", ["yesterday", "2026-02-30", "1772000000000", "T", "2026-02-27T99"]
)
def test_an_invalid_created_after_is_rejected(server: PartnerServer, after: str) -> None:
    message = "createdAfter must be an ISO 8601 date and time"
    assert assert_error(server.get(PATH, createdAfter=after), 400, message)["field"] == (
        "createdAfter"
    )


def test_a_list_takes_as_many_queries_for_thirty_accounts_as_for_one(
    server: PartnerServer,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            server.get(PATH, limit=100)
        return len(captured)

    server.create(0)
    for_one = queries()
    for number in range(1, 30):
        server.create(number)
    assert queries() == for_one == 1
