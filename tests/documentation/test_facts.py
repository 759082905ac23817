"""Tables in the documentation come from the code and the price list."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.endpoints import all_endpoints
from config.api.error_codes import error_codes
from config.documentation import operations, tags
from config.documentation.contents import all_pages
from config.documentation.description import JSON, find_operation
from config.openapi.generator import read_schema
from config.openapi.postman import resolve
from deployments.categories import CATEGORIES
from imaging.sizes import ASPECT_RATIOS
from integrations.event_types import event_type_names
from integrations.models import Integration
from tests.languages.pseudo import pseudo_language

pytestmark = pytest.mark.django_db

SOURCES = "".join(page.source for page in all_pages("en").values())


def test_all_error_codes_are_listed() -> None:
    lines = tags.error_codes().splitlines()
    assert len(lines) == 2 + len(list(error_codes()))
    assert (
        "| [`prompt_too_short`](#prompt_too_short) | The prompt has fewer than 3 characters."
        " | Describe the image. |"
    ) in lines


def test_every_message_of_the_api_is_on_a_page(client: Client) -> None:
    pages = [client.get(page.markdown_path).content.decode() for page in all_pages().values()]
    text = " ".join(" ".join(pages).split())
    messages = {
        example["value"]["message"]
        for path in read_schema()["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status >= "400"
        for example in resolve(read_schema(), response)["content"][JSON]["examples"].values()
    }
    # Names of all events follow; a table has them.
    shown = {re.sub("(?<=: the events are ).*", "…", message) for message in messages}
    assert sorted(message for message in shown if f"`{message}`" not in text) == []


def test_errors_name_the_members_that_only_they_have() -> None:
    connect = operations.operation_markdown("integrations.connect")
    assert "\n\n| Code | More members |\n" in connect
    assert "\n| `missing_fields` | `example`, `supportedIntegrations` |\n" in connect
    assert "\n| `missing_credentials` | `requiredCredentials` |" in connect
    assert "More members" not in operations.operation_markdown("accounts.read")


def test_parameters_have_their_limits() -> None:
    create = operations.operation_markdown("image.create")
    assert "| What the image shows. 3 to 4000 characters. |" in create
    assert "size and seed repeat a picture. From 0 to 4294967295. |" in create
    enhance = operations.operation_markdown("image.enhance")
    assert "by default the general quality. Up to 2000 characters. |" in enhance
    assert "The URLs of one to four images. Up to 4 items. |" in enhance
    model = operations.model_markdown()
    assert "| Default currency symbol. Default: `₹`. Up to 10 characters. |" in model
    assert "| `socialMedia[].url` | `string` | Yes |" in model


def test_each_example_of_a_body_is_shown() -> None:
    enhance = operations.operation_markdown("image.enhance")
    assert '```json title="Request: Thinking mode with several images"' in enhance
    assert "Request: Fast mode" not in enhance  # the sample


def test_the_figures_of_usage_are_explained() -> None:
    table = all_pages("en")["usage"].source.split("| Member |")[1]
    named = re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE)
    assert named
    content = find_operation("image.usage")["responses"]["200"]["content"][JSON]
    [example] = content["examples"].values()
    figures: Any = example["value"]["data"]
    for name in named:
        value = figures
        for part in name.split("."):
            value = value[part]
    assert {name.partition(".")[0] for name in named} == figures.keys()


def test_what_is_required_in_one_of_two_places_is_conditional() -> None:
    login = operations.operation_markdown("autologin.create")
    for name in ("accountId", "email", "phone"):
        assert f"| `{name}` | `string` | Conditional |" in login
    assert operations.operation_markdown("accounts.update").count("| Conditional |") == 2


def test_every_endpoint_is_on_a_page() -> None:
    tags_of_endpoints = re.findall(r"{% (?:endpoint|samples) (.*?) %}", SOURCES)
    shown = set(re.findall(r'"([\w.]+)"', " ".join(tags_of_endpoints)))
    assert {each.name for each in all_endpoints()} - shown == set()


def test_all_categories_and_shapes_are_listed() -> None:
    assert tags.categories().splitlines() == [f"- `{each}`" for each in CATEGORIES]
    assert tags.choices("aspect_ratio") == ", ".join(f"`{each}`" for each in ASPECT_RATIOS)


def test_active_integrations_are_listed_with_their_credentials() -> None:
    Integration.objects.create(name="closed", display_name="Closed", is_active=False)
    assert "| `yourIntegration` | Your Integration | `apiKey`, `userId` |" in tags.integrations()
    assert "closed" not in tags.integrations()


def test_packages_and_prices_are_those_of_the_price_list() -> None:
    assert "| Growth | 25,000 | ₹25,000 | `growth` |" in tags.packages()
    assert "| Image create, fast | 8 points | 7.25 points | 6 points |" in tags.prices()
    assert "| Image create, thinking | 14 points | 1,785 calls |" in tags.price_examples("growth")
    assert tags.price_examples("none") == ""


def test_every_event_has_a_payload() -> None:
    payloads = tags.event_payloads()
    assert [f'title="{name}"' in payloads for name in event_type_names()] == [True] * len(
        event_type_names()
    )
    assert "testMode" not in payloads
    assert '"message": "AI is building your website..."' in payloads


def test_descriptions_are_translated_on_pages_and_english_for_programs() -> None:
    with pseudo_language("hi"), override("hi"):
        create = operations.operation_markdown("deployments.create")
        mode = operations.operation_markdown("image.create")
        event = operations.event_text("alert.error_rate")
    assert "⟦The name of the shop.⟧" in create
    assert 'title="202 ⟦Deployment started⟧"' in create
    assert "⟦Default: `fast`.⟧" in mode
    assert event.startswith("⟦More live requests than usual")
    assert "⟦" not in json.dumps(read_schema(), ensure_ascii=False)
