"""The types of events: each app registers its own in `webhook_events.py`, with a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from config.api.timestamps import timestamp
from integrations.signatures.signing import Payload

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEST_EVENT = "webhook.test"


@dataclass(frozen=True, slots=True)
class EventType:
    """`sample` returns what a test event of this type sends, `description` says when one is sent.

    `varying` has values of the members that only some events of the type have.
    """

    name: str
    sample: Callable[[datetime], Payload]
    description: StrOrPromise
    varying: Payload = field(default_factory=dict)


_registered: dict[str, EventType] = {}


def register_event_types(*event_types: EventType) -> None:
    _registered.update({each.name: each for each in event_types})


def event_type_names() -> list[str]:
    """Return all types that something can announce."""
    return [name for name in _registered if name != TEST_EVENT]


def sample_names() -> list[str]:
    """Return all types that a test event can have, its own first."""
    return [TEST_EVENT, *event_type_names()]


def event_type(name: str) -> EventType:
    return _registered[name]


def sample_event(name: str, at: datetime) -> Payload:
    """Return a payload marked as a test, so that no receiver takes it for an event of a shop."""
    return {**_registered[name].sample(at), "testMode": True}


def _test(at: datetime) -> Payload:
    return {
        "event": TEST_EVENT,
        "message": "This is a test event.",
        "timestamp": timestamp(at),
    }


register_event_types(EventType(TEST_EVENT, _test, gettext_lazy("You sent a test event.")))
