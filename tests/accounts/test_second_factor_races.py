"""A one-time code that is sent many times at once works once."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from tests.accounts.authenticator_apps import SECRET, code
from tests.concurrency import run_concurrently
from tests.users import create_user


def test_of_concurrent_sign_ins_one_code_admits_one(live_db: None) -> None:
    TOTP.activate(create_user(None), SECRET)
    now = code()

    accepted = run_concurrently(
        8, lambda _: bool(Authenticator.objects.get().wrap().validate_code(now))
    )

    assert accepted.count(True) == 1
