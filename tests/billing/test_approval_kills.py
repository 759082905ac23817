"""A process that is killed while it approves has approved and carried out all, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Approval, Tier
from billing.services import approve, check_ledger
from tests.billing.approvals import Kind, ask, person
from tests.billing.killed_processes import run_until_killed
from tests.billing.purchases import balance
from tests.factories import Keys, partner_with_keys

_APPROVE_AND_DIE = """
from accounts.models import User
from billing.models import Approval
from billing.services import approvals
step = sys.argv[3]
if step == "after the decision":
    approvals.carry_out = die
elif step == "before the commit":
    carry_out = approvals.carry_out
    approvals.carry_out = lambda **given: (carry_out(**given), die())
approvals.approve(
    approval=Approval.objects.get(pk=sys.argv[2]),
    approver=User.objects.get(email="ravi@shopiq.test"),
)
die()
"""


@pytest.mark.kills
@pytest.mark.parametrize(
    ("step", "is_done"),
    [("after the decision", False), ("before the commit", False), ("after the commit", True)],
)
def test_a_process_killed_while_it_approves(live_db: None, step: str, is_done: bool) -> None:
    payer: Keys = partner_with_keys()
    ravi = person("ravi@shopiq.test")
    asked = ask(payer.partner, Kind.GRANT, 50_000, tier=Tier.objects.get(pk="starter"))

    run_until_killed(_APPROVE_AND_DIE, asked.pk, step)

    row: Any = Approval.objects.get(pk=asked.pk)
    assert (row.state == "approved", row.carried_out_at is not None) == (is_done, is_done)
    assert balance(payer.partner) == 50_000 * is_done
    if not is_done:
        approve(approval=row, approver=ravi)
    assert balance(payer.partner) == 50_000
    assert check_ledger().ok
