"""The counters of the rate limits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.partner import Partner
from config.db.owned import OwnedQuerySet


class RateWindow(models.Model):
    """The calls of the last minute and day; only `accounts_count_call` writes it.

    The table is UNLOGGED, which saves every call the write-ahead log; a crash of the database
    empties it and the counters restart. Each pair of arrays holds slots, oldest first: the time of
    the slot's last call (seconds since 1970) and its number of calls.
    """

    subject = models.CharField(max_length=24, primary_key=True, db_collation="C")
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    minute_at = ArrayField(models.FloatField(), default=list)
    minute_calls = ArrayField(models.IntegerField(), default=list)
    minute_total = models.IntegerField(default=0)
    day_at = ArrayField(models.FloatField(), default=list)
    day_calls = ArrayField(models.IntegerField(), default=list)
    day_total = models.IntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=("partner",), name="rate_window_of_partner")]

    def __str__(self) -> str:
        return self.subject
