"""The types of the events about alerts of all apps."""

from functools import partial

from django.utils.translation import gettext_lazy

from accounts.alerts import alert_kind, alert_kinds
from integrations.alert_events import RECOVERED, sample_of, sample_of_recovered
from integrations.event_types import EventType, register_event_types

register_event_types(
    *(EventType(each.event, partial(sample_of, each), each.explanation) for each in alert_kinds()),
    EventType(
        RECOVERED,
        partial(sample_of_recovered, alert_kind("error_rate")),
        gettext_lazy("The cause of an alert is gone."),
    ),
)
