"""The ledger's mix of events, with what staff ask for, approve, decline and let lapse among it."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, precondition, rule

from billing.models import Approval, Purchase, Tier
from billing.services import approve, decline_approval, lapse_approvals, withdraw_approval
from billing.services.approval_preview import OBSTACLES, preview_approval
from imaging.services import InsufficientPoints, Operation
from tests.billing.approvals import Kind, ask, ask_refund, let_lapse, person
from tests.billing.fifo import Insufficient
from tests.billing.ledger_machine import _BUCKETS, TIERS, _rows
from tests.billing.ledger_model import Model, ModelBucket, ModelCharge
from tests.billing.operations import prices_by_tier, start
from tests.billing.parallel import race
from tests.billing.purchase_machine import PurchaseMachine

ANY = st.integers(0, 1_000)
State = Approval.State


class ApprovalMachine(PurchaseMachine):
    """One person asks, two others decide, while calls use the points."""

    refund_a_purchase = None  # type: ignore[assignment]  # asked for and approved below
    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.ravi, self.mira = person("ravi@shopiq.test"), person("mira@shopiq.test")
        self.states: dict[str, str] = {}

    def _asked(self, approval: Approval) -> Approval:
        self.states[approval.pk] = "pending"
        return approval

    @rule(target=requests, tier=st.sampled_from(TIERS), points=st.integers(1, 2_500))
    def ask_for_a_grant(self, tier: str, points: int) -> Approval:
        row = Tier.objects.get(pk=tier)
        return self._asked(ask(self.keys.partner, Kind.GRANT, points, tier=row))

    @rule(target=requests, which=ANY, points=st.integers(-2_000, 2_000).filter(bool))
    def ask_for_a_correction(self, which: int, points: int) -> Approval:
        bucket_id = list(self.model.buckets)[which % len(self.model.buckets)]
        asked = ask(self.keys.partner, Kind.CORRECTION, points, bucket_id=bucket_id)
        return self._asked(asked)

    @rule(target=requests, purchase_id=PurchaseMachine.purchases, unspent=st.booleans())
    def ask_for_a_refund(self, purchase_id: str, unspent: bool) -> Approval:
        purchase = Purchase.objects.get(pk=purchase_id)
        return self._asked(ask_refund(purchase, unspent=unspent))

    @rule(request=requests)
    def preview(self, request: Approval) -> None:
        """Shown is what the model expects; nothing changes."""
        if self.states[request.pk] == "pending":
            expected = deepcopy(self.model)
            is_possible = self._carry_out(expected, request)
            shown = preview_approval(approval=request, viewer=self.ravi)
            assert (not shown.problem, shown.after.points) == (is_possible, expected.balance)

    @rule(request=requests)
    def approve(self, request: Approval) -> None:
        expected = deepcopy(self.model)
        is_pending = self.states[request.pk] == "pending"
        is_done = is_pending and self._carry_out(expected, request)
        try:
            approve(approval=request, approver=self.ravi)
        except OBSTACLES:
            assert not is_done
            return
        assert is_done
        self.states[request.pk], self.model = "approved", expected

    @precondition(lambda self: "pending" in self.states.values())
    @rule(which=ANY)
    def approve_twice_at_once_beside_a_call(self, which: int) -> None:
        pending = [key for key, state in self.states.items() if state == "pending"]
        request = Approval.objects.of_all().get(pk=pending[which % len(pending)])
        results: list[Any] = race(
            partial(approve, approval=request, approver=self.ravi),
            partial(approve, approval=request, approver=self.mira),
            partial(start, self.keys),
        )
        approved = [x for x in results[:2] if not isinstance(x, Exception)]
        assert len(approved) <= 1
        assert all(isinstance(x, (Approval, *OBSTACLES)) for x in results[:2]), results
        assert isinstance(results[2], Operation | InsufficientPoints), results
        self.model = self._either_order(request, results[2], is_done=bool(approved))
        if approved:
            self.states[request.pk] = "approved"

    def _either_order(self, request: Approval, call: Any, *, is_done: bool) -> Model:
        """Return the model in which the call came first, or the approval, as the rows tell."""
        found = {key: row[1] for key, row in _rows(_BUCKETS).items() if key != self.bystander.id}
        for is_call_first in (True, False):
            model = deepcopy(self.model)
            steps = [partial(self._call, model, call), partial(self._carry_out, model, request)]
            results = [step() for step in (steps if is_call_first else steps[::-1])]
            did_call, did_move = results if is_call_first else results[::-1]
            as_told = (did_call, did_move) == (isinstance(call, Operation), is_done)
            if as_told and {key: b.remaining for key, b in model.buckets.items()} == found:
                return model
        raise AssertionError(f"neither order leads to {found}")

    def _call(self, model: Model, call: Any) -> bool:
        drawn = model.draw(prices_by_tier("create", "fast"))
        if isinstance(drawn, Insufficient):
            return False
        if isinstance(call, Operation):
            cost = prices_by_tier("create", "fast")[drawn.tier]
            model.reserve(ModelCharge(call, "create", "fast", cost, drawn.lines))
        return True

    @rule(request=requests, is_lapsed=st.booleans())
    def decline_or_lapse(self, request: Approval, is_lapsed: bool) -> None:
        is_pending = self.states[request.pk] == "pending"
        if not is_pending:
            for end in (
                partial(decline_approval, approver=self.ravi, note="No"),
                partial(withdraw_approval, asker=request.requested_by),
            ):
                try:
                    end(approval=request)
                except OBSTACLES:
                    continue
                raise AssertionError("ended twice")
        elif is_lapsed:
            let_lapse(request)
            assert lapse_approvals() == 1
            self.states[request.pk] = "lapsed"
        else:
            decline_approval(approval=request, approver=self.ravi, note="No")
            self.states[request.pk] = "declined"

    def _carry_out(self, model: Model, request: Approval) -> bool:
        """Change the model as an approval would; return False if it is impossible."""
        if request.kind == Kind.GRANT:
            tier = str(request.tier_id)
            model.buckets[request.pk] = ModelBucket(tier, request.points, request.points)
            return True
        if request.kind == Kind.CORRECTION:
            return model.correct(str(request.bucket_id), request.points)
        purchase = Purchase.objects.get(pk=request.purchase_id)
        return model.refund_purchase(str(purchase.bucket_id), is_whole=not request.is_unspent_only)

    @invariant()
    def requests_end_once_and_are_carried_out_when_approved(self) -> None:
        """All but those for bank transfers, which `buy` has approved at once."""
        mine = Approval.objects.of_all().exclude(kind=Kind.BOOKING)
        rows = mine.values_list("pk", "state", "carried_out_at")
        assert {key: (state, bool(at)) for key, state, at in rows} == {
            key: (state, state == "approved") for key, state in self.states.items()
        }
