"""Filters of the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from accounts.audit import actions_of_subject, registered_subjects
from accounts.models import AuditEntry, Member, Partner, User
from accounts.models.key import MANAGEMENT_ENVIRONMENTS
from config.db.owned import OwnedQuerySet
from config.pages.filters import TimeRangeForm

_GROUPS = {"people": gettext_lazy("People"), "keys": gettext_lazy("API keys"), "shopiq": "ShopIQ"}


def _subject_choices() -> list[Any]:
    return [
        ("", gettext("Any subject")),
        *((subject.name, subject.label) for subject in registered_subjects()),
    ]


class AuditFilterForm(TimeRangeForm):
    actor = forms.ChoiceField(label=gettext_lazy("Actor"), required=False)
    subject = forms.ChoiceField(
        label=gettext_lazy("Subject"), required=False, choices=_subject_choices
    )

    field_order = ("period", "actor", "subject", "since", "until")
    default_period = "month"

    def __init__(self, query: QueryDict, partner: Partner) -> None:
        super().__init__(query)
        self._partner = partner
        field: Any = self.fields["actor"]
        field.choices = self._actors()

    def apply(self, queryset: OwnedQuerySet[AuditEntry]) -> OwnedQuerySet[AuditEntry]:
        given = self.cleaned_data
        rows = queryset.filter(**self.lookups("at"))
        if given["subject"]:
            rows = rows.filter(action__in=actions_of_subject(given["subject"]))
        return self._by(rows, given["actor"]) if given["actor"] else rows

    def _actors(self) -> list[Any]:
        emails = self._partner.members.order_by("user__email").values_list("user__email", flat=True)
        # Other keys cause no audit entries.
        keys = self._partner.api_keys.filter(environment__in=MANAGEMENT_ENVIRONMENTS)
        return [
            ("", gettext("Anyone")),
            *_GROUPS.items(),
            (gettext("Members"), [(email, email) for email in emails]),
            (gettext("Management keys"), [(f"key:{key.pk}", str(key)) for key in keys]),
        ]

    def _by(self, rows: OwnedQuerySet[AuditEntry], actor: str) -> OwnedQuerySet[AuditEntry]:
        by_key, by_person = Q(actor__startswith="key:"), Q(actor__contains="@")
        if actor == "keys":
            return rows.filter(by_key)
        if actor not in _GROUPS:
            return rows.filter(actor=actor)
        members = Member.objects.of(self._partner.id).values("user")
        staff = User.objects.filter(is_staff=True).exclude(pk__in=members).values("email")
        by_staff = Q(actor__in=staff)
        if actor == "people":
            return rows.filter(by_person & ~by_staff)
        return rows.filter((~by_person & ~by_key) | by_staff)
