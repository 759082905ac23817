"""People who sign in, for the tests of what that leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Partner, User
from tests.users import create_user

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def regular(partner: Partner | None, email: str = "priya@nova.test") -> User:
    """Create a user who has signed in before, from nowhere that is still known."""
    user = create_user(partner, email=email, password=PASSWORD)
    user.last_login = timezone.now() - timedelta(days=1)
    user.save()
    return user


def browser(address: str = "203.0.113.7", user_agent: str = FIREFOX) -> Client:
    return Client(REMOTE_ADDR=address, headers={"user-agent": user_agent})


def sign_in(
    client: Client, email: str = "priya@nova.test", password: str = PASSWORD, **headers: str
) -> Any:
    form = {"login": email, "password": password}
    return client.post("/login/", form, headers=headers, follow=True)


def signed_in(email: str = "priya@nova.test", address: str = "203.0.113.7") -> Client:
    client = browser(address)
    assert "Overview" in text(sign_in(client, email))
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def actions(partner_id: str) -> list[str]:
    entries = AuditEntry.objects.of(partner_id).order_by("at", "id")
    return list(entries.values_list("action", flat=True))
