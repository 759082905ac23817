"""One partner of the seed data, built up app by app."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from accounts.models import ApiKey, Partner, User
from accounts.services.authorization import Admission


@dataclass
class Side:
    """A partner with rows of everything, and its people's addresses at `domain`.

    `size` is how many there are of what there can be many of, `rows` names one row of each kind by
    its noun, `secrets` is what no page may ever show.
    """

    partner: Partner
    domain: str
    size: int
    random: Random
    people: dict[str, User] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def admission(self, key: str) -> Admission:
        """Return the admission of a call with one of the partner's keys."""
        held = self.keys[key]
        return Admission(
            None, self.partner.id, self.partner.name, held.id, held.environment, None, None, None
        )

    @property
    def owner(self) -> User:
        return self.people["owner"]
