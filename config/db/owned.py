"""Rows that belong to a partner: `partner_id` names whose they are.

Rows of test keys of the management API belong to the partner's sandbox, which is the owner of its
rows as a partner is. So they are no part of what is read for the partner, unless a page asks for
both with `of_both`.
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models.expressions import Combinable

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)

#: Owner of rows that no partner has: calls without a key, and what the platform did to itself.
#: No partner's row has this id, so a join with the partner leaves them out.
PLATFORM_ID = "0" * 24

#: What the ids of sandboxes begin with: the time of no other id until the year 2106.
SANDBOX_PREFIX = "f" * 8


def sandbox_id(partner_id: str) -> str:
    """Return the id of a partner's sandbox; SQL has it in `accounts_authorize`."""
    return SANDBOX_PREFIX + partner_id[len(SANDBOX_PREFIX) :]


def is_sandbox(partner_id: str) -> bool:
    """Return whether rows of this owner were made with a test key of the management API."""
    return partner_id.startswith(SANDBOX_PREFIX)


class OwnedQuerySet(models.QuerySet[Row_co]):
    """A look-up of owned rows begins with `of`, so that it stays on one partner's rows.

    So the rows of a partner can move to another installation, and no page can show a stranger's.
    """

    def of(self, partner_id: str | Combinable) -> Self:
        """To every other partner these rows do not exist."""
        return self.filter(partner_id=partner_id)

    def locked(self) -> Self:
        """Lock the rows in the order of their keys; two that lock several never deadlock then."""
        return self.select_for_update(of=("self",)).order_by("pk")

    def of_both(self, partner_id: str) -> Self:
        """The rows of a partner and of its sandbox, for pages that say which is which."""
        return self.filter(partner_id__in=(partner_id, sandbox_id(partner_id)))

    def of_all(self) -> Self:
        """For jobs and lists, and for what is unique over all partners, such as a key's hash."""
        return self.all()

    def of_live(self) -> Self:
        """The rows of all partners without those of sandboxes, for figures and searches."""
        return self.filter(partner_id__lt=SANDBOX_PREFIX)

    def of_sandboxes(self) -> Self:
        """The rows of all sandboxes, for jobs that end them."""
        return self.filter(partner_id__gte=SANDBOX_PREFIX)
