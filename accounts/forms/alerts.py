"""Forms for who is emailed which alerts, and for the limits of a company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from accounts.alerts import AlertKind, alert_kinds


class PreferenceForm(forms.Form):
    """One box for each kind; `prefix` tells the member's own from those of another address."""

    def __init__(
        self, data: Any = None, *, kinds: Sequence[AlertKind], on: set[str], to: str, prefix: str
    ) -> None:
        super().__init__(data, prefix=prefix, initial=dict.fromkeys(on, True))
        for kind in kinds:
            label = gettext("%(alert)s: email to %(person)s")
            label %= {"alert": kind.label, "person": to}
            box = forms.CheckboxInput(attrs={"aria-label": label})
            self.fields[kind.name] = forms.BooleanField(
                label=kind.label, required=False, widget=box
            )

    @property
    def choices(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data[name]) for name in self.fields}


class LimitForm(forms.Form):
    """One number for each kind that has a limit."""

    def __init__(self, data: Any = None, *, limits: Mapping[str, int]) -> None:
        super().__init__(data, prefix="limit", initial=dict(limits))
        for kind in alert_kinds():
            if limit := kind.limit:
                self.fields[kind.name] = forms.IntegerField(
                    label=f"{limit.label} ({limit.unit})",
                    min_value=limit.least,
                    max_value=limit.most,
                    help_text=limit.help_text,
                )

    @property
    def limits(self) -> dict[str, int]:
        return {name: int(self.cleaned_data[name]) for name in self.fields}
