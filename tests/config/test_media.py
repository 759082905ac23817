"""Images of the local storage."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from accounts.models import Partner
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

IMAGE = f"partners/{'a' * 24}/generated/{'b' * 36}.png"


def test_a_picture_costs_no_query_and_can_be_cached_by_all(
    db: None, settings: Any, django_assert_num_queries: Any
) -> None:
    partner: Partner = PartnerFactory.create()
    client = browser_of(create_user(partner))
    file = Path(settings.MEDIA_ROOT) / IMAGE
    file.parent.mkdir(parents=True)
    file.write_bytes(b"image" * 1000)

    with django_assert_num_queries(0):
        response = client.get(f"/media/{IMAGE}", headers={"accept-encoding": "gzip"})
    with closing(response):
        assert response.headers["Content-Length"] == "5000"
        assert "Vary" not in response.headers
        assert "Content-Encoding" not in response.headers
