"""What every payment gateway can do, whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from billing.models import Purchase


class GatewayError(Exception):
    """The gateway was not reached, failed or refused; for our own log, not for partners.

    `is_refusal` says that asking again as before will not help.
    """

    def __init__(self, message: str, *, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the buyer pays: a page to redirect to, or nothing where the bank has to be told."""

    url: str = ""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay, as the gateway tells it; `at` is when it was captured or failed."""

    id: str
    amount_paise: int
    currency: str
    is_captured: bool
    at: datetime


class Gateway(Protocol):
    """A way to pay. Methods that ask somebody over the network raise `GatewayError`.

    None of them is called inside a transaction.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    payable_for: ClassVar[timedelta | None]
    """How long after its start a purchase can be paid; None where nobody keeps the time."""

    def start(self, purchase: Purchase) -> Checkout:
        """Opens the checkout of a purchase; asked twice, it answers with the same one."""

    def close(self, purchase: Purchase) -> None:
        """Takes no more money for a purchase, as far as the gateway can be told."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        """Every payment that the gateway knows for a purchase, the oldest first."""

    def refund(self, purchase: Purchase) -> str:
        """Gives the whole payment back and returns the refund's id; asked twice, it pays once."""
