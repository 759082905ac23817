"""A page asks the database as often for fifty rows as for a few."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.dashboard.conftest import Walk
from tests.dashboard.markup import body_of
from tests.dashboard.pages import partner_pages, readable
from tests.seed.many import add_many

#: The session, the person, the partner, and what the page itself needs.
MOST = 25


def test_the_number_of_queries_does_not_grow_with_rows(walk: Walk) -> None:
    few = count_all(walk)
    add_many(walk.own)

    assert count_all(walk) == few


def test_no_page_takes_many_queries(walk: Walk) -> None:
    assert {name: count for name, count in count_all(walk).items() if count > MOST} == {}


def count_all(walk: Walk) -> dict[str, int]:
    """Queries of every page by its name."""
    pages = {page.name: page.path(walk.own) for page in readable(partner_pages())}
    return {name: count_queries(walk, path) for name, path in pages.items()}


def count_queries(walk: Walk, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(walk.owner.get(path))
    return len(captured)
