from functools import partial

from django.utils.translation import gettext_lazy

from config.db.owned import PLATFORM_ID
from deployments import events
from deployments.models import Website
from integrations.event_types import EventType, register_event_types

#: The shop of the documentation's examples.
_SHOP = Website(
    partner_id=PLATFORM_ID, account_id="665a1f2e3b4c5d6e7f8a9b0c", identifier="nova-retail-abc123"
)

#: Of later builds of a live shop.
_VARYING = {"reason": "update"}

register_event_types(
    EventType(
        "website.building",
        partial(events.building, _SHOP),
        gettext_lazy("The build of a shop has started."),
        _VARYING,
    ),
    EventType(
        "website.created",
        partial(events.created, _SHOP),
        gettext_lazy("The shop is built and is being published."),
        _VARYING,
    ),
    EventType(
        "deployment.success",
        partial(events.succeeded, _SHOP),
        gettext_lazy("The shop is live."),
        _VARYING,
    ),
    EventType(
        "deployment.failed",
        partial(events.failed, _SHOP, "GitHub Actions deployment failed"),
        gettext_lazy("A step of the deployment failed, or it was cancelled. `error` says why."),
        _VARYING,
    ),
)
