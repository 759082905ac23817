"""A stolen database or log signs no one in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from config.local.postgres import Server, data_dir
from config.mail.models import OutgoingMail
from tests.accounts.authenticator_apps import SECRET, code
from tests.accounts.enrolment import PAGE as CODE_PAGE
from tests.browsing import Visitor
from tests.database import is_embedded
from tests.factories import PartnerFactory
from tests.test_secrecy import dump, encodings
from tests.users import create_user
from tests.web import WebServer

PASSWORD, WRONG, LATER = "correct horse battery", "wrong horse battery", "later horse battery"


@dataclass
class Secrets:
    """Secrets that may appear nowhere; `codes` are too short to search texts for."""

    texts: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def assert_absent(self, place: str, content: bytes) -> None:
        for secret in self.texts:
            for form in encodings(secret):
                assert form not in content, f"{secret} is in {place}"
        for number in self.codes:
            # Not the fraction of a second.
            assert not re.search(rb"(?<![\w.])%b(?!\w)" % number.encode(), content), place


@pytest.fixture
def people(live_db: None) -> tuple[User, User]:
    """One with an authenticator app, and one who is about to get one."""
    priya = create_user(PartnerFactory.create(), email="priya@nova.test", password=PASSWORD)
    TOTP.activate(priya, SECRET)
    RecoveryCodes.activate(priya)
    return priya, create_user(None, email="asha@nova.test", password=PASSWORD)


def test_a_dump_and_the_logs_sign_no_one_in(
    people: tuple[User, User], web_server: Callable[..., WebServer]
) -> None:
    web = web_server(workers=1, env={"LOG_LEVEL": "DEBUG"})
    log = Server(data_dir()).cluster.log
    before = log.stat().st_size if is_embedded() else 0

    secrets = use_every_way_in(web)
    break_a_constraint(people[0])

    assert Session.objects.count() >= 4
    assert AuditEntry.objects.of_all().exists()
    content = dump()
    secrets.assert_absent("the database", content)
    secrets.texts |= {
        value.split("$")[-1] for value in User.objects.values_list("password", flat=True)
    }
    secrets.assert_absent("the log", web.read_log().encode().lower())
    if is_embedded():
        with log.open("rb") as written:
            written.seek(before)
            secrets.assert_absent("PostgreSQL's log", written.read().lower())


def use_every_way_in(web: WebServer) -> Secrets:
    """Sign in, with and without success, set an app up, and reset a password."""
    owner, thief, newcomer, forgetful = (Visitor(web.url) for _ in range(4))
    used = code()
    found = Secrets({PASSWORD, WRONG, LATER, SECRET}, {used})
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    found.texts.add(spare)
    sign_in = {"login": "priya@nova.test", "password": PASSWORD}
    owner.post("/login/", **{**sign_in, "password": WRONG})
    owner.post("/login/", **sign_in)
    assert "Overview" in owner.post("/2fa/authenticate/", code=used)
    thief.post("/login/", **sign_in)
    assert "incorrect" in thief.post("/2fa/authenticate/", code=used)
    assert "Overview" in thief.post("/2fa/authenticate/", code=spare)

    newcomer.post("/login/", login="asha@nova.test", password=PASSWORD)
    newcomer.post(CODE_PAGE, action="send")
    [emailed] = find_in_mails(r"^\s*(\d{6})\s*$")
    newcomer.post(CODE_PAGE, code=emailed)
    prepared = re.search(r"<code>([A-Z2-7]{32})</code>", newcomer.get("/2fa/totp/activate/"))
    assert prepared
    found.texts.add(prepared[1])
    found.codes.add(emailed)

    forgetful.post("/password/reset/", email="asha@nova.test")
    [link] = find_in_mails(rf"{re.escape(web.url)}(/\S+/reset/key/\S+)")
    found.texts.add(link.strip("/").rpartition("/")[2])
    forgetful.get(link)
    forgetful.post(link, password1=WRONG[:3])
    found.texts |= {visitor.cookie("sessionid") for visitor in (owner, thief, newcomer, forgetful)}
    return found


def find_in_mails(pattern: str) -> set[str]:
    mails = [json.loads(mail.get_decrypted("content")) for mail in OutgoingMail.objects.all()]
    return {found for mail in mails for found in re.findall(pattern, mail["body"], re.MULTILINE)}


def break_a_constraint(user: User) -> None:
    """PostgreSQL would name the row, and log the statement with its values."""
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=user.email, password=LATER, name="Other")
