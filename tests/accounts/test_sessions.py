"""The list of a user's sessions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.clients import browser_name
from accounts.models import User
from config.db.rotation import count_outdated, rotate_all
from config.pages.sessions import SessionStore, hash_key
from tests.accounts.sign_ins import PASSWORD, text
from tests.config.test_encryption import key_entry
from tests.factories import PartnerFactory
from tests.users import create_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def browser(user_agent: Any) -> Any:
    client = Client(headers={"user-agent": user_agent})
    client.post("/login/", {"login": "priya@nova.test", "password": PASSWORD})
    return client


def test_each_session_is_listed_and_the_current_one_marked(priya: User) -> None:
    browser(EDGE)
    page = text(browser(FIREFOX).get("/sessions/"))
    assert "Edge on Windows" in page
    row = page[page.index("Firefox on Linux") :]
    assert "This browser" in row.partition("</th>")[0]


def test_other_sessions_can_be_signed_out(priya: User) -> None:
    other, own = browser(EDGE), browser(FIREFOX)
    own.post("/sessions/")
    assert own.get("/dashboard/team/").status_code == 200
    assert other.get("/dashboard/team/").status_code == 302
    assert "Sign out all other sessions" not in text(own.get("/sessions/"))


def test_a_dumped_session_signs_no_one_in(priya: User) -> None:
    own = browser(FIREFOX)
    keys = {*Session.objects.values_list("pk", flat=True)}
    keys |= {*UserSession.objects.values_list("session_key", flat=True)}
    assert keys == {hash_key(str(own.session.session_key))}

    thief = Client()
    thief.cookies["sessionid"] = keys.pop()
    assert thief.get("/dashboard/team/").status_code == 302
    thief.cookies["sessionid"] = own.cookies["sessionid"].value
    assert thief.get("/dashboard/team/").status_code == 200


def test_the_data_of_a_session_is_unreadable_and_of_no_use_in_another(priya: User) -> None:
    own, thief = browser(FIREFOX), Client()
    thief.get("/login/")
    session = thief.session
    session["planted"] = True
    session.save()
    thief.cookies["sessionid"] = str(session.session_key)
    stored = Session.objects.get(pk=hash_key(str(own.session.session_key))).session_data
    assert signing_of(stored) is None

    Session.objects.filter(pk=hash_key(str(session.session_key))).update(session_data=stored)

    assert thief.get("/dashboard/team/").status_code == 302


def signing_of(data: str) -> Any:
    """Read a row as Django's own sessions are read."""
    return DjangoStore().decode(data) or None


def test_sessions_outlive_a_change_of_the_encryption_key(priya: User, settings: Any) -> None:
    own = browser(FIREFOX)
    broken = SessionStore()
    broken.create()
    Session.objects.filter(pk=broken.stored_key).update(session_data="v1.broken")
    newest = key_entry(99)
    settings.FIELD_ENCRYPTION_KEYS = [newest, *settings.FIELD_ENCRYPTION_KEYS]
    assert count_outdated() == 2
    list(rotate_all())
    assert count_outdated() == 0

    settings.FIELD_ENCRYPTION_KEYS = [newest]
    assert own.get("/dashboard/team/").status_code == 200
    assert SessionStore(broken.session_key).load() == {}


def test_asynchronous_sessions_are_hashed_as_well() -> None:
    async def use() -> tuple[SessionStore, SessionStore, SessionStore]:
        first = SessionStore()
        await first.aset("word", "kept")
        await first.acreate()
        first["word"] = "kept"
        await first.asave()
        second = SessionStore(first.session_key)
        assert await second.aget("word") == "kept"
        await second.acycle_key()
        assert await second.aexists(str(second.session_key))
        assert not await second.aexists(str(first.session_key))
        third = SessionStore(second.session_key)
        assert await third.aget("word") == "kept"
        await third.aflush()
        return first, second, third

    def run() -> tuple[SessionStore, SessionStore, SessionStore]:
        try:
            return async_to_sync(use)()
        finally:
            connections.close_all()

    # In a thread of its own: a browser test before leaves an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        stores = pool.submit(run).result()
    assert not Session.objects.exists()
    assert SessionStore(stores[1].session_key).load() == {}


def test_sessions_of_others_are_not_shown(priya: User) -> None:
    create_user(PartnerFactory.create(), email="asha@nova.test", password=PASSWORD)
    asha = Client(headers={"user-agent": SAFARI})
    asha.post("/login/", {"login": "asha@nova.test", "password": PASSWORD})
    assert "iPhone" not in text(browser(FIREFOX).get("/sessions/"))


def test_the_last_use_is_recorded_once_in_five_minutes(priya: User) -> None:
    own = browser(FIREFOX)
    sessions = UserSession.objects.filter(user=priya)
    for minutes, is_noted in ((4, False), (6, True)):
        seen = timezone.now() - timedelta(minutes=minutes)
        sessions.update(last_seen_at=seen)
        own.get("/dashboard/team/")
        assert (sessions.get().last_seen_at > seen) == is_noted


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_shown_by_name(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
