"""Creates partners from the command line: `create_partner`, and the demo partner of `bin/run`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from accounts.models import Partner, User
from accounts.services.partners import NewPartner, create_partner
from billing.models import Package
from billing.services import Operator, grant_package

DEMO_EMAIL = "demo@example.com"
STAFF_EMAIL = "staff@example.com"


def create_partner_with_points(
    *,
    name: str,
    email: str,
    packages: Sequence[Package],
    operator: Operator,
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
) -> NewPartner:
    """Create a partner that is ready for live requests. Raises like `create_partner`."""
    with transaction.atomic():
        created = create_partner(
            name=name,
            email=email,
            actor=operator.actor,
            requests_per_minute=requests_per_minute,
            requests_per_day=requests_per_day,
        )
        for package in packages:
            grant_package(partner=created.partner, package=package, operator=operator)
    return created


def create_demo() -> tuple[NewPartner, str] | None:
    """Create the demo partner and a staff user; return them with the staff password.

    Returns None if there are partners already, and in production, where no password may be printed.
    """
    if settings.IS_PRODUCTION or Partner.objects.exists():
        return None
    with transaction.atomic():
        created = create_partner_with_points(
            name="Demo Partner",
            email=DEMO_EMAIL,
            packages=[Package.objects.get(code="pack_25000")],
            operator=Operator("bootstrap_demo"),
        )
        staff_password = secrets.token_urlsafe(12)
        User.objects.create_superuser(STAFF_EMAIL, staff_password, name="Staff")
    return created, staff_password


def dashboard_url() -> str:
    return f"{settings.PUBLIC_URL}/dashboard/"
