"""The audit trail of a partner."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.audit import AuditAction, describe_action
from accounts.audit_details import Detail, describe_details, describe_target
from accounts.exports import limited_export
from accounts.forms.audit import AuditFilterForm
from accounts.models import ApiKey, AuditEntry, Member, Partner, User
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.db.keyset import Keyset
from config.db.owned import OwnedQuerySet
from config.db.statements import release_connection
from config.pages.addresses import tidy_address
from config.pages.csv import csv_response
from config.pages.exports import Columns, time_columns
from config.pages.pagination import paginate

_SORTS = {"newest": "-at", "oldest": "at"}
_COLUMNS = ("who", "what", "target", "details", "action")
_NEWEST_FIRST = Keyset("at", descending=True)
#: The export reads this many entries at a time, and resolves their actors together.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its labels; `url` is the page of its target, or ""."""

    entry: AuditEntry
    who: str
    action: AuditAction
    target: str
    url: str
    details: list[Detail]


@partner_view(Permission.SEE_AUDIT)
@tidy_address
def audit(request: PartnerRequest) -> HttpResponse:
    """List entries that match the filters."""
    form = AuditFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(AuditEntry.objects.of(request.partner.id))
    page = paginate(rows, request.GET, sorts=_SORTS)
    context = {"form": form, "page": page, "lines": describe_entries(page.rows, request.partner)}
    return render(request, "audit/list.html", context)


@partner_view(Permission.SEE_AUDIT)
@limited_export
def audit_csv(request: PartnerRequest) -> HttpResponseBase:
    """Export all entries that match the filters; invalid filters redirect to the page."""
    form = AuditFilterForm(request.GET, request.partner)
    if not form.is_valid():
        return redirect(f"{reverse('audit')}?{request.GET.urlencode()}")
    rows = form.filter_queryset(AuditEntry.objects.of(request.partner.id))
    name, times = f"audit-{timezone.localtime():%Y-%m-%d}.csv", time_columns("at")
    return csv_response(name, [*times, *_COLUMNS], _csv_rows(rows, request.partner, times))


def describe_entries(
    entries: Sequence[AuditEntry], partner: Partner, keys: Iterable[ApiKey] | None = None
) -> list[Line]:
    """`keys` are all of the partner, if they have been read."""
    names = _names({entry.actor for entry in entries}, partner, keys)
    return [_line(entry, names) for entry in entries]


def _line(entry: AuditEntry, names: dict[str, str]) -> Line:
    action = describe_action(entry.action)
    return Line(
        entry=entry,
        who=names.get(entry.actor, entry.actor if "@" in entry.actor else "ShopIQ"),
        action=action,
        target=describe_target(entry.target, entry.detail),
        url=action.target_url(entry.target),
        details=describe_details(entry.detail, entry.action),
    )


def _names(
    actors: set[str], partner: Partner, keys: Iterable[ApiKey] | None = None
) -> dict[str, str]:
    """Return labels of keys and users by actor; unknown actors and the platform are absent."""
    if keys is None:
        key_ids = [actor.removeprefix("key:") for actor in actors if actor.startswith("key:")]
        keys = ApiKey.objects.of(partner.id).filter(pk__in=key_ids)
    of_partner = Member.objects.of(partner.id).filter(user=OuterRef("pk"))
    users = User.objects.filter(email__in=actors).annotate(is_own=Exists(of_partner))
    return {
        **{f"key:{key.pk}": gettext("Key %(key)s") % {"key": key} for key in keys},
        **{user.email: _name(user, is_own=user.is_own) for user in users},
    }


def _name(user: User, *, is_own: bool) -> str:
    if user.is_staff and not is_own:
        return gettext("ShopIQ staff (%(email)s)") % {"email": user.email}
    return f"{user.name} ({user.email})" if user.name else user.email


def _csv_rows(
    rows: OwnedQuerySet[AuditEntry], partner: Partner, times: Columns
) -> Iterator[list[Any]]:
    """Read in chunks, so that a slow client does not hold a database connection."""
    position, has_more = None, True
    while has_more:
        chunk, has_more = _NEWEST_FIRST.fetch(rows, after=position, size=_CHUNK)
        with translation.override(settings.LANGUAGE_CODE):  # for programs
            cells = [_cells(line, times) for line in describe_entries(chunk, partner)]
        release_connection()
        yield from cells
        position = _NEWEST_FIRST.position_of(chunk[-1]) if chunk else None


def _cells(line: Line, times: Columns) -> list[Any]:
    entry = line.entry
    return [
        *(read(entry) for read in times.values()),
        line.who,
        str(line.action.label),
        line.target,
        json.dumps(entry.detail, ensure_ascii=False) if entry.detail else "",
        entry.action,
    ]
