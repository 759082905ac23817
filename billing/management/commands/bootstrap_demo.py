from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.services.partners import NewPartner
from billing.services.onboarding import STAFF_EMAIL, create_demo, dashboard_url

_WELCOME = """
ShopIQ is set up. These credentials are shown only once:

  Dashboard       {dashboard}
    email         {email}
    password      {password}
  Administration  {admin}
    email         {staff_email}
    password      {staff_password}
  Mail            {admin}mail/ (saved here, not sent)
  Management key  {management_key}
  Live image key  {live_key}
  Test image key  {test_key}

Create an image, paid with the demo partner's 25,000 points:

curl -s {api}/partner/v1/image/create \\
  -H "X-API-Key: {live_key}" \\
  -H "Content-Type: application/json" \\
  -d '{{"prompt": "A terracotta vase with olive branches, morning light", "aspectRatio": "4:3"}}'

"""


class Command(BaseCommand):
    help = "On the first run, create a demo partner and a staff login and print their credentials."

    def handle(self, *args: Any, **options: Any) -> None:
        if demo := create_demo():
            self.stdout.write(_welcome(*demo))


def _welcome(created: NewPartner, staff_password: str) -> str:
    return _WELCOME.format(
        dashboard=dashboard_url(),
        email=created.owner.email,
        password=created.password,
        admin=f"{settings.PUBLIC_URL}/admin/",
        staff_email=STAFF_EMAIL,
        staff_password=staff_password,
        management_key=created.management_key,
        live_key=created.live_key,
        test_key=created.test_key,
        api=settings.PUBLIC_URL,
    )
