"""The types of the events about alerts of all apps."""

from functools import partial

from accounts.alerts import alert_kind, alert_kinds
from integrations.alert_events import RECOVERED, sample_of, sample_of_recovered
from integrations.event_types import EventType, register_event_types

register_event_types(
    *(EventType(kind.event, partial(sample_of, kind)) for kind in alert_kinds()),
    EventType(RECOVERED, partial(sample_of_recovered, alert_kind("error_rate"))),
)
