"""A partner whose images keep failing to decode has to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from imaging.services.decode_failures import MAX_FAILURES, record_failure, seconds_until_allowed
from tests.concurrency import run_concurrently
from tests.config.test_decode_floods import jpeg_with_scans
from tests.envelope import assert_error
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import ENHANCE, assert_nothing_happened
from tests.imaging.image_host import respond
from tests.servers import Reply, Request, Server, serve

Send = Callable[..., Any]


@pytest.fixture
def host() -> Iterator[Server]:
    def reply(request: Request) -> Reply:
        if request.target == "/scans.jpg":
            return Reply(200, jpeg_with_scans(400))
        return respond(request)

    with serve(reply) as server:
        yield server


def enhance(post: Send, host: Server, path: str, key: str) -> Any:
    return post(ENHANCE, {"images": [f"{host.url}{path}"]}, key)


def test_ten_failures_in_an_hour_end_in_429(
    keys: Keys, post: Send, host: Server, time_machine: TimeMachineFixture
) -> None:
    other = partner_with_keys(name="Other")
    bucket(other.partner, 100_000)
    for path in ("/scans.jpg", "/cut.png") * (MAX_FAILURES // 2):
        assert enhance(post, host, path, keys.live).status_code == 400

    response = enhance(post, host, "/photo.jpg", keys.live)

    error = assert_error(response, 429, "Too many images could not be decoded: 10 in an hour")
    assert error["code"] == "too_many_undecodable_images"
    assert 3500 < error["retryAfter"] <= 3600
    assert response.headers["Retry-After"] == str(error["retryAfter"])
    assert_nothing_happened(keys.partner, balance=100_000)
    assert enhance(post, host, "/photo.jpg", other.live).status_code == 200


def test_files_that_are_not_decoded_do_not_count(keys: Keys, post: Send, host: Server) -> None:
    for path in ("/page.html", "/gone.png"):
        assert enhance(post, host, path, keys.live).status_code == 400

    assert not seconds_until_allowed(keys.partner.pk)
    record_failure(partner_id=keys.partner.pk)
    assert not seconds_until_allowed(keys.partner.pk)


def test_failures_at_the_same_time_all_count(keys: Keys) -> None:
    run_concurrently(MAX_FAILURES, lambda _: record_failure(partner_id=keys.partner.pk))

    assert seconds_until_allowed(keys.partner.pk)


def test_a_failure_counts_for_an_hour(keys: Keys, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-22 10:00:00Z", tick=False)
    record_failure(partner_id=keys.partner.pk)
    time_machine.shift(1800)
    for _ in range(MAX_FAILURES - 1):
        record_failure(partner_id=keys.partner.pk)

    assert seconds_until_allowed(keys.partner.pk) == 1800
    time_machine.shift(1799.5)
    assert seconds_until_allowed(keys.partner.pk) == 1
    time_machine.shift(0.5)
    assert seconds_until_allowed(keys.partner.pk) == 0
    record_failure(partner_id=keys.partner.pk)
    assert seconds_until_allowed(keys.partner.pk) == 1800
