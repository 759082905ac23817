"""What staff do with one key."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.forms.staff import KeyRulesForm
from accounts.models import ApiKey
from accounts.services.key_rules import KeyRuleError
from accounts.services.keys import edit_key
from accounts.services.staff_revocations import revoke_key_by_staff
from config.admin.acts import Act, confirm_act, object_act, posted
from config.admin.options import actor_of
from config.admin.pages import staff_page
from config.admin.sections import Section


@staff_page(
    title="Revoke a key",
    name="key-revoke",
    route="accounts/apikey/<id:key_id>/revoke/",
    permission="accounts.change_apikey",
    section=Section.PARTNERS,
)
def revoke_one_key(request: HttpRequest, key_id: str) -> HttpResponse:
    key = _key(key_id)
    act = Act(
        title="Revoke this key?",
        consequence="It stops working at once. This can't be undone. The owners are emailed the "
        "reason.",
        button="Revoke key",
        back=reverse("admin:accounts_apikey_change", args=[key.pk]),
        facts=_facts_of_key(key),
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        is_new = revoke_key_by_staff(key=key, actor=actor_of(request), **given)
        return "Key revoked." if is_new else "The key was revoked already."

    return confirm_act(request, act, perform)


@staff_page(
    title="Change a key's permissions and limits",
    name="key-rules",
    route="accounts/apikey/<id:key_id>/rules/",
    permission="accounts.set_limits",
    section=Section.PARTNERS,
)
def change_key_rules(request: HttpRequest, key_id: str) -> HttpResponse:
    key = _key(key_id)
    act = Act(
        title="Change permissions and limits of this key",
        consequence="They apply from the next request.",
        button="Save",
        back=reverse("admin:accounts_apikey_change", args=[key.pk]),
        facts=_facts_of_key(key),
    )

    def perform(given: dict[str, Any]) -> str:
        edit_key(key=key, actor=actor_of(request), **given)
        return "Permissions and limits changed."

    form = KeyRulesForm(posted(request), key=key)
    return confirm_act(request, act, perform, form=form, errors=(KeyRuleError,))


def _key(key_id: str) -> ApiKey:
    keys = ApiKey.objects.of_all().select_related("partner", "replaced_by")
    return get_object_or_404(keys, pk=key_id)


def _facts_of_key(key: ApiKey) -> list[tuple[str, Any]]:
    return [
        ("Key", str(key)),
        ("Kind", key.get_environment_display()),
        ("Status", key.state.label),
        ("Partner", key.partner.name),
    ]


object_act(
    "accounts.apikey",
    label="Revoke",
    page="key-revoke",
    permission="accounts.change_apikey",
    applies=lambda key: key.revoked_at is None,
)
object_act(
    "accounts.apikey",
    label="Change permissions and limits",
    page="key-rules",
    permission="accounts.set_limits",
    applies=lambda key: key.is_active,
)
