"""Two workers that deliver at once."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage

from config.mail.delivery import deliver_mail
from tests.billing.parallel import race
from tests.config.mail_server import running_mail_server


def test_workers_at_once_send_each_email_once(live_db: None, settings: Any) -> None:
    expected = sorted(f"Mail {number}" for number in range(20))
    with running_mail_server(settings) as server:
        for subject in expected:
            EmailMessage(subject, "Hello", to=["p@nova.test"]).send()
        race(*[deliver_mail] * 4)
    assert sorted(mail["Subject"] for mail in server.received) == expected
