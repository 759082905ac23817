"""Rows that belong to a partner: `partner_id` names whose they are."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models.expressions import Combinable

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)

#: Owner of rows that no partner has: calls without a key, and what the platform did to itself.
#: No partner's row has this id, so a join with the partner leaves them out.
PLATFORM_ID = "0" * 24


class OwnedQuerySet(models.QuerySet[Row_co]):
    """A look-up of owned rows begins with `of`, so that it stays on one partner's rows.

    So the rows of a partner can move to another installation, and no page can show a stranger's.
    """

    def of(self, partner_id: str | Combinable) -> Self:
        """To every other partner these rows do not exist."""
        return self.filter(partner_id=partner_id)

    def of_all(self) -> Self:
        """For jobs, for staff, and for what is unique over all partners, such as a key's hash."""
        return self.all()
