"""The section of images on the partner's page."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Partner
from billing.templatetags.points import points
from config.admin.partner_page import (
    MOST_ROWS,
    Cell,
    Table,
    link_when,
    list_of,
    number,
    partner_section,
)
from imaging.models import ImageOperation

_TONES = {"succeeded": "good", "refunded": "bad", "reserved": "warn"}


@partner_section(title="Image operations", permission="imaging.view_imageoperation", place=34)
def show_operations(request: HttpRequest, partner: Partner) -> Table:
    newest = ImageOperation.objects.of(partner.pk).order_by("-created_at")
    rows = [
        (
            link_when(request, each.created_at, each),
            f"{each.get_action_display()}, {each.get_mode_display()}",
            _state_of(each),
            number(points(each.charge.net_cost) if each.charge else "–"),
            number(f"{each.processing_ms / 1000:.1f} s" if each.processing_ms else "–"),
        )
        for each in newest.select_related("charge")[:MOST_ROWS]
    ]
    columns = ("Time", "Operation", "Status", "Points", "Duration")
    return Table(columns, rows, address=list_of(ImageOperation, partner))


def _state_of(operation: ImageOperation) -> Cell:
    if operation.charge is None:
        return Cell("Test", tone="quiet")
    state = operation.charge.state
    label = operation.get_failure_display() or operation.charge.get_state_display()
    return Cell(label, tone=_TONES[state])
