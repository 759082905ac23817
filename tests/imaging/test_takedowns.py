"""Staff take images down: their URLs stop working at once, and work again when restored."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import AuditEntry
from imaging.backends import configured_storage
from imaging.image_urls import image_source, thumbnail_source
from imaging.models import ImageOperation, ImageTakedown
from imaging.requests import thumbnail_name
from imaging.services.settlements import finish_operation
from imaging.services.takedowns import (
    TakedownConflict,
    finish_takedowns,
    restore_images,
    take_down_images,
)
from imaging.storage.base import StorageError
from imaging.storage.local import LocalStorage
from tests.billing.operations import start
from tests.concurrency import run_concurrently
from tests.factories import Keys, bucket
from tests.staff import in_group
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")
PNG = b"a picture"


@pytest.fixture
def operation(keys: Keys) -> ImageOperation:
    bucket(keys.partner, 100_000)
    started = start(keys)
    names = [f"partners/{keys.partner.pk}/generated/{uuid.uuid4()}.png" for _ in range(2)]
    urls = [configured_storage().save(name, PNG) for name in names]
    configured_storage().save(thumbnail_name(keys.partner.pk, started.file_token), PNG)
    finish_operation(operation=started, mode="fast", urls=urls, milliseconds=9, has_thumbnail=True)
    return ImageOperation.objects.get(pk=started.id)


def statuses(operation: ImageOperation) -> set[int]:
    found = set()
    for source in [*map(image_source, operation.image_urls), thumbnail_source(operation)]:
        response = Client().get(source)
        found.add(response.status_code)
        response.close()
    return found


def test_images_go_at_once_and_come_back(
    keys: Keys, operation: ImageOperation, mailoutbox: list[EmailMessage]
) -> None:
    owner = browser_of(create_user(keys.partner, email="owner@nova.test"))
    page = f"/admin/imaging/imageoperation/{operation.pk}"
    staff = in_group("operations", "asha@shopiq.test")
    assert statuses(operation) == {200}

    staff.post(f"{page}/take-down/", {"reason": "Shows a trademark"})

    assert statuses(operation) == {404}
    shown = owner.get(f"/dashboard/images/{operation.pk}/").content.decode()
    assert "Shows a trademark" in shown
    assert 'src="/media/' not in owner.get("/dashboard/images/").content.decode()
    assert 'src="/media/' not in shown
    assert "Reason: Shows a trademark" in mailoutbox[0].body
    staff.post(f"{page}/restore/", {"reason": "Licensed"})
    assert statuses(operation) == {200}
    entries = AuditEntry.objects.of(keys.partner.pk).filter(action__startswith="image.")
    assert [(each.action, each.actor) for each in entries.order_by("at")] == [
        ("image.taken_down", "asha@shopiq.test"),
        ("image.restored", "asha@shopiq.test"),
    ]


def fail(*_: Any, **__: Any) -> None:
    raise StorageError("no disk")


def test_a_takedown_that_was_interrupted_is_finished(
    operation: ImageOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(LocalStorage, "move", fail)
        take_down_images(operation=operation, reason="x", actor="t")
    assert statuses(operation) == {200}
    finish_takedowns()
    assert statuses(operation) == {404}
    assert ImageTakedown.objects.get().is_done


def test_a_restoration_that_was_interrupted_is_finished(
    operation: ImageOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_down_images(operation=operation, reason="x", actor="t")
    with monkeypatch.context() as broken:
        broken.setattr(LocalStorage, "move", fail)
        restore_images(operation=operation, reason="y", actor="t")
    assert statuses(operation) == {404}
    finish_takedowns()
    assert statuses(operation) == {200}


def test_a_restoration_during_a_takedown_wins(
    operation: ImageOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = LocalStorage.move
    moved: list[str] = []

    def interfere(self: Any, source: str, target: str, **options: Any) -> None:
        if not moved:
            moved.append(source)
            restore_images(operation=operation, reason="y", actor="t")
        move(self, source, target, **options)

    monkeypatch.setattr(LocalStorage, "move", interfere)
    take_down_images(operation=operation, reason="x", actor="t")
    assert statuses(operation) == {200}


def test_the_storage_hears_which_files_are_public(
    operation: ImageOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that serves them itself, as S3 does, shows what is hidden to no one."""
    move = LocalStorage.move
    heard: list[bool] = []

    def listen(self: LocalStorage, source: str, target: str, *, is_public: bool) -> None:
        heard.append(is_public)
        move(self, source, target, is_public=is_public)

    monkeypatch.setattr(LocalStorage, "move", listen)
    take_down_images(operation=operation, reason="x", actor="t")
    restore_images(operation=operation, reason="y", actor="t")

    assert heard == [False, False, False, True, True, True]


def test_images_are_taken_down_once(operation: ImageOperation) -> None:
    def take_down(_: int) -> bool:
        try:
            return bool(take_down_images(operation=operation, reason="x", actor="t"))
        except TakedownConflict:
            return False

    assert sorted(run_concurrently(4, take_down)) == [False, False, False, True]
    with pytest.raises(TakedownConflict):
        take_down_images(operation=operation, reason="x", actor="t")
