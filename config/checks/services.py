"""The database, mail, static files and translations of a production installation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from config.checks import is_loopback_host, setting_error
from config.translations import stale_translations

#: Backends that would leave sign-in links in logs or folders instead of sending them.
_NON_DELIVERING = tuple(
    f".{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")
)
_ENCRYPTED_MODES = ("require", "verify-ca", "verify-full")


@register
def check_development_settings(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    if settings.DEBUG:
        yield setting_error(
            27, "DEBUG shows settings and source code to visitors.", "Unset it. It is for bin/dev."
        )
    if settings.ALLOW_LOOPBACK_URLS:
        yield setting_error(
            10,
            "ALLOW_LOOPBACK_URLS lets partners' URLs reach this machine.",
            "Unset it. It is for development on one machine.",
        )


@register
def check_database(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """A Unix socket needs neither password nor TLS; this machine needs no TLS."""
    database = settings.DATABASES["default"]
    hosts = [host for host in str(database.get("HOST") or "").split(",") if host]
    if not settings.IS_PRODUCTION or all(host.startswith("/") for host in hosts):
        return
    options_given = database.get("OPTIONS", {})
    if not database.get("PASSWORD") and not {"passfile", "service", "sslcert"} & set(options_given):
        yield setting_error(
            39, "DATABASE_URL has no password.", "Use postgres://user:password@host/name."
        )
    is_encrypted = options_given.get("sslmode") in _ENCRYPTED_MODES
    if not is_encrypted and not all(is_loopback_host(host) for host in hosts):
        yield setting_error(
            40,
            "DATABASE_URL reaches another machine without TLS.",
            "Add ?sslmode=verify-full, or require where the certificate cannot be verified.",
        )


@register
def check_mail(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    if settings.EMAIL_DELIVERY_BACKEND.endswith(_NON_DELIVERING):
        yield setting_error(22, "EMAIL_URL sends no mail.", "Use smtp+tls://user:pw@host:587.")
    elif not (
        settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or is_loopback_host(settings.EMAIL_HOST)
    ):
        yield setting_error(
            41,
            "EMAIL_URL sends mail, which has sign-in links, without TLS.",
            "Use smtp+tls://user:pw@host:587 or smtp+ssl://user:pw@host:465.",
        )
    if "@" not in settings.DEFAULT_FROM_EMAIL:
        yield setting_error(
            23, "DEFAULT_FROM_EMAIL is not an email address.", "Set it to the sender address."
        )
    if not settings.SECURITY_CONTACT.startswith(("mailto:", "https://")):
        yield Warning(
            "SECURITY_CONTACT is not an address for reports of vulnerabilities.",
            hint="Set it to mailto:security@example.com or an https:// address.",
            id="shopiq.W060",
        )


@register(deploy=True)
def check_static_files(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Run where pages are served; `migrate` and other commands need no static files."""
    if settings.IS_PRODUCTION and not Path(str(settings.STATIC_ROOT), "staticfiles.json").is_file():
        yield setting_error(
            42,
            "Static files have not been collected, so every page would be an error.",
            "Run manage.py collectstatic --no-input.",
        )


@register(deploy=True)
def check_translations(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if settings.IS_PRODUCTION and any(stale_translations()):
        yield setting_error(
            52,
            "The translations have not been compiled, so pages would be in English.",
            "Run manage.py compilemessages.",
        )
