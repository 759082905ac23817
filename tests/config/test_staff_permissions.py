"""Staff work by the permissions of their groups, and give no one more than they have."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.models import User
from config.admin import permissions
from config.admin.checks import check_staff_permissions
from config.admin.permissions import (
    ADMIN,
    GROUPS,
    permissions_of_group,
)
from tests.daily import Some
from tests.staff import in_group, superuser

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


def names(group: str) -> set[str]:
    permissions = Permission.objects.filter(group__name=group).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in permissions}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_what_the_apps_registered(group: str) -> None:
    assert names(group) == permissions_of_group(group) != set()


def test_the_admin_group_has_all_that_any_group_has_and_none_reads_saved_mail() -> None:
    assert set().union(*map(names, GROUPS)) == names(ADMIN)
    assert "email.read_saved_mail" not in names(ADMIN)


def test_the_next_migrate_restores_a_group() -> None:
    support = Group.objects.get(name="support")
    support.permissions.set(Permission.objects.filter(codename="change_user"))
    Group.objects.get(name="finance").delete()
    call_command("migrate", verbosity=0)
    for group in ("support", "finance"):
        assert names(group) == permissions_of_group(group)


def test_a_misspelt_permission_or_group_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not list(check_staff_permissions(None))
    monkeypatch.setitem(permissions._registered, "admin", {"billing.view_purchases"})
    [error] = check_staff_permissions(None)
    assert "'billing.view_purchases'" in error.msg
    with pytest.raises(ValueError, match="Unknown groups: sales"):
        permissions.allow("sales", "billing.view_purchase")


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_opens_the_lists_that_it_may_see(group: str, some: Some) -> None:
    staff = in_group(group)
    for model in some(list(admin.site._registry), 2):
        options = model._meta
        name = f"{options.app_label}.view_{options.model_name}"
        status = staff.get(f"/admin/{options.app_label}/{options.model_name}/").status_code
        assert status == (200 if name in permissions_of_group(group) else 403), name


def change(staff: Any, user: User, **fields: Any) -> int:
    form = {"email": user.email, "name": user.name, "is_active": "on", **fields}
    return int(staff.post(f"{USERS}{user.pk}/change/", form).status_code)


def colleague(group: str = "", **fields: Any) -> User:
    user = User.objects.create_verified_user("ravi@shopiq.test", **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def test_no_form_lets_a_person_in_without_an_invitation() -> None:
    user, finance = colleague(), Group.objects.get(name="finance")
    given = {"is_staff": "on", "is_superuser": "on", "groups": [finance.pk]}
    for staff in (in_group(ADMIN), superuser()):
        assert change(staff, user, **given) == 302
        user.refresh_from_db()
        assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_an_admin_takes_over_no_colleague() -> None:
    """Who could sign in as another person would approve their own requests."""
    user, staff = colleague("finance", is_staff=True), in_group(ADMIN)
    before = user.password
    form = {"password1": "a much better one", "password2": "a much better one"}
    page = f"{USERS}{user.pk}/password/"
    assert staff.post(page, {**form, "usable_password": "true"}).status_code == 403
    assert change(staff, user, email="mine@evil.test", is_staff="", name="Renamed") == 302
    user.refresh_from_db()
    assert (user.password, user.email, user.is_staff) == (before, "ravi@shopiq.test", True)
    assert user.name == "Renamed"


@pytest.mark.parametrize("group", ["support", "finance", "operations"])
def test_other_groups_change_no_one(group: str) -> None:
    user = colleague("support", is_staff=True)
    assert change(in_group(group), user, name="Changed") == 403


def test_no_one_changes_a_person_who_may_do_more() -> None:
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.add(Permission.objects.get(codename="read_saved_mail"))
    staff, user = in_group(ADMIN), colleague()
    user.groups.add(beyond)
    assert change(staff, user, name="Changed") == 403
    assert staff.get(f"{USERS}{user.pk}/password/").status_code == 403


@pytest.mark.parametrize("is_active", [True, False])
def test_a_superuser_is_changed_by_superusers_alone(is_active: bool) -> None:
    root = colleague(is_staff=True, is_superuser=True, is_active=is_active)
    TOTP.activate(root, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    reset = {"action": "remove_second_factor", "_selected_action": [root.pk], "confirmed": "yes"}
    reset["reason"] = "Lost phone"
    staff = in_group(ADMIN)
    assert change(staff, root, name="Changed") == 403
    staff.post(USERS, reset)
    assert Authenticator.objects.filter(user=root).exists()
    other = superuser()
    assert change(other, root, name="Changed", is_staff="on", is_superuser="on") == 302
    other.post(USERS, reset)
    assert not Authenticator.objects.filter(user=root).exists()
