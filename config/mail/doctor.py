"""Diagnosis of the mail server."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection

from config.doctor import Problem, diagnosis, one_line


@diagnosis("mail")
def check_mail() -> str:
    """Sign in to the mail server without sending anything."""
    server = get_connection(settings.EMAIL_DELIVERY_BACKEND)
    host = getattr(settings, "EMAIL_HOST", "")
    try:
        server.open()
    except (OSError, SMTPException) as error:
        raise Problem(f"{host} of EMAIL_URL does not accept us: {one_line(error)}") from error
    server.close()
    return str(settings.EMAIL_FILE_PATH) if _is_folder() else f"{host} accepts us"


def _is_folder() -> bool:
    name = str(settings.EMAIL_DELIVERY_BACKEND)
    return name.endswith((".FolderBackend", ".filebased.EmailBackend"))
