"""What keys were used for lately: endpoints and networks, from their activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey

#: How far advice looks back, and how long a key must have been in use to be judged.
LOOK_BACK = timedelta(days=30)
SHORTEST = timedelta(days=7)
#: A key that is called from more is not one of a few servers.
MAX_NETWORKS = 10


_READ = """
    SELECT key.rate_subject, min(used.first_at), max(used.last_at),
           array_agg(DISTINCT used.endpoint), (array_agg(DISTINCT used.network))[:%s]
    FROM accounts_keyactivity used
    JOIN accounts_apikey key ON key.id = used.key_id AND key.partner_id = %s
    WHERE used.partner_id = %s AND used.last_at >= %s AND key.rate_subject = ANY (%s)
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of a key and of those that it replaced, whose callers are about to switch to it.

    `networks` are those of servers, none if there are more than a few or one is unknown.
    """

    since: datetime
    last_at: datetime
    endpoints: frozenset[str]
    networks: tuple[str, ...]

    @property
    def is_long_enough(self) -> bool:
        return self.since <= timezone.now() - SHORTEST


def read_key_use(partner_id: str, keys: Iterable[ApiKey]) -> dict[str, KeyUse]:
    """Return the use of each key's family by its `rate_subject`; none of those without a call."""
    start = timezone.now() - LOOK_BACK
    subjects = list({key.rate_subject for key in keys})
    # One network more than a few tells that there are too many.
    parameters = (MAX_NETWORKS + 1, partner_id, partner_id, start, subjects)
    with connection.cursor() as cursor:
        cursor.execute(_READ, parameters)
        rows = cursor.fetchall()
    return {
        subject: KeyUse(
            since=max(first, start),
            last_at=last,
            endpoints=frozenset(endpoints),
            networks=() if "" in networks or len(networks) > MAX_NETWORKS else tuple(networks),
        )
        for subject, first, last, endpoints, networks in rows
    }
