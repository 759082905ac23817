"""A call to the model ends with an image or with its points refunded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from billing.models import Charge, PointBucket
from config.egress.deadline import Deadline
from imaging.models import ImageOperation
from imaging.providers.base import (
    GenerationFailed,
    ProviderAccountError,
    ProviderBusy,
    ProviderError,
)
from imaging.services import Settlement, generate_and_settle, generation
from imaging.services.generated_images import GeneratedImages, settle_images
from imaging.services.inputs import DownloadFailed
from tests.billing.fake_model import use_model
from tests.billing.operations import balance_of, image_request_of, start, state_of
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import stored_files
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood


def call_the_model(
    keys: Keys,
    mode: str = "fast",
    respond: Callable[..., Any] | None = None,
    inputs: Callable[[], tuple[Path, ...]] = tuple,
) -> Settlement:
    """A whole call without HTTP; answers what was charged in the end."""
    settlement: Settlement = generate_and_settle(
        operation=start(keys, "create", mode),
        image_request=image_request_of("create", mode),
        inputs=inputs,
        deadline=Deadline.after(20),
        respond=respond or (lambda images, settlement: settlement),
        respond_in_transaction=respond is not None,
    )
    return settlement


@pytest.fixture
def model(live_db: None, settings: Any) -> Any:
    with FakeGemini() as fake:
        for name, value in use_model(fake.base_url).items():
            setattr(settings, name, value)
        yield fake


@pytest.mark.parametrize(
    ("mood", "failure"),
    [("blocked_prompt:SAFETY", "blocked"), ("busy_503", "busy"), ("broken_json", "failed")],
)
def test_whatever_the_model_refuses_the_points_are_back(
    model: FakeGemini, keys: Keys, mood: str, failure: str
) -> None:
    model.image = Mood(mood)

    with pytest.raises(ProviderError):
        call_the_model(keys)

    assert balance_of(keys) == 100_000
    operation = ImageOperation.objects.get()
    assert (operation.failure, operation.is_billed) == (failure, False)


def test_a_fault_of_our_provider_account_is_refunded_and_logged_as_an_error(
    model: FakeGemini, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    model.image = Mood("no_billing")

    with pytest.raises(ProviderAccountError):
        call_the_model(keys)

    operation = ImageOperation.objects.get()
    assert (operation.failure, operation.shown_failure) == ("account", "failed")
    assert balance_of(keys) == 100_000
    assert "provider refuses our account" in str([x.msg for x in caplog.records if x.levelno >= 40])


def test_thinking_falls_back_when_the_text_model_is_down(model: FakeGemini, keys: Keys) -> None:
    """It has the price of fast mode then, whatever other calls there are."""
    start(keys)
    model.text = Mood("error_500")

    assert call_the_model(keys, "thinking").cost == 800


def test_no_connection_is_held_while_the_model_works(
    model: FakeGemini, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, held = connections["default"], list[bool]()
    monkeypatch.setattr(model, "play", lambda mood: held.append(ours.connection is not None))

    call_the_model(keys)

    assert held == [False]


def test_the_deadline_ends_a_call_with_a_refund(model: FakeGemini, keys: Keys) -> None:
    model.image = Mood(delay=5)
    operation = start(keys)

    with pytest.raises(GenerationFailed):
        generate_and_settle(
            operation=operation,
            image_request=image_request_of(),
            inputs=tuple,
            deadline=Deadline.after(0.2),
            respond=lambda images, settlement: settlement,
            respond_in_transaction=False,
        )

    assert state_of(operation) == "refunded"


def refuse(images: GeneratedImages, settlement: Settlement) -> None:
    raise ProviderBusy("a later attempt holds the key")


def test_a_response_that_cannot_be_built_refunds_the_charge(model: FakeGemini, keys: Keys) -> None:
    with pytest.raises(ProviderBusy):
        call_the_model(keys, respond=refuse)

    assert balance_of(keys) == 100_000
    assert Charge.objects.get().state == "refunded"
    assert stored_files() == []


def test_images_whose_points_cannot_be_refunded_stay_until_the_sweeper_decides(
    model: FakeGemini, live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "_REFUND_PAUSES", (0.0, 0.0))
    keys = partner_with_keys()
    damaged = bucket(keys.partner, 800)

    def damage() -> tuple[Path, ...]:
        """Let points appear from nowhere: a refund would overfill the bucket."""
        PointBucket.objects.filter(pk=damaged.pk).update(remaining=800)
        return ()

    with pytest.raises(ProviderBusy):
        call_the_model(keys, respond=refuse, inputs=damage)

    assert Charge.objects.get().state == "reserved"
    assert stored_files()


def test_a_refund_needs_no_connection_that_broke_meanwhile(keys: Keys) -> None:
    def break_it() -> tuple[Path, ...]:
        connection.connection.close()
        raise DownloadFailed("the address could not be reached", 0)

    with pytest.raises(DownloadFailed):
        call_the_model(keys, inputs=break_it)

    assert Charge.objects.get().state == "refunded"


@pytest.mark.parametrize("is_retried", [True, False])
def test_a_settlement_whose_acknowledgement_is_lost_is_no_error(
    model: FakeGemini, keys: Keys, settings: Any, is_retried: bool
) -> None:
    """The commit stands: to say "failed" now would be to charge for an error."""
    bucket(partner_with_keys().partner, 5_000)
    PointBucket.objects.filter(pk=bucket(keys.partner, 5_000).pk).update(held=1_000)
    if not is_retried:
        settings.IMAGE_LEASE_SECONDS = 0  # its margin is over before the first attempt

    def lose_it(images: GeneratedImages, settlement: Settlement) -> Settlement:
        def lose() -> None:
            connection.close()
            raise OperationalError("server closed the connection unexpectedly")

        if connection.in_atomic_block:
            transaction.on_commit(lose)
        return settlement

    assert call_the_model(keys, respond=lose_it) == Settlement(800, 103_200)
    assert Charge.objects.get().state == "succeeded"


def losing_the_database(times: int) -> Callable[[GeneratedImages, Settlement], Settlement]:
    """Return a `respond` that fails so many times because the database is away."""
    failures = [1] * times

    def lose_it(images: GeneratedImages, settlement: Settlement) -> Settlement:
        if failures:
            failures.pop()
            connection.connection.close()
            raise OperationalError("server closed the connection unexpectedly")
        return settlement

    return lose_it


def test_a_database_that_restarts_at_the_end_of_a_call_costs_no_image(
    model: FakeGemini, keys: Keys
) -> None:
    lose_it = losing_the_database(2)

    assert call_the_model(keys, respond=lose_it) == Settlement(800, 99_200)
    assert Charge.objects.get().state == "succeeded"
    assert ImageOperation.objects.get().image_urls


def test_a_database_that_stays_away_costs_the_partner_nothing(
    model: FakeGemini, keys: Keys, settings: Any
) -> None:
    settings.IMAGE_LEASE_SECONDS = 0  # its margin is over before the first attempt

    def lose_it(images: GeneratedImages, settlement: Settlement) -> Settlement:
        connection.connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    with pytest.raises(OperationalError):
        call_the_model(keys, respond=lose_it)

    assert balance_of(keys) == 100_000
    assert Charge.objects.get().state == "refunded"


@pytest.mark.parametrize(("seconds_late", "is_retried"), [(12, True), (18, False)])
def test_a_settlement_is_retried_for_half_of_what_the_lease_leaves_after_the_deadline(
    keys: Keys, settings: Any, seconds_late: int, is_retried: bool
) -> None:
    settings.IMAGE_CALL_SECONDS, settings.IMAGE_LEASE_SECONDS = 110, 140
    lose_it = losing_the_database(1)

    settle = partial(
        settle_images,
        operation=start(keys),
        images=GeneratedImages([], "fast", 1, has_thumbnail=False),
        deadline=Deadline.after(-seconds_late),
        respond=lose_it,
        respond_in_transaction=True,
    )
    with nullcontext() if is_retried else pytest.raises(OperationalError):
        assert settle().cost == 800
