"""What the pages of webhooks ask for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone

from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet

#: The events that a deployment tells of (L921-L969).
EVENTS = ("website.building", "website.created", "deployment.success", "deployment.failed")
#: More than the largest event that is sent.
MAX_BODY = 20_000
_is_id = RegexValidator(r"\A[0-9a-f]{24}\Z", "An id has 24 characters, 0-9 and a-f.")
# Beyond them a time zone may have no such moment.
_YEARS = [
    MinValueValidator(date(2000, 1, 1), "Choose a day after 1999."),
    MaxValueValidator(date(2100, 1, 1), "Choose a day before 2100."),
]


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=_YEARS)


class DeliveryFilter(forms.Form):
    """The list of deliveries; a value that cannot be read narrows nothing."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Any state"), *WebhookDelivery.State.choices]
    )
    event = forms.ChoiceField(
        required=False, choices=[("", "Any event"), *((name, name) for name in EVENTS)]
    )
    receiver = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "Host or whole URL"}),
    )
    delivery = forms.CharField(
        label="Delivery id",
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"placeholder": "webhook-id"}),
    )
    since = _day("From")
    until = _day("To")

    def narrow(self, deliveries: WebhookDeliveryQuerySet) -> WebhookDeliveryQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        if state := asked.get("state"):
            deliveries = deliveries.filter(state=state)
        if event := asked.get("event"):
            deliveries = deliveries.filter(event=event)
        if receiver := asked.get("receiver"):
            deliveries = deliveries.to_receiver(receiver)
        if delivery_id := asked.get("delivery"):
            deliveries = deliveries.filter(pk=delivery_id)
        if since := asked.get("since"):
            deliveries = deliveries.filter(created_at__gte=_start_of(since))
        if until := asked.get("until"):
            deliveries = deliveries.filter(created_at__lt=_start_of(until + timedelta(days=1)))
        return deliveries


def _start_of(day: date) -> datetime:
    """Midnight in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


class SignatureForm(forms.Form):
    """What the signature debugger compares. The secret is read once and not shown again."""

    body = forms.CharField(
        max_length=MAX_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "autocomplete": "off"}),
        help_text="What your code hashes. Best the raw body of the request.",
    )
    header = forms.CharField(
        label="x-shopiq-signature",
        required=False,
        max_length=500,
        strip=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="The header that came with it.",
    )
    secret = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The webhookSecret as your code has it. It is used once and not kept.",
    )
    delivery = forms.CharField(
        label="webhook-id",
        required=False,
        validators=[_is_id],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="If you have it: then the body is compared with the one that was sent.",
    )

    def clean_body(self) -> str:
        # A browser sends each line break of a text area as two characters.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
