"""Forms of the partners' staff pages."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.endpoints import permissions_for
from accounts.forms.fields import SPEND_LIMITS, SpendLimitField
from accounts.models import ApiKey, Environment, PartnerNote, User
from accounts.services.partners import LARGEST_LIMIT

_LIMIT: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_LIMIT, "required": False}
_MAX_NOTE = PartnerNote._meta.get_field("text").max_length


class LimitsForm(forms.Form):
    """Rate limits of a partner; an empty field keeps the limit."""

    requests_per_minute = forms.IntegerField(**_LIMIT, help_text="Leave empty to keep it.")
    requests_per_day = forms.IntegerField(**_LIMIT, help_text="Leave empty to keep it.")


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note", max_length=_MAX_NOTE, widget=forms.Textarea(attrs={"rows": 5})
    )


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_staff=True, is_active=True).order_by("email"),
        required=False,
        empty_label="No one",
    )


class KeyRulesForm(forms.Form):
    """Permissions and limits of a key; no tick allows everything of its kind."""

    permissions = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick none to allow everything that this kind of key can do.",
    )
    requests_per_minute = forms.IntegerField(
        **_LIMIT, help_text="Leave empty for the partner's limit."
    )
    requests_per_day = forms.IntegerField(
        **_LIMIT, help_text="Leave empty for the partner's limit."
    )

    points_per_day = SpendLimitField()
    points_per_month = SpendLimitField()

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        initial = {
            "permissions": key.permissions,
            "requests_per_minute": key.requests_per_minute,
            "requests_per_day": key.requests_per_day,
            **{name: getattr(key, name) for name in SPEND_LIMITS},
        }
        super().__init__(data, initial=initial)
        if key.environment != Environment.LIVE:
            for name in SPEND_LIMITS:
                self.fields[name].disabled = True
                self.fields[name].widget = forms.HiddenInput()
        field = self.fields["permissions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each, each) for each in sorted(permissions_for(key.environment))]

    def clean_permissions(self) -> list[str] | None:
        return self.cleaned_data["permissions"] or None
