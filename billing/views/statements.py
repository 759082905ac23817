"""Monthly statements and their files."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.exports import limited_export
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.documents import render_statement_json, render_statement_pdf
from billing.models import Statement
from billing.statements import entry_lines
from config.chain.writing import next_month
from config.pages.pagination import paginate

_SORTS = {"newest": "-month"}


@partner_view(Permission.BUY, is_live_only=True)
def statements(request: PartnerRequest) -> HttpResponse:
    page = paginate(Statement.objects.of(request.partner.id), request.GET, sorts=_SORTS)
    return render(request, "billing/statements.html", {"page": page})


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def statement_pdf(request: PartnerRequest, statement_id: str) -> HttpResponse:
    statement = _find(request, statement_id)
    response = HttpResponse(render_statement_pdf(statement), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{statement.file_name}.pdf"'
    return response


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def statement_json(request: PartnerRequest, statement_id: str) -> HttpResponse:
    statement = _find(request, statement_id)
    response = HttpResponse(render_statement_json(statement), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{statement.file_name}.json"'
    return response


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def statement_entries(request: PartnerRequest, statement_id: str) -> HttpResponseBase:
    """Stream the month's ledger entries as they are hashed, a JSON object in each line."""
    statement = _find(request, statement_id)
    since = datetime(statement.month.year, statement.month.month, 1, tzinfo=UTC)
    return StreamingHttpResponse(
        entry_lines(request.partner.id, since, next_month(since)),
        content_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="{statement.file_name}.jsonl"'},
    )


def _find(request: PartnerRequest, statement_id: str) -> Statement:
    return get_object_or_404(Statement.objects.of(request.partner.id), pk=statement_id)
