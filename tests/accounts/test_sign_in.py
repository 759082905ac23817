"""Sign-in, lockout, and changes to one's login."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client

from accounts.forms import allauth as account_forms
from accounts.models import AuditEntry, Member, User
from tests.accounts.sign_ins import PASSWORD, sign_in, text
from tests.mails import link_in
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

REFUSAL = "Incorrect email or password. Passwords are case-sensitive."
LOCKED = "Too many attempts. Try again in five minutes"


@pytest.mark.parametrize("email", ["priya@nova.test", "nobody@nova.test"])
def test_a_wrong_password_and_an_unknown_address_have_the_same_error(
    priya: User, email: str
) -> None:
    assert REFUSAL in text(sign_in(Client(), email, "wrong"))


def test_sign_in_redirects_to_the_requested_page_but_not_to_foreign_sites(priya: User) -> None:
    form = {"login": priya.email, "password": PASSWORD}
    assert (
        Client().post("/login/?next=/dashboard/team/", form).headers["Location"]
        == "/dashboard/team/"
    )
    assert (
        Client().post("/login/?next=https://evil.test/", form).headers["Location"] == "/dashboard/"
    )


def test_after_five_wrong_passwords_the_right_one_is_rejected_too(priya: User) -> None:
    for _ in range(5):
        assert REFUSAL in text(sign_in(Client(), password="wrong"))
    assert LOCKED in text(sign_in(Client()))
    create_user(None, email="asha@nova.test", password=PASSWORD)
    assert LOCKED not in text(sign_in(Client(), "asha@nova.test"))


def test_a_forged_header_does_not_reset_the_limit(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    for number in range(10):
        sign_in(
            Client(), f"{number}@nova.test", "wrong", **{"x-forwarded-for": f"203.0.113.{number}"}
        )
    response = sign_in(Client(), "last@nova.test", "wrong", **{"x-forwarded-for": "203.0.113.99"})
    assert LOCKED in text(response)


def test_clients_behind_a_trusted_proxy_are_counted_separately(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for number in range(11):
        response = sign_in(
            Client(), f"{number}@nova.test", "wrong", **{"x-forwarded-for": f"203.0.113.{number}"}
        )
        assert REFUSAL in text(response)


def test_a_rate_limit_has_an_error_page(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in(Client(), password="wrong")
    response = sign_in(Client(), password="wrong")
    assert response.status_code == 429
    assert "Too many attempts" in text(response)
    assert "Try again in a few minutes" in text(response)
    assert 'href="/login/"' in text(response)


def test_a_deactivated_login_is_revealed_only_with_its_password(priya: User) -> None:
    User.objects.update(is_active=False)
    assert "This login is deactivated" in text(sign_in(Client()))
    assert REFUSAL in text(sign_in(Client(), password="wrong"))


def test_a_user_added_by_staff_verifies_the_address_at_the_first_sign_in(
    mailoutbox: list[EmailMessage],
) -> None:
    User.objects.create_user("new@nova.test", PASSWORD)
    assert "Check your inbox" in text(sign_in(Client(), "new@nova.test"))
    link = link_in(mailoutbox[0], "confirm-email")
    assert "Overview" in text(Client().post(link, {"password": PASSWORD}, follow=True))
    assert "Overview" in text(sign_in(Client(), "new@nova.test"))


def test_logins_created_by_commands_work_immediately(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bootstrap_demo")
    User.objects.create_superuser("root@shopiq.test", PASSWORD)
    printed = capsys.readouterr().out.split("password")[1].split()[0]
    assert "Overview" in text(sign_in(Client(), "demo@example.com", printed))
    assert "Overview" in text(sign_in(Client(), "root@shopiq.test"))


def test_a_reset_password_works_and_ends_every_session(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    elsewhere = browser_of(priya)
    Client().post("/password/reset/", {"email": "Priya@nova.test"})
    visitor = Client()
    form = visitor.get(link_in(mailoutbox[0], "password/reset/key"), follow=True)
    assert "Choose a new password" in text(form)
    done = visitor.post(form.request["PATH_INFO"], {"password1": "a much better one"}, follow=True)
    assert "Password changed" in text(done)
    assert "Overview" in text(sign_in(Client(), password="a much better one"))
    assert elsewhere.get("/dashboard/").status_code == 302
    assert "was reset" in mailoutbox[1].subject


def test_a_reset_link_works_once(priya: User, mailoutbox: list[EmailMessage]) -> None:
    Client().post("/password/reset/", {"email": priya.email})
    link = link_in(mailoutbox[0], "password/reset/key")
    visitor = Client()
    form = visitor.get(link, follow=True)
    visitor.post(form.request["PATH_INFO"], {"password1": "a much better one"})
    assert "This link has expired" in text(Client().get(link, follow=True))


def test_a_password_reset_does_not_reveal_whether_an_address_has_a_login(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    known = Client().post("/password/reset/", {"email": priya.email}, follow=True)
    unknown = Client().post("/password/reset/", {"email": "who@nova.test"}, follow=True)
    assert text(known) == text(unknown)
    assert "There is no ShopIQ login" in mailoutbox[1].body


@pytest.mark.usefixtures("priya")
@pytest.mark.parametrize("email", ["priya@nova.test", "who@nova.test"])
def test_the_time_of_a_password_reset_does_not_reveal_it_either(
    monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    monkeypatch.setattr(account_forms, "RESET_SECONDS", 0.2)
    begin = time.monotonic()
    Client().post("/password/reset/", {"email": email})
    assert time.monotonic() - begin > 0.2


def test_a_changed_password_ends_other_sessions_and_is_emailed(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    here, elsewhere = browser_of(priya), browser_of(priya)
    form = {"oldpassword": PASSWORD, "password1": "a much better one"}
    assert here.post("/password/change/", form).headers["Location"] == "/dashboard/security/"
    assert here.get("/dashboard/security/").status_code == 200
    assert elsewhere.get("/dashboard/security/").status_code == 302
    assert "127.0.0.1" in mailoutbox[0].body
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("login.password_changed", priya.email)


def test_a_new_address_is_used_once_it_is_verified(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    browser = browser_of(priya)
    browser.post("/email/", {"action_add": "", "email": "rao@nova.test"})
    assert "Overview" in text(sign_in(Client()))
    assert "rao@nova.test" in text(browser.get("/dashboard/security/"))
    browser.post(link_in(mailoutbox[0], "confirm-email"))
    priya.refresh_from_db()
    assert priya.email == "rao@nova.test"
    assert REFUSAL in text(sign_in(Client()))
    assert "Overview" in text(sign_in(Client(), "rao@nova.test"))
    assert {mail.to[0] for mail in mailoutbox[1:]} == {"priya@nova.test", "rao@nova.test"}
    assert AuditEntry.objects.filter(action="login.email_changed").count() == 1


def test_a_new_address_taken_in_the_meantime_is_rejected(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    browser = browser_of(priya)
    browser.post("/email/", {"action_add": "", "email": "rao@nova.test"})
    User.objects.create_user("rao@nova.test", None)
    response = browser.post(link_in(mailoutbox[0], "confirm-email"), follow=True)
    assert "was not confirmed" in text(response)
    priya.refresh_from_db()
    assert priya.email == "priya@nova.test"


def test_an_address_changed_by_staff_must_be_verified(priya: User) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("root@shopiq.test", None))
    form = {"email": "rao@nova.test", "name": "Priya", "is_active": "on"}
    staff.post(f"/admin/accounts/user/{priya.pk}/change/", form)
    assert "Check your inbox" in text(sign_in(Client(), "rao@nova.test"))
    assert REFUSAL in text(sign_in(Client()))


def test_a_pending_form_is_processed_after_reauthentication(priya: User) -> None:
    browser = browser_of(priya, fresh=False)
    asked = browser.post("/dashboard/team/name/", {"company": "Nova Stores"}, follow=True)
    assert "Confirm it's you" in text(asked)
    wrong = browser.post(asked.request["PATH_INFO"], {"password": "wrong"}, follow=True)
    assert "Incorrect password" in text(wrong)
    form = {"password": PASSWORD, "next": "/dashboard/team/name/"}
    browser.post(asked.request["PATH_INFO"], form, follow=True)
    assert Member.objects.get().partner.name == "Nova Stores"
    assert AuditEntry.objects.get(action="partner.renamed").actor == priya.email


def test_signing_in_to_submit_a_form_returns_to_its_page() -> None:
    page = f"/dashboard/webhooks/{'0' * 24}/"
    for referer, way_back in (
        (f"http://testserver{page}", page),
        ("https://evil.test/", "/dashboard/"),
        ("http://[", "/dashboard/"),
        ("", "/dashboard/"),
    ):
        response = Client().post(f"{page}resend/", headers={"referer": referer})
        assert response.headers["Location"] == f"/login/?next={way_back}"


def test_every_sign_in_page_uses_our_template() -> None:
    pages = ["/login/", "/signup/", "/confirm-email/", "/password/reset/", "/inactive/"]
    pages += ["/password/reset/done/", "/password/reset/key/done/", "/password/reset/key/a-b/"]
    for page in pages:
        assert "single-card" in text(Client().get(page)), page


def test_every_personal_page_shows_the_navigation(priya: User) -> None:
    browser = browser_of(priya)
    pages = ["/2fa/", "/2fa/emailed-code/app/", "/2fa/webauthn/", "/sessions/"]
    for page in [*pages, "/email/", "/password/change/", "/dashboard/security/"]:
        assert 'sidebar-partner">Nova Retail' in text(browser.get(page)), page
