"""Forms for whitelists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.networks import InvalidNetwork, Network, correct_host_bits, parse_entry
from accounts.services.key_rules import MAX_NETWORKS


class WhitelistField(forms.CharField):
    """Addresses and networks, one per line; cleans to lines for `networks.parse_entry`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 20_000)
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}))
        super().__init__(**options)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > MAX_NETWORKS:
            text = gettext("A whitelist can have %(number)s entries at most.")
            raise ValidationError(text % {"number": MAX_NETWORKS})
        if errors := [error for line in lines if (error := _find_error(line))]:
            raise ValidationError(errors)
        return lines


def _find_error(line: str) -> ValidationError | None:
    try:
        parse_entry(line)
    except InvalidNetwork as error:
        # As a parameter, so that the page can offer the suggested network on a button.
        return ValidationError(
            "%(text)s", params={"text": str(error), "suggestion": error.suggestion}
        )
    return None


class WhitelistFormMixin(forms.Form):
    """A form with a `networks` field and a `correct` button that accepts the suggested networks."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        if data is not None and "correct" in data:
            data = data.copy()
            data["networks"] = correct_host_bits(data.get("networks", ""))
        super().__init__(data, **options)

    @property
    def suggested_networks(self) -> list[Network]:
        """The networks that the `correct` button would enter."""
        errors = self.errors.as_data().get("networks", [])
        networks = [(error.params or {}).get("suggestion") for error in errors]
        return [network for network in networks if network]


class WhitelistForm(WhitelistFormMixin):
    """Add entries to the whitelist of an existing key."""

    networks = WhitelistField(
        label=gettext_lazy("IP addresses and networks"),
        help_text=gettext_lazy(
            "One per line: <code>203.0.113.7</code>, <code>203.0.113.0/24</code> or "
            "<code>2001:db8::/32</code>. Add a note after <code>#</code>."
        ),
    )
