"""The pages of financial reports: who may open them, their periods and their files."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from billing.admin.reports.pages import _about
from billing.models import Invoice, PayoutLine
from billing.reports.files import report_files
from billing.services import approve
from config.db.owned import PLATFORM_ID
from tests.billing.approvals import Kind, ask, person, receive_transfer
from tests.billing.purchases import bill_to, buy, settle
from tests.clocks import moved_clocks
from tests.factories import PartnerFactory, bucket
from tests.staff import staff_with, superuser

pytestmark = pytest.mark.django_db

#: Past midnight in India, where a new month and a new financial year have begun.
NIGHT = datetime(2026, 3, 31, 18, 45, tzinfo=UTC)
PAGES = [f"/admin/reports/{name}/" for name in _about]
QUERIES = {
    "/admin/reports/liability/": ["", "?day=2026-03-31", "?day=nonsense", "?day=2099-01-01"],
}


@pytest.fixture(autouse=True)
def _now(db: None) -> Iterator[None]:
    with moved_clocks(NIGHT):
        yield


@pytest.fixture
def finance() -> Client:
    return staff_with("billing.view_reports")


def paid(name: str = "Nandi Retail", **details: Any) -> Invoice:
    partner = PartnerFactory.create(name=name)
    bill_to(partner, legal_name=name, address="1 Road", state_code="29", **details)
    purchase = settle(buy(partner), f"pay_{partner.pk}")
    return Invoice.objects.get(purchase=purchase)


def rows_of(client: Client, address: str) -> list[list[str]]:
    response: Any = client.get(address)
    assert response.status_code == 200, response
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize("page", ["/admin/reports/", *PAGES])
def test_a_report_needs_its_permission(page: str, finance: Client) -> None:
    assert (
        staff_with("billing.view_invoice", email="other@shopiq.test").get(page).status_code == 403
    )
    paid()
    for query in QUERIES.get(
        page, ["", "?period=2025-26-FY", "?period=nonsense", "?since=2026-01-01"]
    ):
        assert finance.get(f"{page}{query}").status_code == 200, query


def test_files_need_the_permission_too(finance: Client) -> None:
    partner = PartnerFactory.create()
    other = staff_with("billing.view_invoice", email="other@shopiq.test")
    for address in (
        "/admin/reports/files/invoice-register.csv",
        f"/admin/reports/statement/{partner.pk}.csv",
    ):
        assert other.get(address).status_code == 403
        assert finance.get(address).status_code == 200
    assert finance.get("/admin/reports/files/nothing.csv").status_code == 404


def test_a_night_in_india_belongs_to_the_new_month_and_year(finance: Client) -> None:
    """It is still March in UTC."""
    invoice = paid()
    assert invoice.series == "SQ/26-27"
    april = rows_of(finance, "/admin/reports/files/invoice-register.csv?period=2026-04")
    assert [row[:2] for row in april[1:]] == [["2026-04-01", invoice.full_number]]
    march = rows_of(finance, "/admin/reports/files/invoice-register.csv?period=2026-03")
    assert len(march) == 1
    page = finance.get("/admin/reports/revenue/").content.decode()
    assert "April 2026" in page
    assert "Asia/Kolkata" in page
    assert "₹5,000.00" in page


def test_the_archive_holds_every_file_of_a_month(finance: Client) -> None:
    paid()
    address = "/admin/reports/archive.zip?period=2026-04"
    assert staff_with("billing.view_invoice", email="o@shopiq.test").get(address).status_code == 403
    response: Any = finance.get(address)
    archive = zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))
    for close in response._resource_closers:
        close()
    assert archive.testzip() is None
    names = {f"{file.name}-2026-04.csv" for file in report_files()}
    assert set(archive.namelist()) == names
    assert len(names) >= 18
    register = archive.read("invoice-register-2026-04.csv").decode("utf-8-sig")
    assert "Nandi Retail" in register


def test_names_that_are_formulas_stay_text_in_files(finance: Client) -> None:
    paid('=HYPERLINK("https://evil.test")')
    for name in ("invoice-register", "revenue-by-partner"):
        rows = rows_of(finance, f"/admin/reports/files/{name}.csv?period=2026-04")
        assert any('\'=HYPERLINK("https://evil.test")' in row for row in rows)


def test_files_for_import_have_no_byte_order_mark(finance: Client) -> None:
    response: Any = finance.get("/admin/reports/files/gstr1-b2b.csv?period=2026-04")
    assert b"".join(response.streaming_content).startswith(b"GSTIN/UIN of Recipient,Receiver Name,")


def test_names_of_partners_are_inert(finance: Client) -> None:
    invoice = paid("<script>alert(1)</script>")
    for page in ("invoices/", "revenue/?by=partner", f"statement/?partner={invoice.partner_id}"):
        text = finance.get(f"/admin/reports/{page}").content.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_as_many_queries_for_many_rows_as_for_one(page: str) -> None:
    staff = superuser()
    partner = paid().partner_id
    buy(PartnerFactory.create(), "manual")
    query = f"?partner={partner}" if page.endswith("statement/") else "?by=partner"
    staff.get(page + query)
    with CaptureQueriesContext(connection) as one:
        staff.get(page + query)
    for _ in range(2):
        owner = paid(gstin="29AAAAA0000A1ZY")
        bucket(owner.partner, 1_000)
        buy(owner.partner, "manual")
    with CaptureQueriesContext(connection) as many:
        staff.get(page + query)
    assert len(many) == len(one)


def test_the_dates_of_a_custom_period_count_until_another_period_is_chosen(finance: Client) -> None:
    dates = "since=2026-01-05&until=2026-02-04"
    page = "/admin/reports/revenue/"
    custom = finance.get(f"{page}?period=2026-04&shown=2026-04&{dates}").context["period"]
    assert (custom.name, str(custom.first), str(custom.last)) == (
        "custom",
        "2026-01-05",
        "2026-02-04",
    )
    chosen = finance.get(f"{page}?period=2026-03&shown=custom&{dates}").context["period"]
    assert chosen.name == "2026-03"
    too_long = finance.get(f"{page}?since=2025-01-01&until=2026-02-04")
    assert "Choose at most 366 days." in too_long.content.decode()


def test_a_statement_adds_up(finance: Client) -> None:
    partner = paid().partner_id
    rows = rows_of(finance, f"/admin/reports/statement/{partner}.csv?period=2026-04")
    assert [row[4:] for row in rows[1:]] == [
        ["", "", "0.00"],
        ["", "5900.00", "-5900.00"],
        ["5900.00", "", "0.00"],
    ]
    page = finance.get(f"/admin/reports/statement/?partner={partner}&period=2026-04")
    assert "5,000.00" in page.content.decode()


def test_a_statement_lists_what_arrived_and_is_not_booked(finance: Client) -> None:
    purchase = buy(PartnerFactory.create(), "manual")
    receive_transfer(purchase=purchase, reference="UTR0001", amount_paise=123_400)
    page = f"/admin/reports/statement/?partner={purchase.partner_id}&period="
    assert "UTR0001" in finance.get(f"{page}2026-04").content.decode()
    assert "UTR0001" not in finance.get(f"{page}2026-02").content.decode()
    receive_transfer(
        purchase=purchase, reference="UTR0002", amount_paise=purchase.total_paise - 123_400
    )
    later = finance.get(f"{page}2026-04").content.decode()
    assert "Payment, Bank transfer" in later
    assert "not booked" not in later


def test_a_payout_that_differs_from_what_was_booked_is_listed(finance: Client) -> None:
    purchase = paid().purchase
    payment = str(purchase.payment_id)
    PayoutLine.objects.create(
        gateway=purchase.gateway,
        kind="payment",
        gateway_id=payment,
        payment_id=payment,
        gross_paise=580_000,
        fee_paise=0,
        fee_tax_paise=0,
        net_paise=580_000,
        paid_out_at=NIGHT,
        read_at=NIGHT,
    )
    page = finance.get("/admin/reports/settlement/?period=2026-04").content.decode()
    assert "₹5,800.00" in page
    assert "−₹100.00" in page


def test_each_download_is_audited_with_its_period(finance: Client) -> None:
    partner = PartnerFactory.create()
    for page in ("files/invoice-register.csv", f"statement/{partner.pk}.csv", "archive.zip"):
        response: Any = finance.get(f"/admin/reports/{page}?period=2026-03")
        for close in response._resource_closers:
            close()
    trail = AuditEntry.objects.of(PLATFORM_ID).filter(action="report.downloaded").order_by("target")
    assert [(row.actor, row.target, row.detail["period"]) for row in trail] == [
        ("staff@shopiq.test", "invoice-register-2026-03.csv", "March 2026"),
        ("staff@shopiq.test", "reports-2026-03.zip", "March 2026"),
        ("staff@shopiq.test", f"statement-{partner.pk}-2026-03.csv", "March 2026"),
    ]


def test_corrections_lead_from_the_opening_to_the_closing_points(finance: Client) -> None:
    source = bucket(PartnerFactory.create(), 10_000)
    asked = ask(source.partner, Kind.CORRECTION, -250, bucket=source)
    approve(approval=asked, approver=person("ravi@shopiq.test"))

    header, starter, *_ = rows_of(finance, "/admin/reports/files/points-moved.csv?period=2026-04")
    moved = dict(zip(header, starter, strict=True))
    assert (moved["opening"], moved["corrections"], moved["closing"]) == ("0.00", "-2.50", "97.50")
    page = finance.get(f"/admin/reports/statement/?partner={source.partner_id}&period=2026-04")
    [closing] = [row for table, _ in page.context["tables"] for row in table.rows][-1:]
    assert closing == ("Closing", 9_750)
