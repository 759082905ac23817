"""The search box of staff: the form of a term decides which columns are asked, each by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, AutoLoginLink, Partner, RequestLog
from billing.models import Invoice, LedgerEntry, PaymentReturn, PointBucket, Purchase, Statement
from config.admin.finders import admin_address, registered_finders
from deployments.models import Deployment, Website
from imaging.models import ImageOperation
from integrations.models import Connection, WebhookDelivery
from tests.plans import scans_without_index
from tests.seed import Side
from tests.staff import staff_with, superuser

SEARCH = "/admin/search/"
IDENTIFIED = (
    Account,
    AutoLoginLink,
    Connection,
    Deployment,
    ImageOperation,
    Invoice,
    LedgerEntry,
    PointBucket,
    Purchase,
    Statement,
    WebhookDelivery,
    Website,
)


def page_of(row: Model) -> str:
    return admin_address(type(row), row.pk)


def terms(side: Side) -> Iterator[tuple[str, str]]:
    """Yield each term that names one row of the partner, and the page that it opens."""
    partner = side.partner
    of = {"partner": partner}
    yield partner.pk, page_of(partner)
    yield partner.pk.upper(), page_of(partner)
    yield "meridian comm", page_of(partner)
    yield f"  {side.owner.email.upper()} ", page_of(partner)
    account = Account.objects.filter(**of)[0]
    yield account.get_decrypted("email"), page_of(account)
    yield account.dialable_phone, page_of(account)
    for model in IDENTIFIED:
        row = model.objects.filter(**of).latest("pk")
        yield row.pk, page_of(row)
    key = side.keys["Staging"]
    yield key.pk, page_of(key)
    yield key.masked, page_of(key)
    yield f"{key.masked[:8]}{'x' * 42}{key.last_four}", page_of(key)
    request = RequestLog.objects.filter(**of).exclude(request_id="")[0]
    RequestLog.objects.filter(pk=request.pk).update(request_id="0f" * 16)
    yield "0f" * 16, page_of(request)
    RequestLog.objects.filter(pk=request.pk).update(client_request_id="order-4711.b")
    yield "order-4711.b", page_of(request)
    purchase = Purchase.objects.filter(**of, state="paid")[0]
    yield purchase.reference.lower(), page_of(purchase)
    yield str(purchase.payment_id), page_of(purchase)
    invoice = Invoice.objects.filter(**of)[0]
    yield invoice.full_number, page_of(invoice)
    site = Website.objects.filter(**of)[0]
    yield site.identifier, page_of(site)
    yield f"https://{site.identifier}.shops.test/about?x=1", page_of(site)


def dispute(purchase: Purchase) -> PaymentReturn:
    return PaymentReturn.objects.create(
        partner=purchase.partner,
        purchase=purchase,
        kind="dispute",
        state="open",
        gateway_id="disp_9kQz",
        payment_id=str(purchase.payment_id),
        amount_paise=100,
        created_at=purchase.created_at,
    )


def test_a_term_that_names_one_row_opens_its_page(side: Side) -> None:
    staff = superuser()
    expected = dict(terms(side))
    opened = {term: staff.post(SEARCH, {"q": term}).headers.get("Location") for term in expected}
    assert opened == expected
    row = dispute(Purchase.objects.filter(partner=side.partner, state="paid")[0])
    assert staff.post(SEARCH, {"q": "disp_9kQz"}).headers["Location"] == page_of(row)


def test_every_finder_uses_an_index(side: Side) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    examples = [*(term for term, _ in terms(side)), "disp_9kQz", "anita@shopiq.test"]
    asked = set()
    for finder in registered_finders():
        for term in filter(finder.form.fullmatch, examples):
            asked.add(finder)
            with CaptureQueriesContext(connection) as captured:
                list(finder.find(term))
            assert captured.captured_queries
            assert scans_without_index([query["sql"] for query in captured]) == []
    assert asked == set(registered_finders())
    assert scans_without_index(["SELECT 1 FROM accounts_apikey WHERE name = 'Staging'"])


def test_several_hits_are_listed_by_kind(side: Side) -> None:
    page = superuser().post(SEARCH, {"q": "s"}, follow=True).content.decode()
    assert "Nothing found" in page
    Partner.objects.create(name="Meridian Traders")
    page = (
        superuser("two@shopiq.test").post(SEARCH, {"q": "meridian"}, follow=True).content.decode()
    )
    assert "Meridian Commerce" in page
    assert "Meridian Traders" in page
    assert "Stranger" not in page


@pytest.mark.parametrize(
    "term", ["", "no.one@shopiq.test", "f" * 24, "%", "'; --", "\x00", "& | !"]
)
def test_an_unsuccessful_search_names_the_search_term(side: Side, term: str) -> None:
    response = superuser().post(SEARCH, {"q": term}, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    said = {"f" * 24: "purchase, "}.get(term, "Nothing found")
    if not term.strip("\x00"):
        said = "Enter what you know"
    assert said in page


def test_only_what_a_person_may_see_is_found(side: Side) -> None:
    key = side.keys["Staging"]
    purchase = Purchase.objects.filter(partner=side.partner)[0]
    support = staff_with("accounts.view_partner", "accounts.view_apikey")
    assert found(support, key.pk)
    assert not found(support, purchase.pk)
    assert not found(support, purchase.reference)
    assert "purchase" not in support.post(SEARCH, {"q": purchase.pk}, follow=True).content.decode()


def test_the_box_is_on_staff_pages_and_for_staff_alone(side: Side) -> None:
    assert 'role="search"' in superuser().get("/admin/accounts/partner/").content.decode()
    assert (
        Client().post(SEARCH, {"q": side.partner.pk}).headers["Location"].startswith("/admin/login")
    )


def found(staff: Client, term: Any) -> bool:
    page = staff.post(SEARCH, {"q": term}).headers["Location"]
    return not page.startswith(SEARCH)


def test_no_address_tells_what_was_searched(side: Side, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    staff, term = superuser(), "priya.unknown@nova.test"
    page = staff.post(SEARCH, {"q": term}).headers["Location"]
    assert page.startswith(f"{SEARCH}?term=v")
    assert "priya" not in page
    assert term in staff.get(page).content.decode()
    other = superuser("other@shopiq.test").get(page).content.decode()
    assert "Enter what you know" in other
    assert "Enter what you know" in staff.get(SEARCH, {"term": "v1.x"}).content.decode()
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert term not in staff.get(page).content.decode()


def test_no_address_tells_what_was_searched_in_a_list(side: Side, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    staff, users = superuser(), "/admin/accounts/user/"
    address = re.search(
        r'id="changelist-search"\s+method="post"\s+action="([^"]+)"', html(staff, users)
    )
    assert address
    given = {"q": side.owner.email, "is_active__exact": "1"}
    page = staff.post(address[1], given).headers["Location"]
    assert page.startswith(f"{users}?is_active__exact=1&q=v")
    assert "%40" not in page
    assert "csrf" not in page
    assert f'value="{side.owner.email}"' in html(staff, page)
    assert [user.email for user in staff.get(page).context["cl"].result_list] == [side.owner.email]
    assert "This search has expired" in html(superuser("other@shopiq.test"), page)
    assert staff.post(address[1], {"q": ""}).headers["Location"] == f"{users}?"
    assert staff.post("/admin/search/accounts/nothing/", given).status_code == 404
    assert staff_with(email="new@shopiq.test").get(page).status_code == 403


def html(staff: Client, address: str) -> str:
    return staff.get(address).content.decode()
