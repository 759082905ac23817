"""Members see the images of their partner and the cost of each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.request_log.lines import LogLine
from accounts.request_log.rows import write_lines
from imaging.models import ImageOperation
from imaging.services.operations import start_operation
from tests.billing.operations import Failure, admission_of, image_request_of, refund, start, succeed
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

IMAGES = "/dashboard/images/"


@pytest.fixture
def made() -> Keys:
    keys = partner_with_keys()
    bucket(keys.partner, 100_000)
    return keys


@pytest.fixture
def developer(made: Keys) -> Client:
    return browser_of(create_user(made.partner, "developer"))


def succeed_with(operation: Any, name: str, mode: str = "fast") -> None:
    url = f"{django_settings.PUBLIC_URL}{django_settings.MEDIA_URL}{name}"
    succeed(operation, mode, [url], milliseconds=1234)


def start_test(keys: Keys) -> Any:
    return start_operation(admission=admission_of(keys, "test"), image_request=image_request_of())


def shown(client: Client, path: str = "") -> str:
    response = client.get(IMAGES + path)
    assert response.status_code == 200
    return str(response.content.decode())


def count_rows(page: str) -> int:
    return page.count("<tr") - 1


def test_an_operation_is_listed_with_a_picture_of_this_server_by_path(
    made: Keys, developer: Client
) -> None:
    operation = start(made)
    succeed_with(operation, "partners/x/y.png")
    page = shown(developer)
    assert 'src="/media/partners/x/y.png"' in page
    assert 'loading="lazy"' in page
    for text in ("Image create", "Succeeded", "1.2 s", f"{IMAGES}{operation.id}/"):
        assert text in page


def test_no_picture_is_loaded_from_elsewhere(made: Keys, developer: Client) -> None:
    detail = shown(developer, f"{start_test(made).id}/")
    lists = [shown(developer, f"?mode=test{view}") for view in ("", "&view=gallery")]
    for page in (detail, *lists, developer.get("/dashboard/?mode=test").content.decode()):
        assert 'src="/dashboard/images/placeholder/?size=' in page
        assert f'src="{django_settings.TEST_IMAGE_HOST}' not in page
    assert f'href="{django_settings.TEST_IMAGE_HOST}' in detail
    assert "No model was used" in detail


def test_pages_may_load_pictures_from_the_storage_and_nothing_else(
    made: Keys, developer: Client, settings: Any
) -> None:
    def policy(path: str) -> dict[str, str]:
        header = developer.get(path).headers["Content-Security-Policy"]
        return dict(part.strip().split(" ", 1) for part in header.split(";"))

    settings.IMAGE_STORAGE = "s3"
    settings.S3_BUCKET = "pictures-of-tests"
    settings.S3_PUBLIC_BASE_URL = "https://cdn.example.com/images"
    operation = start(made)
    urls = ["https://cdn.example.com/images/partners/a.png", "https://evil.example.com/b.png"]
    succeed(operation, urls=urls)

    assert policy(IMAGES)["img-src"] == "'self' https://cdn.example.com"
    assert policy(f"{IMAGES}{operation.id}/")["img-src"] == "'self' https://cdn.example.com"
    assert "img-src" not in policy("/dashboard/logs/")
    page = shown(developer, f"{operation.id}/")
    assert f'src="{urls[0]}"' in page
    assert f'src="{urls[1]}"' not in page


def test_a_receipt_shows_every_point_that_moved(made: Keys, developer: Client) -> None:
    operation = start(made, mode="thinking")
    succeed_with(operation, "a.png", mode="fast")
    row = ImageOperation.objects.get(pk=operation.id)
    assert row.charge
    page = shown(developer, f"{operation.id}/")
    for text in ("Charge", "Reversal", "Starter", "(thinking requested)", "was not available"):
        assert text in page
    for hundredths in (row.charge.cost, row.charge.refunded, row.charge.net_cost):
        assert f"{hundredths / 100:g}" in page
    assert page.count("Ledger entries of this operation") == 1
    assert count_rows(page) == 2


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Failure.BLOCKED, "Blocked by safety filters"),
        (Failure.BUSY, "Service unavailable"),
        (Failure.ABANDONED, "Interrupted"),
    ],
)
def test_a_refunded_operation_says_why(
    made: Keys, developer: Client, failure: Failure, reason: str
) -> None:
    operation = start(made)
    refund(operation, failure)
    assert reason in shown(developer)
    page = shown(developer, f"{operation.id}/")
    assert reason in page
    assert "points were refunded" in page


def test_an_operation_under_way_says_so(made: Keys, developer: Client) -> None:
    page = shown(developer, f"{start(made).id}/")
    assert "In progress" in page
    assert "The request is being processed." in page


def test_a_receipt_leads_to_the_call(made: Keys, developer: Client) -> None:
    operation = start(made)
    succeed(operation)
    at = ImageOperation.objects.get(pk=operation.id).created_at
    line = LogLine(
        at, made.partner.pk, made.key("live").pk, "the-call-itself", "POST",
        "/partner/v1/image/create", 200, "", 2000, "::1", "", operation.id,
    )  # fmt: skip
    write_lines([line._replace(request_id="another-call", target="a" * 24)])
    page = shown(developer, f"{operation.id}/")
    assert "Not in the request log." in page
    assert "another-call" not in page

    write_lines([line])
    assert "the-call-itself" in shown(developer, f"{operation.id}/")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"kept", "refunded", "running", "thinking", "enhanced"}),
        ("?mode=test", {"test"}),
        ("?mode=live&state=succeeded", {"kept", "thinking", "enhanced"}),
        ("?mode=test&state=succeeded", {"test"}),
        ("?state=refunded", {"refunded"}),
        ("?state=reserved", {"running"}),
        ("?action=enhance", {"enhanced"}),
        ("?image_mode=thinking", {"thinking"}),
        ("?since=2020-01-01T00:00&until=2020-02-01T00:00", set()),
    ],
)
def test_operations_are_distinguished(
    made: Keys, developer: Client, query: str, names: set[str]
) -> None:
    operations = {
        "kept": start(made),
        "refunded": start(made),
        "running": start(made),
        "thinking": start(made, mode="thinking"),
        "enhanced": start(made, action="enhance"),
        "test": start_test(made),
    }
    for name in ("kept", "enhanced"):
        succeed(operations[name])
    succeed(operations["thinking"], mode="thinking")
    refund(operations["refunded"])

    ids = set(re.findall(rf"{IMAGES}([0-9a-f]{{24}})/", shown(developer, query)))
    assert ids == {operations[name].id for name in names}


def test_operations_are_distinguished_by_key(made: Keys, developer: Client) -> None:
    operation = start(made)
    start_test(made)
    page = shown(developer, f"?key={made.key('live').pk}")
    assert count_rows(page) == 1
    assert operation.id in page


def test_operations_of_another_partner_do_not_exist(made: Keys, developer: Client) -> None:
    theirs = partner_with_keys()
    bucket(theirs.partner, 100_000)
    operation = start(theirs)
    assert operation.id not in shown(developer)
    assert developer.get(f"{IMAGES}{operation.id}/").status_code == 404
    assert shown(browser_of(create_user(theirs.partner)), f"{operation.id}/")


@pytest.mark.parametrize("name", ["0" * 24, "x", "0" * 23, "%00" * 8])
def test_operations_that_are_not_there_are_404(developer: Client, name: str) -> None:
    assert developer.get(f"{IMAGES}{name}/").status_code == 404


def test_a_viewer_may_not_see_images(made: Keys) -> None:
    viewer = browser_of(create_user(made.partner, "viewer"))
    assert viewer.get(IMAGES).status_code == 403
    assert viewer.get(f"{IMAGES}{start(made).id}/").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?state=%00", "?image_mode=x", "?key=%00", "?since=x", "?after=%00", "?sort=size"],
)
def test_invalid_filters_still_show_the_page(made: Keys, developer: Client, query: str) -> None:
    start(made)
    assert shown(developer, query)


def test_a_page_takes_as_many_queries_for_many_operations_as_for_one(
    made: Keys, developer: Client
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(developer, path)
        return len(captured)

    operation = start(made)
    succeed(operation)
    shown(developer)
    one, receipt = queries(""), queries(f"{operation.id}/")
    for _ in range(24):
        succeed(start(made))
    assert count_rows(shown(developer)) == 25
    assert queries("") == one <= 10
    assert receipt <= 10


def test_an_empty_list_says_what_to_do_next(developer: Client) -> None:
    assert "Create one with a test key" in shown(developer)
    assert "clear the filters" in shown(developer, "?image_mode=fast")
