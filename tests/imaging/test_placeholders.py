"""The picture of a test request, as pages show it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

PAGE = "/dashboard/images/placeholder/"


@pytest.fixture
def client() -> Client:
    return browser_of(create_user(PartnerFactory.create()))


def test_it_has_the_size_and_the_lines_of_the_address(client: Client) -> None:
    query = {"size": "1024x768", "text": "ShopIQ Test\n<b>Image Create</b>\n4:3"}
    response = client.get(PAGE, query)
    assert response.headers["Content-Type"] == "image/svg+xml"
    picture = ElementTree.fromstring(response.content)
    assert (picture.get("width"), picture.get("height")) == ("1024", "768")
    words = [line.text for line in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["ShopIQ Test", "<b>Image Create</b>", "4:3"]


@pytest.mark.parametrize("size", ["0x10", "10x", "10000x10", "1e3x10", "١x١", "10x10 "])
def test_an_unreadable_size_is_refused(client: Client, size: str) -> None:
    assert client.get(PAGE, {"size": size}).status_code == 400


def test_strangers_sign_in_first(db: None) -> None:
    assert Client().get(PAGE, {"size": "10x10"}).status_code == 302
