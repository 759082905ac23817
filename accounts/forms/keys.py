"""Forms for API keys."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.endpoints import endpoints_for
from accounts.forms.fields import SPEND_LIMITS, SpendLimitField
from accounts.forms.whitelists import WhitelistField, WhitelistFormMixin
from accounts.models import ApiKey, Environment, Partner
from accounts.models.key import IMAGE_ENVIRONMENTS, MANAGEMENT_ENVIRONMENTS
from accounts.services.key_rules import AlreadyRolled
from config.grouping import group_digits
from config.pages.form_tokens import SubmissionIdField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEEP, NEVER, ON_DATE = "keep", "never", "date"
_DAYS = {
    "30": gettext_lazy("In 30 days"),
    "90": gettext_lazy("In 90 days"),
    "365": gettext_lazy("In 1 year"),
}
_EXPIRIES = {NEVER: gettext_lazy("Never"), **_DAYS, ON_DATE: gettext_lazy("On a date")}
_LATEST_EXPIRY = timedelta(days=3650)
_ALL, _SOME = "all", "some"


class KeySettingsForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy(
            "Where it is used, such as “Catalogue server”. Only your team sees it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expiry = forms.ChoiceField(label=gettext_lazy("Expires"), choices=list(_EXPIRIES.items()))
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("The key works until the end of this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    access = forms.ChoiceField(
        label=gettext_lazy("Access"),
        widget=forms.RadioSelect,
        choices=[
            (_ALL, gettext_lazy("All endpoints, including future ones")),
            (_SOME, gettext_lazy("Selected endpoints")),
        ],
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Endpoints"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Any = None,
        *,
        partner: Partner,
        environment: str,
        key: ApiKey | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.partner = partner
        self.key = key
        _set_choices(
            self, "permissions", {each.name: each.label for each in endpoints_for(environment)}
        )
        self._limit("requests_per_minute", gettext("Requests per minute"))
        self._limit("requests_per_day", gettext("Requests per day"))
        if environment in IMAGE_ENVIRONMENTS and not (key and environment == Environment.TEST):
            self.fields["points_per_day"] = SpendLimitField(gettext("Points per day"))
            self.fields["points_per_month"] = SpendLimitField(gettext("Points per month"))

    def _limit(self, name: str, label: str) -> None:
        """Limit the value: partners can only lower a key's limit; staff can raise it above the
        partner's."""
        own = getattr(self.partner, name)
        help_text = gettext("Leave empty to use your company's limit of %(limit)s.")
        self.fields[name] = forms.IntegerField(
            label=label,
            required=False,
            min_value=1,
            max_value=max(own, getattr(self.key, name, None) or 0),
            help_text=help_text % {"limit": group_digits(own)},
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("expiry") == ON_DATE and "expires_on" not in self.errors:
            self._check_date(data.get("expires_on"))
        if data.get("access") == _SOME and not data.get("permissions"):
            self.add_error("permissions", gettext("Choose at least one endpoint."))
        if data.get("environment") == Environment.TEST:
            for name in SPEND_LIMITS:
                if data.get(name) is not None:
                    self.add_error(name, gettext("Test keys spend no points. Leave this empty."))
        return data

    def _check_date(self, day: date | None) -> None:
        today = timezone.localdate()
        if day is None:
            self.add_error("expires_on", gettext("Choose a date."))
        elif day < today:
            self.add_error("expires_on", gettext("Choose today or a later date."))
        elif day > today + _LATEST_EXPIRY:
            text = gettext("Choose a date within ten years, or choose Never.")
            self.add_error("expires_on", text)

    def settings(self) -> dict[str, Any]:
        """Return the arguments for `create_key` and `edit_key`."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "expires_at": self._expires_at(),
            "permissions": data["permissions"] if data["access"] == _SOME else None,
            "requests_per_minute": data["requests_per_minute"],
            "requests_per_day": data["requests_per_day"],
            **{name: data.get(name) for name in SPEND_LIMITS},
        }

    def _expires_at(self) -> datetime | None:
        expiry = self.cleaned_data["expiry"]
        if expiry == KEEP:
            return self.key.expires_at if self.key else None
        if expiry in _DAYS:
            return timezone.now() + timedelta(days=int(expiry))
        if expiry == ON_DATE:
            # The end of the day in the user's time zone, which the middleware activated.
            return timezone.make_aware(datetime.combine(self.cleaned_data["expires_on"], time.max))
        return None


def _set_choices(form: forms.Form, name: str, choices: dict[str, StrOrPromise]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices.items())


class NewKeyForm(WhitelistFormMixin, KeySettingsForm):
    """Create a key. The token holds its id, so that submitting the form twice creates one key."""

    networks = WhitelistField(
        label=gettext_lazy("Allowed IP addresses"),
        required=False,
        help_text=gettext_lazy(
            "Leave empty to allow any IP address. One IPv4 or IPv6 address or network per line."
            " Add a note after <code>#</code>."
        ),
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=[
            (Environment.TEST.value, gettext_lazy("Test: placeholder images, no cost")),
            (Environment.LIVE.value, gettext_lazy("Live: real images, costs points")),
        ],
        widget=forms.RadioSelect,
    )
    token = SubmissionIdField()

    def __init__(self, data: Any = None, *, partner: Partner, environment: str) -> None:
        initial = {"environment": environment, "expiry": NEVER, "access": _ALL}
        super().__init__(data, partner=partner, environment=environment, initial=initial)
        if environment in MANAGEMENT_ENVIRONMENTS:
            del self.fields["environment"]
        token = cast(SubmissionIdField, self.fields["token"])
        token.bind(partner.id)


class EditKeyForm(KeySettingsForm):
    """Edit a key; the expiry of a rolled key is fixed."""

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        initial = {
            "name": key.name,
            "expiry": KEEP,
            "access": _ALL if key.permissions is None else _SOME,
            "permissions": key.permissions,
            "requests_per_minute": key.requests_per_minute,
            "requests_per_day": key.requests_per_day,
            **{name: getattr(key, name) for name in SPEND_LIMITS},
        }
        super().__init__(
            data, partner=key.partner, environment=key.environment, key=key, initial=initial
        )
        others = {} if key.was_rolled else _EXPIRIES
        _set_choices(self, "expiry", {KEEP: gettext("Unchanged"), **others})
        if key.was_rolled:
            self.fields["expiry"].error_messages["invalid_choice"] = str(AlreadyRolled())


class RollForm(forms.Form):
    """Choose how long the old key keeps working."""

    overlap = forms.TypedChoiceField(
        label=gettext_lazy("Keep the old key working for"),
        choices=[
            (3600, gettext_lazy("1 hour")),
            (86_400, gettext_lazy("24 hours")),
            (604_800, gettext_lazy("7 days")),
            (0, gettext_lazy("Not at all: it stops working now")),
        ],
        initial=86_400,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        widget=forms.RadioSelect,
    )


class RevokeForm(forms.Form):
    """Ask for the key's name, so that the wrong key is not revoked."""

    confirmation = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        super().__init__(data)
        self.key = key
        label = gettext("Type “%(name)s” or “%(last_four)s” to confirm")
        values = {"name": key.name, "last_four": key.last_four}
        self.fields["confirmation"].label = label % values

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed not in (self.key.name.strip(), self.key.last_four):
            raise ValidationError(gettext("Enter the key's name or its last four characters."))
        return typed
