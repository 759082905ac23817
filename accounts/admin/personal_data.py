"""Pages that show a row's personal data in full, once, after staff have said why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Account, Invitation, Member
from accounts.services.personal_data import TooManyOpenings, record_opening
from config.admin.acts import MAX_REASON, Act, object_act, posted
from config.admin.columns import admin_url
from config.admin.pages import render_page, staff_page
from config.admin.sections import Section

PERMISSION = "accounts.open_personal_data"

Fact = tuple[str, Any]
#: What is shown of a row: its data with labels, or a document.
Read = Callable[[Any], Iterable[Fact] | HttpResponse]


class OpeningForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The partner reads it in the audit trail.",
    )


def personal_data(
    model: type[Model], *, kind: str, section: Section, label: str = "Show personal data"
) -> Callable[[Read], Read]:
    """Register a function that returns the personal data of a row, with labels, or a document.

    `kind` names the row to the partner: "account". The row has a `partner`. `label` is the button.
    """
    options = model._meta
    name = f"open-{options.model_name}"

    def register(read: Read) -> Read:
        @staff_page(
            title=f"Personal data of {kind}s",
            name=name,
            route=f"{options.app_label}/{options.model_name}/<id:row_id>/open/",
            permission=PERMISSION,
            section=section,
        )
        def page(request: HttpRequest, row_id: str) -> HttpResponse:
            row: Any = get_object_or_404(model, pk=row_id)
            return _open(request, row, kind, label, read)

        object_act(
            options.label_lower,
            label=label,
            page=name,
            permission=PERMISSION,
            applies=lambda row: row.pk is not None,
        )
        return read

    return register


def _open(request: HttpRequest, row: Any, kind: str, label: str, read: Read) -> HttpResponse:
    """Ask why; then record it, and show the data in this response alone."""
    form = OpeningForm(posted(request))
    act = Act(
        title=label,
        consequence=f"{row.partner} sees in its audit trail that you opened it, and why.",
        button=label,
        back=admin_url(type(row), row.pk),
        facts=[(kind.capitalize(), row), ("Partner", row.partner)],
    )
    if form.is_valid():
        try:
            record_opening(
                partner=row.partner,
                staff=request.user,  # type: ignore[arg-type]
                kind=kind,
                target=row.pk,
                reason=form.cleaned_data["reason"],
            )
        except TooManyOpenings as error:
            messages.error(request, str(error))
        else:
            shown = read(row)
            if isinstance(shown, HttpResponse):
                return shown
            facts = [(name, value) for name, value in shown if value not in ("", None)]
            return render_page(
                request, "admin/personal_data.html", title=act.title, act=act, facts=facts
            )
    return render_page(request, "admin/act.html", title=act.title, act=act, form=form)


@personal_data(Account, kind="account", section=Section.PARTNERS)
def read_account(account: Account) -> Iterable[Fact]:
    return [
        ("Email", account.get_decrypted("email")),
        ("Mobile number", account.dialable_phone),
        *(_fact(name, value) for name, value in account.read_profile().items()),
    ]


def _fact(name: str, value: Any) -> Fact:
    """Write a field of the API in words: `firstName` as “First name”, an object by its values."""
    label = re.sub(r"(?=[A-Z])", " ", name).capitalize()
    is_object = isinstance(value, dict)
    return label, "\n".join(map(str, filter(None, value.values()))) if is_object else value


@personal_data(Member, kind="member", section=Section.PARTNERS)
def read_member(member: Member) -> Iterable[Fact]:
    return [("Email", member.user.email), ("Name", member.user.name)]


@personal_data(Invitation, kind="invitation", section=Section.PARTNERS)
def read_invitation(invitation: Invitation) -> Iterable[Fact]:
    inviter = invitation.invited_by
    return [("Email", invitation.email), ("Invited by", inviter.email if inviter else "")]
