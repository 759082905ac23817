"""Headers and cookies that protect visitors of pages, shops and images."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

SHOP = "teal-vases-abc123.localhost"
IMAGE = f"partners/{'a' * 24}/generated/{'b' * 36}.png"


@pytest.mark.parametrize("path", ["/login/", "/healthz", "/static/css/tokens.css", "/nowhere"])
def test_only_this_site_may_embed_and_no_feature_is_allowed(db: None, path: str) -> None:
    with closing(Client().get(path)) as response:
        headers = response.headers

    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(), " in headers["Permissions-Policy"]
    assert "publickey" not in headers["Permissions-Policy"]


def test_partners_may_embed_images_and_shops(db: None, settings: Any) -> None:
    file = Path(settings.MEDIA_ROOT) / IMAGE
    file.parent.mkdir(parents=True)
    file.write_bytes(b"image")

    for host, path in (("testserver", f"/media/{IMAGE}"), (SHOP, "/")):
        with closing(Client().get(path, headers={"host": host})) as response:
            assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "camera=(), " in response.headers["Permissions-Policy"]


def test_shops_are_redirected_to_https_and_stay_there(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    client, headers = Client(), {"host": f"{SHOP}:8000"}

    plain = client.get("/cart?item=1", headers=headers)
    secure = client.get("/cart?item=1", headers=headers, secure=True)

    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{SHOP}/cart?item=1")
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.status_code == 404
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_cookies_of_production_belong_to_one_host() -> None:
    code = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH, "
        "s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN)"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": "tests/production.env",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [
        "__Host-sessionid", "__Host-csrftoken", "True", "True", "/", "/", "None", "None",
    ]  # fmt: skip


def test_security_txt_names_the_contact(settings: Any) -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404

    settings.SECURITY_CONTACT = "mailto:security@example.com"
    settings.PUBLIC_URL = "https://api.example.com"
    response = Client().get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Canonical"] == "https://api.example.com/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 178 < left.days < 365
