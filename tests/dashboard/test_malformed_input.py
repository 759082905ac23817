"""Malformed ids, query strings, form fields, methods and forged forms."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.daily import Some
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import Markup, body_of
from tests.dashboard.pages import Page, all_pages, name_of, partner_pages, readable

IDS = ["x", "0" * 24, "9" * 30, "a" * 3000, "\0", "..", "-1", "٣", "%"]
#: What no page without filters reads must not harm it either.
WORST = ["\0", "9" * 40, "a" * 5000]
OTHERS = [
    *("", "x", "-1", "0", "1e400", "NaN", "%", "'\"<b>", "٣٤", "[]", "W10", "\x7f"),
    *("2026-13-45", "0000-00-00", "9999-12-31T23:59:59Z", "10000-01-01", "2026-11"),
]
#: What lists and charts read besides the fields of their forms.
COMMON = ["after", "before", "sort", "range", "month", "from", "to", "key", "state", "next"]
FORMS = [page for page in partner_pages() if "POST" in page.methods]
READABLE = [page for page in readable(all_pages()) if page.reads_query]


@pytest.mark.parametrize("route", [page for page in all_pages() if page.parameters], ids=name_of)
def test_a_malformed_id_is_not_found(dashboard: SeededDashboard, route: Page, some: Some) -> None:
    expected = {400, 404} if route.permission else {200, 302, 400, 404}
    for name in route.parameters:
        for value in some(IDS, 4):
            path = route.path(dashboard.own, **{name: value})
            for method in {"GET", "POST"} & set(route.methods):
                response = dashboard.owner.generic(method, path)
                assert response.status_code in expected, f"{method} with {name}={value!r}"


@pytest.mark.parametrize("route", READABLE, ids=name_of)
def test_malformed_queries_do_not_break_a_page(
    dashboard: SeededDashboard, route: Page, some: Some
) -> None:
    text = dashboard.read(route).text
    fields = Markup(text).filters if text else set()
    values = [*some(WORST, 3), *some(OTHERS, 9)] if fields or not text else some(WORST, 3)
    for value in values:
        query = urlencode(dict.fromkeys([*fields, *COMMON], value))
        response = dashboard.owner.get(f"{route.path(dashboard.own)}?{query}")
        assert response.status_code < 500, f"{value!r} in {fields}"
        assert b"'\"<b>" not in body_of(response)


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_malformed_fields_do_not_break_a_form(
    dashboard: SeededDashboard, route: Page, some: Some
) -> None:
    fields = COMMON if route.is_only_sent_to else Markup(dashboard.read(route).text).fields
    for value in some((*WORST, "", "-1", "2026-13-45"), 3):
        response = dashboard.owner.post(route.path(dashboard.own), dict.fromkeys(fields, value))
        assert response.status_code < 500, f"{value!r} in {fields}"


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_a_form_from_another_site_is_rejected(dashboard: SeededDashboard, route: Page) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = dashboard.owner.cookies

    response = browser.post(route.path(dashboard.own))

    assert response.status_code == 403
    assert b"form" in response.content


@pytest.mark.parametrize("route", partner_pages(), ids=name_of)
def test_a_wrong_method_is_rejected(dashboard: SeededDashboard, route: Page, some: Some) -> None:
    wrong = {"GET", "POST", "PUT", "PATCH", "DELETE", "FOO"} - set(route.methods)
    for method in some(sorted(wrong), 3):
        response = dashboard.owner.generic(method, route.path(dashboard.own))
        assert response.status_code == 405, method
