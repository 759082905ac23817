"""The inbox of an embedded installation, and sending mail."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from config.mail.send import send_mail
from tests.factories import PartnerFactory
from tests.staff import superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "config.mail.file_backend.FolderBackend"
    settings.EMAIL_DELIVERY_BACKEND = settings.EMAIL_BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def text(response: Any) -> Any:
    return " ".join(response.content.decode().split())


def test_staff_see_the_newest_email_first_with_links(folder: Path) -> None:
    for number in range(2):
        body = f"Open https://shopiq.test/confirm/{number}/ <b>now</b>."
        EmailMessage(f"Mail {number}", body, to=[f"p{number}@nova.test"]).send()
        newest = max(folder.glob("*.log"))
        newest.rename(folder / f"2020010{number + 1}-000000-1.log")
    staff = superuser()
    page = text(staff.get("/admin/mail/"))
    assert page.index("Mail 1") < page.index("Mail 0")
    assert "p0@nova.test" in page
    one = text(staff.get("/admin/mail/20200101-000000-1.log"))
    assert 'href="https://shopiq.test/confirm/0/"' in one
    assert "&lt;b&gt;now" in one
    assert "-----" not in one


def test_each_message_has_its_own_file_even_in_quick_succession(folder: Path) -> None:
    subjects = [f"Mail {number}" for number in range(20)]
    for subject in subjects:
        EmailMessage(subject, "Body", to=["p@nova.test"]).send()
    page = superuser().get("/admin/mail/")
    assert [mail.subject for mail in page.context["mails"]] == subjects[::-1]


def test_an_empty_inbox_explains_itself(folder: Path) -> None:
    assert "No mail yet" in text(superuser().get("/admin/mail/"))


def test_the_admin_index_links_to_the_inbox(folder: Path) -> None:
    assert 'href="/admin/mail/"' in text(superuser().get("/admin/"))


@pytest.mark.parametrize("name", ["20200101-000000-2.log", "..%2fsecrets.env", "%00"])
def test_no_other_file_is_shown(folder: Path, name: str) -> None:
    assert superuser().get(f"/admin/mail/{name}").status_code == 404


def test_members_and_anonymous_users_cannot_read_the_inbox(folder: Path) -> None:
    member = browser_of(create_user(PartnerFactory.create()))
    for browser in (member, Client()):
        for address in ("/admin/mail/", "/admin/mail/20200101-000000-1.log"):
            assert browser.get(address).headers["Location"].startswith("/admin/login/")


def test_there_is_no_inbox_if_mail_is_sent(settings: Any) -> None:
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    staff = superuser()
    assert staff.get("/admin/mail/").status_code == 404
    assert "/admin/mail/" not in text(staff.get("/admin/"))


def test_other_users_of_the_machine_cannot_read_the_folder(folder: Path) -> None:
    EmailMessage("Mail", "Body", to=["p@nova.test"]).send()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_each_address_gets_an_email_of_its_own(mailoutbox: list[EmailMessage]) -> None:
    partner = PartnerFactory.create(name="Nova & Sons")
    send_mail("approved", ["a@nova.test", "b@nova.test"], partner=partner)
    assert [mail.to for mail in mailoutbox] == [["a@nova.test"], ["b@nova.test"]]
    assert mailoutbox[0].subject == "Nova & Sons is approved for live access"
