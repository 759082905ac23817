from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.models import Purchase
from billing.services import PaymentUnavailable, reconcile_pending, reconcile_purchase


class Command(BaseCommand):
    help = "Ask the gateways for payments that nobody told us of, and finish refunds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "reference", nargs="?", help="one purchase, however old; otherwise all that are due"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if reference := options["reference"]:
            self._look_at(reference)
        else:
            self.stdout.write(f"{reconcile_pending()} purchases looked at.")

    def _look_at(self, reference: str) -> None:
        try:
            purchase = reconcile_purchase(purchase=Purchase.objects.get(reference=reference))
        except Purchase.DoesNotExist:
            raise CommandError(f"There is no purchase {reference}.") from None
        except PaymentUnavailable:
            raise CommandError("The gateway does not answer; try again later.") from None
        self.stdout.write(f"{reference}: {purchase.get_state_display()}")
