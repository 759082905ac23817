"""Partners share the slots for decoding: none waits for another's queue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from config.egress.deadline import Deadline, DeadlineExceeded
from config.images.slots import FairSlots
from tests.waiting import wait_for

SOON, NEVER = Deadline.after, 0.05


class Holders:
    """Threads that hold slots until they are released."""

    def __init__(self, slots: FairSlots) -> None:
        self.slots = slots
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []
        self._ends: dict[str, threading.Event] = {}

    def start(self, owner: str, number: int) -> None:
        name = f"{owner}{number}"
        self._ends[name] = threading.Event()
        thread = threading.Thread(target=self._hold, args=(owner, name))
        self._threads.append(thread)
        waiting = self.count_waiting()
        thread.start()
        wait_for(lambda: name in self.order or self.count_waiting() > waiting)

    def _hold(self, owner: str, name: str) -> None:
        with self.slots.hold(owner, Deadline.after(60)):
            self.order.append(name)
            self._ends[name].wait(60)

    def count_waiting(self) -> int:
        return sum(map(len, self.slots._waiting.values()))

    def end(self, name: str) -> None:
        wait_for(lambda: name in self.order)
        self._ends[name].set()

    def stop(self) -> None:
        for event in self._ends.values():
            event.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def holders() -> Iterator[Holders]:
    made = Holders(FairSlots(2))
    yield made
    made.stop()


def test_an_owner_never_holds_two_slots(holders: Holders) -> None:
    with holders.slots.hold("a", SOON(60)):
        with pytest.raises(DeadlineExceeded), holders.slots.hold("a", SOON(NEVER)):
            pass
        with holders.slots.hold("b", SOON(NEVER)):
            pass


def test_another_owner_does_not_wait_behind_a_queue(holders: Holders) -> None:
    for number in range(20):
        holders.start("a", number)

    with holders.slots.hold("b", SOON(NEVER)):
        assert holders.order == ["a0"]


def test_owners_take_turns(holders: Holders) -> None:
    for number in range(3):
        holders.start("a", number)
        holders.start("b", number)
    holders.start("c", 0)

    holders.end("a0")
    wait_for(lambda: holders.order[2:] == ["c0"])
    holders.end("b0")
    wait_for(lambda: holders.order[3:] == ["a1"])
    holders.end("a1")
    wait_for(lambda: holders.order[4:] == ["b1"])


def test_those_who_gave_up_leave_nothing_behind(holders: Holders) -> None:
    with ExitStack() as stack:
        for owner in "ab":
            stack.enter_context(holders.slots.hold(owner, SOON(60)))
        for owner in "aabc":
            with pytest.raises(DeadlineExceeded), holders.slots.hold(owner, SOON(NEVER)):
                pass

    assert not holders.slots._waiting
    assert not holders.slots._holding
    for owner in "abc":
        with holders.slots.hold(owner, SOON(NEVER)):
            pass


def test_an_error_gives_the_slot_back(holders: Holders) -> None:
    def fail(slots: Any) -> None:
        with slots.hold("a", SOON(60)):
            raise ValueError

    for _ in range(3):
        with pytest.raises(ValueError):  # noqa: PT011 - our own
            fail(holders.slots)
