"""Audit actions are registered by the app that records them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from accounts.audit import (
    AuditAction,
    UnregisteredAction,
    describe_action,
    register_actions,
    registered_actions,
    registered_subjects,
)
from accounts.models import AuditEntry
from accounts.services.audit import record_api_audit, record_audit
from integrations.models import ConnectionEvent
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

ACTIONS = pytest.mark.parametrize("action", registered_actions(), ids=lambda each: each.name)


def test_an_unregistered_action_is_not_recorded(db: None) -> None:
    partner = PartnerFactory.create()
    with pytest.raises(UnregisteredAction, match=r"key\.lost"):
        record_audit(partner=partner, actor="test", action="key.lost")
    with pytest.raises(UnregisteredAction, match=r"key\.lost"):
        record_api_audit(admission=cast(Any, None), action="key.lost", target="")
    assert not AuditEntry.objects.filter(action="key.lost").exists()


def test_two_apps_cannot_register_the_same_name() -> None:
    with pytest.raises(ValueError, match=r"key\.created"):
        register_actions(AuditAction("key.created", "Something else"))
    assert describe_action("key.created").label == "Created an API key"


@ACTIONS
def test_the_page_of_a_registered_action_exists(action: AuditAction) -> None:
    assert bool(action.target_url("0" * 24)) == bool(action.page or action.target_page)


def test_composed_action_names_are_registered() -> None:
    made = {f"connection.{kind}" for kind in ConnectionEvent.Kind.values}
    assert made <= {action.name for action in registered_actions()}


def test_only_actions_on_the_platform_itself_have_no_subject() -> None:
    of_the_platform = {action.name for action in registered_actions() if not action.subject}
    assert of_the_platform == {
        "approval.approved",
        "approval.declined",
        "approval.lapsed",
        "approval.requested",
        "approval.withdrawn",
        "integration.changed",
        "integration.registered",
        "login.sign_up_rejected",
        "login.unknown_address",
        "price.changed",
        "provider_cost.set",
        "price.withdrawn",
        "package.added",
        "package.changed",
        "partner.owner_assigned",
        "report.downloaded",
        "staff.confirmed",
        "staff.invited",
        "staff.invitation_withdrawn",
        "staff.joined",
    }
    assert {each.name for each in registered_subjects()} == {
        "keys",
        "team",
        "merchants",
        "points",
        "shops",
        "sign-in",
        "images",
        "staff",
    }


def test_an_entry_of_a_retired_action_is_shown_by_its_name(db: None) -> None:
    partner = PartnerFactory.create()
    AuditEntry.objects.create(partner=partner, actor="command:x", action="key.melted_down")
    page = browser_of(create_user(partner)).get("/dashboard/audit/").content.decode()
    assert "Key melted down" in page
