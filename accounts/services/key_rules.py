"""The limits on keys and whitelists, and the errors that explain them to users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Active image keys per partner, live and test together (API documentation, Creating API Keys).
MAX_ACTIVE_IMAGE_KEYS = 10
MAX_ACTIVE_MANAGEMENT_TEST_KEYS = 10
#: Entries per whitelist.
MAX_NETWORKS = 100


class KeyRuleError(Exception):
    """A rule for keys is violated; the text explains it to the user."""

    text: StrOrPromise = ""

    def __str__(self) -> str:
        return str(self.text)


class TooManyKeys(KeyRuleError):
    text = format_lazy(
        gettext_lazy("All {number} keys are in use. Revoke one that you no longer need."),
        number=MAX_ACTIVE_IMAGE_KEYS,
    )


class TooManyNetworks(KeyRuleError):
    """Whitelists are limited because every call is checked against one."""

    text = format_lazy(
        gettext_lazy(
            "A whitelist can have {number} entries at most. Combine addresses into networks."
        ),
        number=MAX_NETWORKS,
    )


class ManagementKeyExists(KeyRuleError):
    """A partner has one management key; rolling it creates a new one."""

    text = gettext_lazy("You already have a management key. Roll it to get a new one.")


class TooManyTestKeys(KeyRuleError):
    """Test keys of the management API do not count as image keys."""

    text = format_lazy(
        gettext_lazy(
            "All {number} test keys of the management API are in use. "
            "Revoke one that you no longer need."
        ),
        number=MAX_ACTIVE_MANAGEMENT_TEST_KEYS,
    )


class LiveNotApproved(KeyRuleError):
    """Staff have not approved this partner for live keys."""

    text = gettext_lazy("Live keys need approval by ShopIQ. Test keys work now.")


class SpendsNothing(KeyRuleError):
    """Test and management keys cost no points."""

    text = gettext_lazy("Only live keys spend points. Leave the spend limits empty.")


class KeyInactive(KeyRuleError):
    """Revoked and expired keys cannot be changed."""

    text = gettext_lazy("A revoked or expired key cannot be changed. Create a new one.")


class AlreadyRolled(KeyRuleError):
    """Another key has replaced this one, so its expiry is fixed."""

    text = gettext_lazy("This key was already rolled. It stops working when the overlap ends.")


class AlreadyCreated(KeyRuleError):
    """This form was submitted before."""

    text = gettext_lazy("This key was already created. A key is shown only once.")


class UnknownEndpoint(Exception):
    """A permission names an endpoint that this kind of key cannot call."""
