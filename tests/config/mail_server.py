"""An SMTP server on loopback."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port


class MailServer:
    """An SMTP server on loopback; `replies` are given to the next messages instead of 250."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.replies: list[str] = []
        self.refusals: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.replies:
            return self.replies.pop(0)
        parsed = email.message_from_bytes(
            envelope.content, _class=EmailMessage, policy=email.policy.default
        )
        self.received.append(parsed)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def running_mail_server(settings: Any) -> Iterator[MailServer]:
    """Deliver the outbox to a server of its own."""
    server = MailServer()
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    try:
        yield server
    finally:
        controller.stop()
