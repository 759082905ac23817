"""The number of queries of a page does not grow with its rows."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import body_of
from tests.dashboard.pages import partner_pages, readable
from tests.seed.many import add_many

#: The session, the person, the partner, and what the page itself needs.
MOST = 26


def test_queries_are_few_and_their_number_does_not_grow_with_rows(
    dashboard: SeededDashboard,
) -> None:
    few = count_all(dashboard)
    assert {name: count for name, count in few.items() if count > MOST} == {}
    add_many(dashboard.own)

    assert count_all(dashboard) == few


def count_all(dashboard: SeededDashboard) -> dict[str, int]:
    """Queries of every page by its name."""
    pages = {page.name: page.path(dashboard.own) for page in readable(partner_pages())}
    return {name: count_queries(dashboard, path) for name, path in pages.items()}


def count_queries(dashboard: SeededDashboard, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(dashboard.owner.get(path))
    return len(captured)
