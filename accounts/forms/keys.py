"""Forms of the pages about API keys."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.endpoints import endpoints_for
from accounts.forms.whitelists import WhitelistField, WithWhitelist
from accounts.models import ApiKey, Environment, Partner
from accounts.services.keys import AlreadyRolled
from config.pages.form_tokens import SubmissionIdField

KEEP, NEVER, ON_DATE = "keep", "never", "date"
_DAYS = {"30": "In 30 days", "90": "In 90 days", "365": "In a year"}
_EXPIRIES = {NEVER: "Never", **_DAYS, ON_DATE: "On a date"}
_LATEST_EXPIRY = timedelta(days=3650)
_ALL, _SOME = "all", "some"


class KeySettingsForm(forms.Form):
    """What may be set on a key: name, end, permissions and limits."""

    name = forms.CharField(
        max_length=80,
        help_text="Where it is used, such as “Catalogue server”. Only your team sees it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expiry = forms.ChoiceField(label="Expires", choices=list(_EXPIRIES.items()))
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="The key works until the end of this day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    access = forms.ChoiceField(
        label="May call",
        widget=forms.RadioSelect,
        choices=[(_ALL, "Every endpoint, later ones too"), (_SOME, "Only these:")],
    )
    permissions = forms.MultipleChoiceField(
        label="Endpoints", required=False, widget=forms.CheckboxSelectMultiple
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
        _offer(self, "permissions", {each.name: each.label for each in endpoints_for(environment)})
        self._limit("requests_per_minute", "minute")
        self._limit("requests_per_day", "day")

    def _limit(self, name: str, unit: str) -> None:
        """A partner may lower a key's limit; more than its own allows only staff give."""
        own = getattr(self.partner, name)
        self.fields[name] = forms.IntegerField(
            label=f"Calls a {unit}",
            required=False,
            min_value=1,
            max_value=max(own, getattr(self.key, name, None) or 0),
            help_text=f"Empty: {own:,}, as set for your account.",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("expiry") == ON_DATE and "expires_on" not in self.errors:
            self._check_date(data.get("expires_on"))
        if data.get("access") == _SOME and not data.get("permissions"):
            self.add_error("permissions", "Choose at least one endpoint.")
        return data

    def _check_date(self, day: date | None) -> None:
        today = timezone.localdate()
        if day is None:
            self.add_error("expires_on", "Choose the last day.")
        elif day < today:
            self.add_error("expires_on", "This day is over.")
        elif day > today + _LATEST_EXPIRY:
            self.add_error("expires_on", "Choose a day within ten years, or no expiry.")

    def settings(self) -> dict[str, Any]:
        """Arguments of `create_key` and `edit_key`."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "expires_at": self._expires_at(),
            "permissions": data["permissions"] if data["access"] == _SOME else None,
            "requests_per_minute": data["requests_per_minute"],
            "requests_per_day": data["requests_per_day"],
        }

    def _expires_at(self) -> datetime | None:
        expiry = self.cleaned_data["expiry"]
        if expiry == KEEP:
            return self.key.expires_at if self.key else None
        if expiry in _DAYS:
            return timezone.now() + timedelta(days=int(expiry))
        if expiry == ON_DATE:
            # The end of the day where the reader is, whose zone the middleware activated.
            return timezone.make_aware(datetime.combine(self.cleaned_data["expires_on"], time.max))
        return None


def _offer(form: forms.Form, name: str, choices: dict[str, str]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices.items())


class NewKeyForm(WithWhitelist, KeySettingsForm):
    """A key to be made. The token in it names the key, so that a form sent twice makes one."""

    networks = WhitelistField(
        label="Allowed addresses",
        required=False,
        help_text="Empty: from anywhere. One address or network a line, IPv4 or IPv6, and after "
        "<code>#</code> a note if you like.",
    )
    environment = forms.ChoiceField(
        choices=[
            (Environment.TEST.value, "Test: placeholder images, costs nothing"),
            (Environment.LIVE.value, "Live: real images, costs points"),
        ],
        widget=forms.RadioSelect,
    )
    token = SubmissionIdField()

    def __init__(self, data: Any = None, *, partner: Partner, environment: str) -> None:
        initial = {"environment": environment, "expiry": NEVER, "access": _ALL}
        super().__init__(data, partner=partner, environment=environment, initial=initial)
        if environment == Environment.MANAGEMENT:
            del self.fields["environment"]
        token = cast(SubmissionIdField, self.fields["token"])
        token.bind(partner.id)


class EditKeyForm(KeySettingsForm):
    """The settings of a key; a rolled one keeps its end."""

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        initial = {
            "name": key.name,
            "expiry": KEEP,
            "access": _ALL if key.permissions is None else _SOME,
            "permissions": key.permissions,
            "requests_per_minute": key.requests_per_minute,
            "requests_per_day": key.requests_per_day,
        }
        super().__init__(
            data, partner=key.partner, environment=key.environment, key=key, initial=initial
        )
        _offer(self, "expiry", {KEEP: "As it is now", **({} if key.was_rolled else _EXPIRIES)})
        if key.was_rolled:
            self.fields["expiry"].error_messages["invalid_choice"] = str(AlreadyRolled())


class RollForm(forms.Form):
    """For how long the old key goes on."""

    overlap = forms.TypedChoiceField(
        label="Keep the old key working for",
        choices=[
            (3600, "1 hour"),
            (86_400, "24 hours"),
            (604_800, "7 days"),
            (0, "Not at all: it is refused from now on"),
        ],
        initial=86_400,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        widget=forms.RadioSelect,
    )


class RevokeForm(forms.Form):
    """Asks for the key's name, so that no wrong one is ended."""

    confirmation = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        super().__init__(data)
        self.key = key
        self.fields["confirmation"].label = f"Type “{key.name}” or “{key.last_four}”"

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed not in (self.key.name.strip(), self.key.last_four):
            raise ValidationError("This is neither the key's name nor its last four characters.")
        return typed
