"""The interface of payment gateways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol

from billing.models import PaymentReturn, PayoutLine, Purchase


class GatewayError(Exception):
    """The gateway was unreachable, failed or refused; the message is for the log, not for partners.

    `is_permanent` means that retrying will not help.
    """

    def __init__(self, message: str, *, is_permanent: bool = False) -> None:
        self.is_permanent = is_permanent


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the buyer pays: a page to redirect to, or nothing for a bank transfer."""

    url: str = ""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment attempt as reported by the gateway; `at` is when it was captured or failed.

    A captured payment stays captured when it is refunded; `remaining_paise` then decides.
    """

    id: str
    amount_paise: int
    currency: str
    is_captured: bool
    at: datetime
    refunded_paise: int = 0

    @property
    def remaining_paise(self) -> int:
        return self.amount_paise - self.refunded_paise


@dataclass(frozen=True, slots=True)
class Return:
    """A refund or dispute as reported by the gateway; `amount_paise` goes back or may go back."""

    id: str
    payment_id: str
    kind: PaymentReturn.Kind
    state: PaymentReturn.State
    amount_paise: int
    currency: str
    at: datetime
    reason: str = ""
    respond_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payout:
    """A line of what the gateway paid out to the seller's bank account; amounts in paise.

    `gross` is below zero for money that went back; `fee` includes `fee_tax`. `id` names the
    payment, refund or correction, `payout_id` the transfer to the bank.
    """

    id: str
    kind: PayoutLine.Kind
    payment_id: str
    payout_id: str
    bank_reference: str
    gross: int
    fee: int
    fee_tax: int
    at: datetime


class Gateway(Protocol):
    """A payment method. Methods that use the network raise `GatewayError`.

    None of them may be called inside a transaction.
    """

    name: ClassVar[str]
    payable_for: ClassVar[timedelta | None]
    """How long after its start a purchase can be paid; None for no limit."""
    reports_returns: ClassVar[bool]
    """Whether it knows of refunds and disputes that were not made here."""
    is_booked_by_staff: ClassVar[bool]
    """Whether payments take an approval, rather than being booked as they are reported."""

    @property
    def label(self) -> str:
        """Name the method in the current language."""

    @property
    def summary(self) -> str:
        """Say how it is paid and when points are added, for the buyer who chooses."""

    def start(self, purchase: Purchase) -> Checkout:
        """Open the checkout of a purchase; repeated calls return the same one."""

    def close(self, purchase: Purchase) -> None:
        """Stop accepting payments for a purchase, if the gateway supports it."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        """Return all payments of a purchase, oldest first."""

    def fetch_returns(self, purchase: Purchase) -> list[Return]:
        """Return the refunds of a paid purchase, and its disputes if they are listed by payment."""

    def fetch_disputes(self, since: datetime) -> list[Return]:
        """Return the disputes of all payments that are not listed by payment."""

    def fetch_payouts(self, day: date) -> list[Payout]:
        """Return all lines that were paid out on a day in India."""

    def refund(self, purchase: Purchase, amount_paise: int) -> str:
        """Refund the payment or a part of it, and return the refund's ID.

        Repeated calls with the same `refund_to_paise` of the purchase refund once.
        """


def refund_key(purchase: Purchase, amount_paise: int) -> str:
    """Return what all attempts at one refund have in common."""
    is_whole = amount_paise == purchase.paid_paise
    return purchase.pk if is_whole else f"{purchase.pk}-{purchase.refund_to_paise}"
