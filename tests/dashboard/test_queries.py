"""The number of queries of a page does not grow with its rows."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.daily import Some
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import body_of
from tests.dashboard.pages import Page, partner_pages, readable
from tests.seed.many import add_many

#: The session, the person, the partner, and what the page itself needs.
MOST = 26


def test_queries_are_few_and_their_number_does_not_grow_with_rows(
    dashboard: SeededDashboard, some: Some
) -> None:
    # Help lists no rows, and what it says of the status is kept for a while.
    listed = [page for page in readable(partner_pages()) if page.name != "help"]
    pages = some(listed, 3)
    few = count_all(dashboard, pages)
    assert {name: count for name, count in few.items() if count > MOST} == {}
    add_many(dashboard.own)

    assert count_all(dashboard, pages) == few


def count_all(dashboard: SeededDashboard, pages: list[Page]) -> dict[str, int]:
    """Queries of the pages by their names."""
    return {page.name: count_queries(dashboard, page.path(dashboard.own)) for page in pages}


def count_queries(dashboard: SeededDashboard, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(dashboard.owner.get(path))
    return len(captured)
