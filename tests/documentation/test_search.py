"""What the search in the browser reads."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils.translation import override

from config.api.error_codes import error_codes
from config.documentation.contents import all_pages
from config.documentation.search import search_index

pytestmark = pytest.mark.django_db


def test_every_part_of_every_page_can_be_found(client: Client) -> None:
    response = client.get("/docs/search.json")
    entries = json.loads(response.content)
    assert response.headers["Cache-Control"] == "max-age=31536000, public"
    assert {address.partition("#")[0] for address, *_ in entries} == {
        page.path for page in all_pages().values()
    }
    assert any(heading == "Spend limits" and "per month" in text for _, _, heading, text in entries)


def test_a_result_begins_with_a_sentence_not_with_code() -> None:
    """What a part is about that has only an endpoint, its parameters and samples says its page."""
    with override("hi"):
        entries = json.loads(search_index()[0])
    texts = {address: text for address, _, _, text in entries}
    part = texts["/hi/docs/create-image/#create"]
    assert re.match("[\u0900-\u097f]", part)
    assert part.index("।") < part.index("POST /partner/v1/image/create")


@pytest.mark.parametrize("prefix", ["", "/hi", "/as"])
def test_each_error_code_can_be_found_and_linked_to(client: Client, prefix: str) -> None:
    entries = {
        address: (page, heading, text)
        for address, page, heading, text in json.loads(
            client.get(f"{prefix}/docs/search.json").content
        )
    }
    html = client.get(f"{prefix}/docs/errors/").content.decode()
    with override(prefix.strip("/") or "en"):
        title = all_pages()["errors"].title
        for code in error_codes():
            assert entries[f"{prefix}/docs/errors/#{code.name}"] == (
                title,
                code.name,
                f"{code.meaning} {code.fix}".replace("`", ""),
            )
            assert f'<tr id="{code.name}">' in html
    assert "duplicate_account" not in entries[f"{prefix}/docs/errors/#codes"][2]


def test_its_address_changes_with_its_contents(client: Client) -> None:
    page = client.get("/docs/").content.decode()
    assert f'data-index="/docs/search.json?v={search_index()[1]}"' in page
