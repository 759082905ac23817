"""A storage that is too slow for the rest of a call's time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from config.egress.deadline import Deadline
from imaging.providers.base import GenerationFailed
from imaging.services import generate_and_settle
from imaging.storage.local import LocalStorage
from tests.billing.operations import balance_of, image_request_of, start
from tests.factories import Keys
from tests.imaging.calls import photograph, stored_files


def test_when_the_time_is_up_no_further_image_is_stored(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = [tmp_path / f"{number}.png" for number in range(2)]
    for path in inputs:
        path.write_bytes(photograph("PNG"))
    deadline, saved, save = Deadline.after(60), list[str](), LocalStorage.save

    def save_late(self: LocalStorage, name: str, data: bytes) -> str:
        saved.append(name)
        object.__setattr__(deadline, "at", time.monotonic())
        return save(self, name, data)

    monkeypatch.setattr(LocalStorage, "save", save_late)
    with pytest.raises(GenerationFailed):
        generate_and_settle(
            operation=start(keys, "enhance"),
            image_request=image_request_of("enhance"),
            inputs=lambda: tuple(inputs),
            deadline=deadline,
            respond=lambda images, settlement: settlement,
            respond_in_transaction=False,
        )

    assert len(saved) == 1
    assert stored_files() == []
    assert balance_of(keys) == 100_000
