"""The scene of a year for development."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, LiveAccessRequest, Partner, User
from billing.models import (
    AlertThreshold,
    Approval,
    Invoice,
    PaymentReturn,
    PayoutLine,
    PointBucket,
    Purchase,
)
from billing.services import check_ledger
from config.db.ids import first_id
from deployments.models import Deployment, Website
from imaging.models import ImageOperation, ProviderCost
from integrations.models import WebhookDelivery
from tests.seed.companies import COMPANIES
from tests.seed.reconciled import booked, counted
from tests.seed.year import KINDS, build_year


def states(model: Any, field: str = "state") -> set[str]:
    return set(model.objects.order_by().values_list(field, flat=True))


#: Every kind of the forty, with some that are busy.
FEW = {**dict.fromkeys(KINDS, 1), "busy": 6}


def test_the_scene_has_forty_partners() -> None:
    assert sum(KINDS.values()) == len(COMPANIES) == 40


HOUR = timedelta(hours=1)
#: Rows that lists sort by their ids, which begin with the time.
_SORTED_BY_IDS: tuple[tuple[Any, str], ...] = (
    (Partner.objects.filter(sandbox_of=None), "created_at"),
    (PointBucket.objects.of_all(), "purchased_at"),
    (Account.objects.of_all(), "created_at"),
    (Website.objects.of_all(), "created_at"),
    (Deployment.objects.of_all(), "created_at"),
    (ImageOperation.objects.of_all(), "created_at"),
)


@pytest.mark.slow
def test_the_scene_has_partners_in_all_states_and_its_books_balance(
    live_db: None, tmp_path: Path
) -> None:
    build_year(password="correct horse", media=tmp_path, kinds=FEW)
    assert Partner.objects.count() == sum(FEW.values())
    assert Partner.objects.filter(is_active=False).count() == FEW["inactive"]
    assert states(LiveAccessRequest) == {"waiting", "declined"}
    assert states(Purchase) >= {"paid", "failed", "cancelled", "expired", "refunded"}
    assert states(Purchase, "gateway") == {"razorpay", "manual", "sandbox"}
    assert states(PaymentReturn, "kind") == {"dispute", "refund"}
    assert PointBucket.objects.filter(owed__gt=0).exists()
    assert AlertThreshold.objects.exclude(alerted_at=None).count() == FEW["near zero"]
    assert ProviderCost.objects.count() == 4
    assert states(Deployment) >= {"live", "failed", "building"}
    assert "failed" in states(WebhookDelivery)
    assert states(Approval) == set(Approval.State)
    assert states(Approval, "kind") >= {"booking", "correction", "grant"}
    assert states(PayoutLine, "kind") == set(PayoutLine.Kind) - {"dispute"}
    assert not User.objects.filter(is_superuser=True).exists()
    for rows, column in _SORTED_BY_IDS:
        for pk, at in rows.values_list("pk", column):
            assert first_id(at - HOUR) < pk < first_id(at + HOUR), rows.model.__name__
    assert check_ledger().ok
    for partner in Partner.objects.filter(sandbox_of=None):
        assert counted(partner) == booked(partner), partner.name
    assert "registered" in states(Invoice, "buyer_kind")
    for series in states(Invoice, "series"):
        rows = Invoice.objects.filter(series=series).order_by("number")
        dates = list(rows.values_list("issued_at", flat=True))
        assert dates == sorted(dates), "documents are numbered in the order of their dates"


def test_production_has_no_scene(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="development only"):
        call_command("fill_scene", stdout=StringIO())
