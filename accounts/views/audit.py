"""The audit trail: what people, keys and ShopIQ did to a partner."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.access import PartnerRequest, Right, partner_page
from accounts.deeds import COMMON_PAGES, Deed, Fact, deed_of, facts_of
from accounts.forms.audit import AuditFilters
from accounts.models import ApiKey, AuditEntry, Member, Partner, User
from config.csv_export import csv_lines
from config.listing import list_page

_SORTS = {"newest": "-at", "oldest": "at"}
_COLUMNS = ("Time (UTC)", "Who", "What", "Target", "Details", "Action")
#: Entries of the export that are read, and their actors looked up, at a time.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it; `address` is the page of its target, or ""."""

    entry: AuditEntry
    who: str
    deed: Deed
    address: str
    facts: list[Fact]


@partner_page(Right.SEE_AUDIT)
def audit(request: PartnerRequest) -> HttpResponse:
    """Everything, filtered."""
    form = AuditFilters(request.GET, request.partner)
    rows = AuditEntry.objects.of(request.partner)
    rows = form.narrow(rows) if form.is_valid() else rows.none()
    page = list_page(rows, request.GET, sorts=_SORTS)
    context = {"form": form, "page": page, "lines": _lines(page, request.partner)}
    return render(request, "audit/list.html", context)


@partner_page(Right.SEE_AUDIT)
def audit_csv(request: PartnerRequest) -> HttpResponseBase:
    """The same, all of it, as a file."""
    form = AuditFilters(request.GET, request.partner)
    if not form.is_valid():
        return render(request, "audit/list.html", {"form": form}, status=400)
    rows = form.narrow(AuditEntry.objects.of(request.partner)).order_by("-at", "-pk")
    return StreamingHttpResponse(
        csv_lines(_COLUMNS, _csv_rows(rows.iterator(_CHUNK), request.partner)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _lines(entries: Iterable[AuditEntry], partner: Partner) -> list[Line]:
    entries = list(entries)
    names = _names({entry.actor for entry in entries}, partner)
    return [
        Line(
            entry=entry,
            who=names.get(entry.actor, entry.actor if "@" in entry.actor else "ShopIQ"),
            deed=deed_of(entry.action),
            address=_address(entry),
            facts=facts_of(entry.detail),
        )
        for entry in entries
    ]


def _names(actors: set[str], partner: Partner) -> dict[str, str]:
    """Names of keys and people by actor; what is missing is the platform or somebody unknown."""
    key_ids = [actor.removeprefix("key:") for actor in actors if actor.startswith("key:")]
    keys = ApiKey.objects.filter(partner=partner, pk__in=key_ids)
    of_partner = Member.objects.filter(partner=partner, user=OuterRef("pk"))
    people = User.objects.filter(email__in=actors).annotate(is_own=Exists(of_partner))
    return {
        **{f"key:{key.pk}": f"Key {key}" for key in keys},
        **{person.email: _name(person, is_own=person.is_own) for person in people},
    }


def _name(person: User, *, is_own: bool) -> str:
    if person.is_staff and not is_own:
        return f"ShopIQ staff ({person.email})"
    return f"{person.name} ({person.email})" if person.name else person.email


def _address(entry: AuditEntry) -> str:
    """The page of what was done something to, or ""."""
    page = deed_of(entry.action).page
    try:
        return reverse(page, args=[] if page in COMMON_PAGES else [entry.target]) if page else ""
    except NoReverseMatch:
        return ""


def _csv_rows(entries: Iterator[AuditEntry], partner: Partner) -> Iterator[tuple[Any, ...]]:
    while chunk := list(islice(entries, _CHUNK)):
        for line in _lines(chunk, partner):
            yield (
                f"{line.entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
                line.who,
                line.deed.words,
                line.entry.target,
                json.dumps(line.entry.detail, ensure_ascii=False) if line.entry.detail else "",
                line.entry.action,
            )
