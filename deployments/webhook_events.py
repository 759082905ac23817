from functools import partial

from config.db.owned import PLATFORM_ID
from deployments import events
from deployments.models import Website
from integrations.event_types import EventType, register_event_types

#: The shop of the documentation's examples.
_SHOP = Website(
    partner_id=PLATFORM_ID, account_id="665a1f2e3b4c5d6e7f8a9b0c", identifier="nova-retail-abc123"
)

register_event_types(
    EventType("website.building", partial(events.building, _SHOP)),
    EventType("website.created", partial(events.created, _SHOP)),
    EventType("deployment.success", partial(events.succeeded, _SHOP)),
    EventType("deployment.failed", partial(events.failed, _SHOP, "The shop could not be built.")),
)
