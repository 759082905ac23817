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


def test_the_number_of_queries_does_not_grow_with_rows(dashboard: SeededDashboard) -> None:
    few = count_all(dashboard)
    add_many(dashboard.own)

    assert count_all(dashboard) == few


def test_no_page_takes_many_queries(dashboard: SeededDashboard) -> None:
    assert {name: count for name, count in count_all(dashboard).items() if count > MOST} == {}


def count_all(dashboard: SeededDashboard) -> dict[str, int]:
    """Queries of every page by its name."""
    pages = {page.name: page.path(dashboard.own) for page in readable(partner_pages())}
    return {name: count_queries(dashboard, path) for name, path in pages.items()}


def count_queries(dashboard: SeededDashboard, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(dashboard.owner.get(path))
    return len(captured)
