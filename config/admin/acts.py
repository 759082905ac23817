"""Pages on which staff confirm one act on one thing, with a reason where it hurts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from config.admin.pages import render_page

#: What the audit trail and the rows hold of a reason.
MAX_REASON = 500


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The partner reads it in an email and in the audit trail.",
    )


class ConfirmForm(forms.Form):
    """Asks for nothing but the press of the button."""


@dataclass(frozen=True, slots=True)
class Act:
    """`facts` name the thing, `consequence` says what happens, `back` is where it leads.

    `of` is what the way back is called, if not by the first fact. `is_dangerous` colours the
    button.
    """

    title: str
    consequence: str
    button: str
    back: str
    facts: Sequence[tuple[str, Any]] = ()
    is_dangerous: bool = False
    of: str = ""

    @property
    def name(self) -> str:
        return self.of or next((str(value) for _, value in self.facts), "Back")


def confirm_act(
    request: HttpRequest,
    act: Act,
    perform: Callable[[dict[str, Any]], str],
    *,
    form: forms.Form | None = None,
    errors: tuple[type[Exception], ...] = (),
) -> HttpResponse:
    """Show the act; once it is confirmed, perform it and lead back.

    `perform` takes the cleaned data, calls one service and returns what was done. `errors` are
    the errors of the service that staff read.
    """
    form = form if form is not None else ReasonForm(posted(request))
    if not (request.method == "POST" and form.is_valid()):
        return render_page(request, "admin/act.html", title=act.title, act=act, form=form)
    try:
        messages.success(request, perform(form.cleaned_data))
    except errors as error:
        messages.warning(request, str(error))
    return redirect(act.back)


def posted(request: HttpRequest) -> Any:
    """Return what a form is bound to: nothing before it was sent."""
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True, slots=True)
class _ObjectAct:
    label: str
    page: str
    permission: str
    applies: Callable[[Any], bool]


_object_acts: dict[str, list[_ObjectAct]] = {}


def object_act(
    model: str, *, label: str, page: str, permission: str, applies: Callable[[Any], bool]
) -> None:
    """Register a button of the change page of a model, such as "deployments.website".

    It leads to the staff page `page` of the row and is shown where it `applies`.
    """
    _object_acts.setdefault(model, []).append(_ObjectAct(label, page, permission, applies))


def acts_of(request: HttpRequest, row: Model) -> list[tuple[str, str]]:
    """Return label and address of each act that the person may do on the row now."""
    return [
        (act.label, reverse(f"admin:{act.page}", args=[row.pk]))
        for act in _object_acts.get(row._meta.label_lower, ())
        if request.user.has_perm(act.permission) and act.applies(row)
    ]
