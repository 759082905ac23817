from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.models import Purchase
from billing.services import PaymentUnavailable, reconcile_pending, reconcile_purchase


class Command(BaseCommand):
    help = "Check the gateways for missed payments and finish interrupted refunds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "reference", nargs="?", help="a single purchase of any age; otherwise all that are due"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if reference := options["reference"]:
            self._check(reference)
        else:
            self.stdout.write(f"{reconcile_pending()} purchases checked.")

    def _check(self, reference: str) -> None:
        try:
            purchases = Purchase.objects.of_all()
            purchase = reconcile_purchase(purchase=purchases.get(reference=reference))
        except Purchase.DoesNotExist:
            raise CommandError(f"Purchase {reference} not found.") from None
        except PaymentUnavailable:
            raise CommandError("The gateway is not responding. Try again later.") from None
        self.stdout.write(f"{reference}: {purchase.get_state_display()}")
