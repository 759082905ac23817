"""Admin pages for partners, keys and users; importing a module registers its pages."""

from accounts.admin import (
    account,
    alert,
    key,
    key_acts,
    limits,
    log,
    member,
    partner,
    partner_acts,
    personal_data,
    revocation_acts,
    staff,
    staff_work,
    user,
)

__all__ = [
    "account",
    "alert",
    "key",
    "key_acts",
    "limits",
    "log",
    "member",
    "partner",
    "partner_acts",
    "personal_data",
    "revocation_acts",
    "staff",
    "staff_work",
    "user",
]
