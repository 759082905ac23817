"""The emailed code that comes before the first second factor."""

from __future__ import annotations

import re
from typing import Any

from django.core.mail import EmailMessage
from django.test import Client

PAGE = "/2fa/emailed-code/app/"


def enter_emailed_code(browser: Client, mailoutbox: list[EmailMessage]) -> Any:
    browser.post(PAGE, {"action": "send"})
    return browser.post(PAGE, {"code": code_in(mailoutbox.pop())})


def code_in(mail: EmailMessage) -> str:
    [code] = re.findall(r"^(\d{6})$", str(mail.body), re.MULTILINE)
    return str(code)
