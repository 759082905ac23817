"""Outgoing email."""

from __future__ import annotations

from config.settings.env import DATA_DIR, IS_PRODUCTION, env

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", "" if IS_PRODUCTION else "ShopIQ <shopiq@localhost>"
)
EMAIL_TIMEOUT = 10
# Every process writes to the outbox; the worker delivers by the second backend.
EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
if IS_PRODUCTION or env.str("EMAIL_URL", ""):
    _url = env.email_url("EMAIL_URL", default="dummymail://")
    EMAIL_DELIVERY_BACKEND = _url["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _url["EMAIL_HOST"], _url["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _url["EMAIL_HOST_USER"], _url["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = bool(_url.get("EMAIL_USE_TLS"))
    EMAIL_USE_SSL = bool(_url.get("EMAIL_USE_SSL"))
    EMAIL_FILE_PATH = _url["EMAIL_FILE_PATH"]
else:
    # A folder, which staff can read at /admin/mail/.
    EMAIL_DELIVERY_BACKEND = "config.mail.file_backend.FolderBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
