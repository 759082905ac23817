"""Sections of the partner's page: who it is, its people and keys, its requests and its history."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from accounts.audit import describe_action
from accounts.backoffice.limits import calls_left
from accounts.models import (
    Account,
    ApiKey,
    AuditEntry,
    Member,
    Partner,
    PartnerNote,
    RequestLog,
)
from accounts.staff import ever_staff
from config.admin.masking import mask_email, mask_emails
from config.admin.partner_page import (
    MOST_ROWS,
    Cell,
    Table,
    facts,
    link,
    link_when,
    list_of,
    number,
    partner_section,
    when,
)
from config.grouping import group_digits

_FEW_KEYS = 20


@partner_section(
    title="Details",
    permission="accounts.view_partner",
    place=10,
    template="admin/partner/facts.html",
    is_aside=True,
)
def show_details(_request: HttpRequest, partner: Partner) -> dict[str, Any]:
    rule = "Required" if partner.requires_second_factor else "Optional"
    approved = when(partner.live_approved_at) if partner.live_approved_at else "Not approved"
    owner = partner.staff_owner
    end = [
        ("Deactivated", when(partner.deactivated_at)),
        ("By", partner.deactivated_by),
        ("Reason", partner.deactivation_reason),
    ]
    return facts(
        [
            ("Looked after by", owner.email if owner else "No one"),
            *(end if partner.deactivated_at else []),
            ("ID", partner.pk),
            ("Created", when(partner.created_at)),
            ("Live access", approved),
            ("Two-factor authentication", rule),
            ("Requests per minute", group_digits(partner.requests_per_minute)),
            ("Requests per day", group_digits(partner.requests_per_day)),
        ]
    )


@partner_section(
    title="Notes",
    permission="accounts.view_partnernote",
    place=12,
    template="admin/partner/notes.html",
    is_aside=True,
)
def show_notes(_request: HttpRequest, partner: Partner) -> Table:
    notes = PartnerNote.objects.of(partner.pk).order_by("-created_at", "-id")[:MOST_ROWS]
    rows = [(note.text, note.author, when(note.created_at)) for note in notes]
    return Table(("Note", "By", "Time"), rows, address=list_of(PartnerNote, partner))


@partner_section(
    title="Requests left", permission="accounts.view_ratewindow", place=36, is_aside=True
)
def show_limits(request: HttpRequest, partner: Partner) -> Table:
    """Show what is left of the limits of each active key, which rolled keys share."""
    keys = partner.api_keys.active().order_by("-created_at")[:_FEW_KEYS]
    rows = [
        (link(request, left.label, left.key), number(left.minute), number(left.day))
        for left in calls_left(partner, list(keys))
    ]
    return Table(("Key", "This minute", "Today"), rows, "No active keys.")


@partner_section(title="Members", permission="accounts.view_member", place=42, is_aside=True)
def show_members(request: HttpRequest, partner: Partner) -> Table:
    factors = Authenticator.objects.filter(user=OuterRef("user")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    members = Member.objects.of(partner.pk).select_related("user").order_by("created_at")
    rows = [
        (
            link(request, mask_email(member.user.email), member),
            member.get_role_display(),
            Cell("On", tone="good") if member.is_protected else Cell("Off"),
        )
        for member in members.annotate(is_protected=Exists(factors))[:_FEW_KEYS]
    ]
    return Table(("Email", "Role", "Two-factor"), rows, address=list_of(Member, partner))


@partner_section(title="API keys", permission="accounts.view_apikey", place=40)
def show_keys(request: HttpRequest, partner: Partner) -> Table:
    keys = partner.api_keys.select_related("replaced_by", "use").order_by("-created_at")
    rows = [
        (
            link(request, key.name, key),
            key.masked,
            Cell(key.state.label, tone=key.state.tone or "quiet"),
            when(key.last_used_at),
            when(key.created_at),
        )
        for key in keys[:MOST_ROWS]
    ]
    columns = ("Name", "Key", "Status", "Last used", "Created")
    return Table(columns, rows, address=list_of(ApiKey, partner))


@partner_section(title="Recent errors", permission="accounts.view_requestlog", place=32)
def show_errors(request: HttpRequest, partner: Partner) -> Table:
    errors = RequestLog.objects.of(partner.pk).errors().order_by("-at")[:MOST_ROWS]
    rows = [
        (
            link_when(request, row.at, row),
            Cell(row.status, tone="bad" if row.status >= 500 else "warn"),
            f"{row.method} {row.path}",
            row.message or row.code,
        )
        for row in errors
    ]
    columns = ("Time", "Status", "Request", "Message")
    return Table(columns, rows, "No errors.", list_of(RequestLog, partner))


@partner_section(title="Accounts", permission="accounts.view_account", place=50)
def show_accounts(request: HttpRequest, partner: Partner) -> Table:
    accounts = Account.objects.of(partner.pk).order_by("-created_at", "-id")[:MOST_ROWS]
    rows = [
        (link(request, account.pk, account), account.identifier or "–", when(account.created_at))
        for account in accounts
    ]
    return Table(("ID", "Site", "Created"), rows, address=list_of(Account, partner))


@partner_section(title="Audit trail", permission="accounts.view_auditentry", place=90)
def show_audit(request: HttpRequest, partner: Partner) -> Table:
    entries = AuditEntry.objects.of(partner.pk).order_by("-at", "-id")
    return _history(request, list(entries[:MOST_ROWS]), partner)


@partner_section(title="Changes by staff", permission="accounts.view_auditentry", place=92)
def show_acts_of_staff(request: HttpRequest, partner: Partner) -> Table:
    """Read by the actor's index: most partners have few entries by staff among many."""
    staff = list(ever_staff().values_list("email", flat=True))
    entries = AuditEntry.objects.of(partner.pk).filter(actor__in=staff)
    return _history(request, list(entries.order_by("-at", "-id")[:MOST_ROWS]), partner)


def _history(request: HttpRequest, entries: list[AuditEntry], partner: Partner) -> Table:
    """Show addresses of staff, and mask those of members."""
    actors = {entry.actor for entry in entries}
    people = ever_staff().filter(email__in=actors)
    staff = set(people.values_list("email", flat=True))
    rows = [
        (
            link_when(request, entry.at, entry),
            describe_action(entry.action).label,
            entry.actor if entry.actor in staff else mask_emails(entry.actor),
        )
        for entry in entries
    ]
    return Table(("Time", "Action", "By"), rows, address=list_of(AuditEntry, partner))
