"""The team page and its settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Member, Partner, User
from accounts.services.invitations import invite_member
from tests.accounts.sign_ins import text
from tests.factories import PartnerFactory
from tests.staff import superuser
from tests.users import ROLES, browser_of, create_user

pytestmark = pytest.mark.django_db

TEAM = "/dashboard/team/"


@pytest.fixture
def owner(partner: Partner) -> User:
    return create_user(partner, email="owner@nova.test")


@pytest.fixture
def client(owner: User) -> Client:
    return browser_of(owner)


@pytest.fixture
def viewer(partner: Partner) -> Member:
    user = create_user(partner, Member.Role.VIEWER, email="viewer@nova.test")
    return Member.objects.get(user=user)


def last_audit() -> Any:
    entry = AuditEntry.objects.latest("at")
    return entry.action, entry.actor, entry.target


@pytest.mark.parametrize("role", ROLES)
def test_all_members_see_the_team_and_only_owners_its_controls(
    partner: Partner, owner: User, role: str
) -> None:
    page = text(browser_of(create_user(partner, role)).get(TEAM))
    assert "owner@nova.test" in page
    assert ("Invite member" in page) == (role == Member.Role.OWNER)


@pytest.mark.parametrize("role", [role for role in ROLES if role != Member.Role.OWNER])
def test_only_owners_manage_the_team(
    partner: Partner, owner: User, viewer: Member, role: str
) -> None:
    made = invite_member(partner=partner, email="new@nova.test", role="viewer", inviter=owner)
    client = browser_of(create_user(partner, role))
    pages = ["invite/", "name/", "second-factor/", f"{viewer.pk}/", f"{viewer.pk}/remove/"]
    for page in [*pages, f"invitations/{made.pk}/resend/", f"invitations/{made.pk}/withdraw/"]:
        assert client.post(TEAM + page).status_code == 403, page


def test_the_team_of_another_partner_does_not_exist(client: Client, owner: User) -> None:
    other = PartnerFactory.create()
    stranger = Member.objects.get(user=create_user(other))
    made = invite_member(partner=other, email="new@nova.test", role="viewer", inviter=owner)
    for page in [f"{stranger.pk}/", f"{stranger.pk}/remove/", f"{10**30}/"]:
        assert client.get(TEAM + page).status_code == 404
        assert client.post(TEAM + page).status_code == 404
    for action in ("resend", "withdraw"):
        assert client.post(f"{TEAM}invitations/{made.pk}/{action}/").status_code == 404
    assert Member.objects.filter(pk=stranger.pk).exists()


@pytest.mark.parametrize(
    "page", ["invite/", "name/", "second-factor/", "leave/", "{viewer}/", "{viewer}/remove/"]
)
def test_changes_of_the_team_require_a_recent_sign_in(
    owner: User, viewer: Member, page: str
) -> None:
    owner.set_password("correct horse battery")
    owner.save()
    client = browser_of(owner, fresh=False)
    for ask in (client.get, client.post):
        response = ask(TEAM + page.format(viewer=viewer.pk))
        assert response.headers["Location"].startswith(
            "/reauthenticate/?next=%2Fdashboard%2Fteam%2F"
        )


def test_a_role_is_changed(client: Client, viewer: Member) -> None:
    client.post(f"{TEAM}{viewer.pk}/", {"role": "admin"})
    viewer.refresh_from_db()
    assert viewer.role == Member.Role.ADMIN
    assert last_audit() == ("member.role_changed", "owner@nova.test", "viewer@nova.test")


def test_an_unknown_role_is_rejected(client: Client, viewer: Member) -> None:
    assert client.post(f"{TEAM}{viewer.pk}/", {"role": "king"}).context["form"].errors["role"]


def test_a_removed_member_loses_access(client: Client, viewer: Member) -> None:
    theirs = browser_of(viewer.user)
    assert theirs.get(TEAM).status_code == 200
    assert "loses access" in text(client.get(f"{TEAM}{viewer.pk}/remove/"))
    client.post(f"{TEAM}{viewer.pk}/remove/")
    assert last_audit() == ("member.removed", "owner@nova.test", "viewer@nova.test")
    assert "You don't belong to a company yet" in text(theirs.get(TEAM))


@pytest.mark.parametrize("page", ["{me}/remove/", "leave/"])
def test_the_last_owner_cannot_leave(client: Client, viewer: Member, page: str) -> None:
    me = Member.objects.get(role=Member.Role.OWNER)
    assert "A team needs at least one owner" in text(client.post(TEAM + page.format(me=me.pk)))
    response = client.post(f"{TEAM}{me.pk}/", {"role": "viewer"})
    assert "A team needs at least one owner" in text(response)
    me.refresh_from_db()
    assert me.role == Member.Role.OWNER


def test_other_members_can_leave(client: Client, viewer: Member) -> None:
    browser_of(viewer.user).post(f"{TEAM}leave/")
    assert not Member.objects.filter(pk=viewer.pk).exists()
    assert last_audit() == ("member.left", "viewer@nova.test", "viewer@nova.test")


def test_the_company_is_renamed(client: Client, partner: Partner) -> None:
    client.post(f"{TEAM}name/", {"company": "Nova Stores"})
    partner.refresh_from_db()
    assert partner.name == "Nova Stores"
    assert last_audit() == ("partner.renamed", "owner@nova.test", partner.id)


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b", "a\nb"])
def test_an_invalid_company_name_is_rejected(client: Client, partner: Partner, name: str) -> None:
    assert client.post(f"{TEAM}name/", {"company": name}).context["form"].errors
    partner.refresh_from_db()
    assert partner.name == "Nova Retail"


def test_the_page_costs_as_many_queries_for_many_members_as_for_one(
    client: Client, partner: Partner, owner: User
) -> None:
    def cost(number: Any) -> Any:
        for index in range(number):
            create_user(partner, Member.Role.VIEWER)
            invite_member(
                partner=partner, email=f"{number}-{index}@nova.test", role="viewer", inviter=owner
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(TEAM)
        return len(queries)

    assert cost(1) == cost(40)


def test_one_of_several_companies_is_chosen(client: Client, owner: User, partner: Partner) -> None:
    second = PartnerFactory.create(name="Orchid Foods")
    Member.objects.create(partner=second, user=owner)
    assert 'sidebar-partner">Orchid Foods<' in text(client.get(TEAM))
    client.post("/dashboard/company/choose/", {"partner": partner.pk})
    assert 'sidebar-partner">Nova Retail<' in text(client.get(TEAM))


@pytest.mark.parametrize("chosen", ["", "\x00", "f" * 24, None])
def test_a_foreign_company_cannot_be_chosen(client: Client, chosen: str | None) -> None:
    chosen = PartnerFactory.create().pk if chosen is None else chosen
    response = client.post("/dashboard/company/choose/", {"partner": chosen})
    assert response.status_code == 404
    assert "Nova Retail" in text(client.get(TEAM))


def test_a_user_without_a_partner_creates_one(db: None) -> None:
    client = browser_of(create_user(None))
    assert 'href="/dashboard/company/new/"' in text(client.get("/dashboard/"))
    client.post("/dashboard/company/new/", {"company": "Orchid Foods"})
    assert Member.objects.get().partner.live_approved_at is None
    client.post("/dashboard/company/new/", {"company": "Another"})
    assert Partner.objects.get().name == "Orchid Foods"


def test_anonymous_users_are_redirected_to_sign_in() -> None:
    assert Client().get(TEAM).headers["Location"] == "/login/?next=/dashboard/team/"


def test_approving_a_partner_emails_its_owners(
    owner: User, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    partner = Partner.objects.get()
    Partner.objects.update(live_approved_at=None)
    staff = superuser("root@shopiq.test")
    form = {"action": "approve", "_selected_action": [partner.pk]}
    assert "Approve these partners" in text(staff.post("/admin/accounts/partner/", form))
    for named in ("Nova Retail", "none (all already approved)"):
        with django_capture_on_commit_callbacks(execute=True):
            page = staff.post("/admin/accounts/partner/", {**form, "confirmed": "yes"}, follow=True)
        assert f"Approved: {named}." in text(page)
    partner.refresh_from_db()
    assert partner.live_approved_at is not None
    assert last_audit() == ("partner.approved", "root@shopiq.test", partner.id)
    assert [mail.to for mail in mailoutbox] == [["owner@nova.test"]]
    assert mailoutbox[0].subject == "Nova Retail is approved for live access"
