"""What keys with a spend limit have spent."""

from __future__ import annotations

from django.db import models

from accounts.models import Partner
from config.db.owned import OwnedQuerySet


class KeySpending(models.Model):
    """The points that a key and its rolled predecessors spent in their last day and month, in the
    company's time zone.

    `billing_charge` creates the row with the first charge under a spend limit and keeps it from
    then on; refunds are subtracted in the period of their charge. Points in hundredths. A check
    constraint would be parsed for each charge, which takes a third of the time of the counting.
    """

    subject = models.CharField(max_length=24, primary_key=True, db_collation="C")
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    day_points = models.BigIntegerField()
    month = models.DateField(help_text="Its first day.")
    month_points = models.BigIntegerField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "key spending"
        indexes = [models.Index(fields=("partner",), name="key_spending_of_partner")]

    def __str__(self) -> str:
        return self.subject
