"""What happens to one operation leaves the others as they were."""

from __future__ import annotations

from collections.abc import Callable

from imaging.backends import configured_storage
from imaging.models import ImageOperation, ImageTakedown
from imaging.services.cancellation import cancel_operation
from imaging.services.operations import delay_test_operation, fail_test_operation
from imaging.services.takedowns import restore_images, take_down_images
from tests.billing.operations import Failure, refund, start, start_test, succeed
from tests.factories import Keys, bucket, partner_with_keys
from tests.rows import count_changed

Changes = dict[str, tuple[Callable[[], object], dict[str, int]]]
FINISHED = {"billing_charge": 1, "billing_dailyusage": 1, "imaging_imageoperation": 1}


def make_images(keys: Keys) -> ImageOperation:
    started = start(keys)
    name = f"partners/{keys.partner.pk}/generated/{started.file_token}.png"
    url = configured_storage().save(name, b"a picture")
    succeed(started, urls=[url])
    return ImageOperation.objects.get(pk=started.id)


def check(changes: Changes) -> None:
    counts = {name: dict(count_changed(change)) for name, (change, _) in changes.items()}
    assert counts == {name: expected for name, (_, expected) in changes.items()}


def test_of_calls(live_db: None) -> None:
    """Of the same company and of another one, in progress and ended."""
    keys, other = partner_with_keys(), partner_with_keys()
    for each in (keys, other):
        for _ in range(2):
            bucket(each.partner, 10_000)
        succeed(start(each))
        start(each)
    kept, returned = start(keys), start(keys)
    check(
        {
            "kept": (lambda: succeed(kept), FINISHED),
            "returned": (lambda: refund(returned), {**FINISHED, "billing_pointbucket": 1}),
            "returned again": (lambda: refund(returned), {}),
        }
    )


def test_of_test_calls(live_db: None) -> None:
    """Live calls neither fail nor take longer as tests do."""
    keys, other = partner_with_keys(), partner_with_keys()
    bucket(keys.partner, 10_000)
    live = start(keys)
    for each in (keys, other, keys):
        delay_test_operation(operation=start_test(each))
    first, second, third = (start_test(keys) for _ in range(3))
    delay_test_operation(operation=third)
    one = {"imaging_imageoperation": 1}
    check(
        {
            "fails": (
                lambda: fail_test_operation(operation=first, failure=Failure.BUSY, detail=""),
                one,
            ),
            "live one fails": (
                lambda: fail_test_operation(operation=live, failure=Failure.BUSY, detail=""),
                {},
            ),
            "live one takes longer": (lambda: delay_test_operation(operation=live), {}),
            "takes longer": (lambda: delay_test_operation(operation=second), one),
            "cancelled": (
                lambda: cancel_operation(operation=ImageOperation.objects.get(pk=third.id)),
                one,
            ),
        }
    )


def test_of_images(live_db: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 10_000)
    first, second, third = (make_images(keys) for _ in range(3))
    for each in (first, second):
        take_down_images(operation=each, reason="Fraud", actor="t")
    ImageTakedown.objects.update(is_done=False)
    one = {"imaging_imagetakedown": 1}
    check(
        {
            "restored": (lambda: restore_images(operation=first, reason="", actor="t"), one),
            "taken down again": (
                lambda: take_down_images(operation=first, reason="Fraud", actor="t"),
                {},
            ),
            "another taken down": (
                lambda: take_down_images(operation=third, reason="Fraud", actor="t"),
                {},
            ),
        }
    )
