"""An order that is sent twice at once."""

from __future__ import annotations

from billing.models import Purchase
from tests.billing.pages import DETAILS, order, token_of
from tests.billing.purchases import bill_to
from tests.concurrency import run_concurrently
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user


def test_one_form_sent_by_two_clicks_at_once_makes_one_purchase(live_db: None) -> None:
    partner = PartnerFactory.create()
    bill_to(partner, **DETAILS)
    user = create_user(partner)
    browsers = [browser_of(user) for _ in range(4)]
    token = token_of(browsers[0])

    responses = run_concurrently(4, lambda number: order(browsers[number], token=token))

    assert [response.status_code for response in responses] == [302] * 4
    assert Purchase.objects.count() == 1
