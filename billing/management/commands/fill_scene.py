from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Partner, User
from config.local.postgres import Server, data_dir

_LOGINS = """
Everyone's password is {password}

  Administration   {url}/admin/
    support@shopiq.example, finance@shopiq.example,
    operations@shopiq.example, admin@shopiq.example
  Dashboard        {url}/dashboard/
    {owner}
"""


class Command(BaseCommand):
    help = (
        "Fill a development installation with a year of forty partners, for screenshots and for "
        "trying. Needs the embedded PostgreSQL and the packages of requirements-dev.txt."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("fill_scene is for development only.")
        try:
            from tests.seed.year import build_year  # noqa: PLC0415 - only a checkout has it
        except ImportError as error:
            raise CommandError(f"{error}. Install requirements-dev.txt.") from None
        if User.objects.filter(email="support@shopiq.example").exists():
            raise CommandError("This installation has the scene already.")
        password, began = secrets.token_urlsafe(9), time.monotonic()
        with _superuser_connection(), _without_mail(), transaction.atomic():
            build_year(password=password, media=Path(settings.MEDIA_ROOT), note=self._note)
        partner = Partner.objects.filter(is_active=True).exclude(live_approved_at=None)
        newest = partner.order_by("created_at").first()
        owner = newest.members.filter(role="owner")[0].user.email if newest else ""
        text = _LOGINS.format(password=password, url=settings.PUBLIC_URL, owner=owner)
        self.stdout.write(f"{text}\nDone in {time.monotonic() - began:.0f} s.")

    def _note(self, done: str) -> None:
        self.stdout.write(f"Added {done}.")
        self.stdout.flush()


@contextmanager
def _superuser_connection() -> Iterator[None]:
    """Moving rows into the past needs a role that triggers do not stop."""
    serving = connection.settings_dict
    if serving["USER"] != environ.Env.db_url_config(Server(data_dir()).url)["USER"]:
        raise CommandError("fill_scene needs the embedded PostgreSQL.")
    admin = environ.Env.db_url_config(Server(data_dir()).admin_url)
    connection.close()
    connection.settings_dict = {
        **serving,
        **{name: admin[name] for name in ("HOST", "USER", "OPTIONS")},
    }
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = serving


@contextmanager
def _without_mail() -> Iterator[None]:
    """A year of receipts would be delivered at once."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        yield
