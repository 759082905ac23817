"""Partners, their members, keys and accounts, and the logs of what they did."""

from accounts.models.account import Account, AutoLoginLink
from accounts.models.activity import KeyActivity
from accounts.models.alert import Alert, AlertLimit, AlertPreference, AlertQuerySet
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.key import ApiKey, ApiKeyUse, Environment
from accounts.models.log import AuditDigest, AuditEntry, DailyCalls, RequestLog
from accounts.models.network import AllowedNetwork
from accounts.models.partner import Invitation, Member, Partner
from accounts.models.rate_window import RateWindow
from accounts.models.refused_calls import RefusedCalls
from accounts.models.staff_invitation import StaffInvitation
from accounts.models.staff_work import LiveAccessRequest, PartnerNote, PartnerViewing
from accounts.models.user import SecurityEvent, User

__all__ = [
    "Account",
    "Alert",
    "AlertLimit",
    "AlertPreference",
    "AlertQuerySet",
    "AllowedNetwork",
    "ApiKey",
    "ApiKeyUse",
    "AuditDigest",
    "AuditEntry",
    "AutoLoginLink",
    "DailyCalls",
    "Environment",
    "IdempotencyRecord",
    "Invitation",
    "KeyActivity",
    "LiveAccessRequest",
    "Member",
    "Partner",
    "PartnerNote",
    "PartnerViewing",
    "RateWindow",
    "RefusedCalls",
    "RequestLog",
    "SecurityEvent",
    "StaffInvitation",
    "User",
]
