"""What staff do with the images of an operation, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from config.admin.acts import Act, confirm_act, object_act
from config.admin.columns import full_time
from config.admin.options import actor_of
from config.admin.pages import staff_page
from config.admin.sections import Section
from imaging.models import ImageOperation
from imaging.services.takedowns import TakedownConflict, restore_images, take_down_images


@staff_page(
    title="Take images down",
    name="operation-take-down",
    route="imaging/imageoperation/<id:operation_id>/take-down/",
    permission="imaging.take_down_images",
    section=Section.IMAGES,
)
def take_down(request: HttpRequest, operation_id: str) -> HttpResponse:
    operation = _operation(operation_id)
    act = Act(
        title="Take the images of this operation down?",
        consequence="Their URLs stop working at once, until they are restored. Copies in browsers "
        "and CDNs stay. The partner's owners are emailed the reason.",
        button="Take images down",
        back=_page_of(operation),
        facts=[*_facts_of(operation), ("Images", len(operation.image_urls))],
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        take_down_images(operation=operation, actor=actor_of(request), **given)
        return "Images taken down."

    return confirm_act(request, act, perform, errors=(TakedownConflict,))


@staff_page(
    title="Restore images",
    name="operation-restore",
    route="imaging/imageoperation/<id:operation_id>/restore/",
    permission="imaging.take_down_images",
    section=Section.IMAGES,
)
def restore(request: HttpRequest, operation_id: str) -> HttpResponse:
    operation = _operation(operation_id)
    act = Act(
        title="Restore the images of this operation?",
        consequence="Their URLs work again. The partner's owners are emailed the reason.",
        button="Restore images",
        back=_page_of(operation),
        facts=[*_facts_of(operation), *_takedown_facts(operation)],
    )

    def perform(given: dict[str, Any]) -> str:
        restore_images(operation=operation, actor=actor_of(request), **given)
        return "Images restored."

    return confirm_act(request, act, perform, errors=(TakedownConflict,))


def _operation(operation_id: str) -> ImageOperation:
    rows = ImageOperation.objects.of_all().select_related("partner")
    return get_object_or_404(rows, pk=operation_id)


def _facts_of(operation: ImageOperation) -> list[tuple[str, Any]]:
    return [("Operation", operation.pk), ("Partner", operation.partner.name)]


def _takedown_facts(operation: ImageOperation) -> list[tuple[str, Any]]:
    found = operation.takedowns.filter(restored_at=None).first()
    if found is None:
        return []
    at = f"{full_time(found.taken_down_at)} by {found.taken_down_by}"
    return [("Taken down", at), ("Reason", found.reason)]


def _page_of(operation: ImageOperation) -> str:
    return reverse("admin:imaging_imageoperation_change", args=[operation.pk])


def _is_down(operation: ImageOperation) -> bool:
    return operation.takedowns.filter(restored_at=None).exists()


object_act(
    "imaging.imageoperation",
    label="Take images down",
    page="operation-take-down",
    permission="imaging.take_down_images",
    applies=lambda operation: bool(operation.image_urls) and not _is_down(operation),
)
object_act(
    "imaging.imageoperation",
    label="Restore images",
    page="operation-restore",
    permission="imaging.take_down_images",
    applies=_is_down,
)
