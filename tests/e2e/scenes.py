"""Every page of the platform, with the user who opens it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import time
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from accounts.models import User
from config.pages.sessions import hash_key
from tests.dashboard.pages import Page, all_pages, partner_pages, readable
from tests.e2e.conftest import listen
from tests.seed import SeedData, build_newcomer, build_seed_data
from tests.seed.history import ago
from tests.staff import superuser
from tests.users import browser_of
from tests.waiting import PAGE_TIMEOUT
from tests.web import WebServer

#: Tags and classes of what reaches beyond the window.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const nodes = [...document.querySelectorAll("main *")];
  const wide = nodes.filter((node) => node.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 3).map((node) => `${node.localName}.${node.className}`).join(", ") || "?";
}"""


@dataclass(frozen=True)
class Scene:
    """One page to look at; `person` is a key of `Cast.browsers`.

    `typed` is what is typed into fields of its form, by their names, before the form is sent: the
    scene is then the response.
    """

    name: str
    path: str
    person: str
    typed: Mapping[str, str] | None = None

    @property
    def is_of_its_own_kind(self) -> bool:
        """False for those that show less of a page that is another scene."""
        return not self.name.endswith(("-empty", "-viewer")) or self.name == "dashboard-empty"


class Cast:
    """The users of the seed data, each with a signed-in browser, and a visitor."""

    def __init__(self, seed_data: SeedData) -> None:
        self.own = seed_data.own
        users = {**seed_data.own.people, "newcomer": build_newcomer()}
        self.browsers = {name: browser_of(user) for name, user in users.items()}
        self.browsers["visitor"] = Client()
        for place, (name, user) in enumerate(users.items()):
            User.objects.filter(pk=user.pk).update(last_login=ago(hours=1 + 27 * place))
            self._note_session(name, user)

    def _note_session(self, name: str, user: User) -> None:
        """List the session, as the sign-in form does, which these users have not used."""
        UserSession.objects.create(
            user=user,
            session_key=hash_key(str(self.browsers[name].session.session_key)),
            ip="203.0.113.24",
            user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36",
        )

    def sign_in_again(self, person: str) -> None:
        """Make the last sign-in recent: a tool over all pages takes longer than it stays so."""
        client = self.browsers[person]
        if settings.SESSION_COOKIE_NAME in client.cookies:
            session = client.session
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time()}]
            session.save()

    def scenes(self) -> list[Scene]:
        """Each readable page by its URL's name, as its owner sees it, else as a visitor does;
        then other states of some, what a newcomer and a viewer see, and responses to forms."""
        return [
            *self._all_pages(),
            *self._other_states(),
            *self._newcomer(),
            *self._viewer(),
            *self._responses(),
        ]

    def _all_pages(self) -> Iterator[Scene]:
        for page in readable(all_pages()):
            scene = Scene(page.name, page.path(self.own), "owner")
            # Signed-in users have no sign-in page, and users without a second factor none to
            # turn it off.
            people = ("owner", "visitor", "admin")
            yield from self._first(replace(scene, person=person) for person in people)

    def _other_states(self) -> Iterator[Scene]:
        own, pages = self.own, {page.name: page for page in all_pages()}
        for name, page, parameter, row in _STATES:
            if page in pages:
                value = own.keys[row].pk if parameter == "key_id" else own.rows[row]
                yield Scene(name, pages[page].path(own, **{parameter: value}), "owner")
        yield Scene("api-reference-interactive", "/docs/api/#/Images/createImage", "visitor")

    def _newcomer(self) -> Iterator[Scene]:
        for page in _without_rows():
            yield from self._first([Scene(f"{page.name}-empty", page.route, "newcomer")])

    def _viewer(self) -> Iterator[Scene]:
        for page in _without_rows():
            if page.name in ("dashboard", "keys", "points", "team"):
                yield Scene(f"{page.name}-viewer", page.route, "viewer")

    def _responses(self) -> Iterator[Scene]:
        pages = {page.name: page for page in all_pages()}
        for name, page, person, typed in _RESPONSES:
            yield Scene(name, pages[page].path(self.own), person, typed)

    def _first(self, scenes: Iterable[Scene]) -> Iterator[Scene]:
        """Yield the first scene that is a page rather than a file or a redirect."""
        for scene in scenes:
            response = self.browsers[scene.person].get(scene.path)
            if response.status_code == 200 and response.headers["Content-Type"].startswith(
                "text/html"
            ):
                yield scene
                return


#: Name, page, parameter and row of further states of pages.
_STATES = [
    ("key-live", "key", "key_id", "Storefront"),
    ("key-expired", "key", "key_id", "Campaign pages"),
    ("key-revoked", "key", "key_id", "Old storefront"),
    ("key-management", "key", "key_id", "Back office"),
    ("key-rolling", "key", "key_id", "Nightly checks"),
    ("key-tighten-live", "key-tighten", "key_id", "Mobile app"),
    ("purchase-paid", "purchase", "purchase_id", "paid_purchase"),
    ("purchase-sandbox", "purchase", "purchase_id", "sandbox_purchase"),
    ("purchase-failed", "purchase", "purchase_id", "failed_purchase"),
    ("purchase-refunded", "purchase", "purchase_id", "refunded_purchase"),
    ("deployment-failed", "deployment", "deployment_id", "failed_deployment"),
    ("deployment-building", "deployment", "deployment_id", "building_deployment"),
    ("webhook-failed", "webhook", "delivery_id", "failed_webhook"),
    ("operation-refunded", "operation", "operation_id", "refunded_operation"),
]
#: Name, page, person, and input: rejections, and the page that shows a key once.
_RESPONSES: list[tuple[str, str, str, dict[str, str]]] = [
    ("sign-in-refused", "account_login", "visitor", {"login": "a@b.example", "password": "x"}),
    ("sign-up-refused", "account_signup", "visitor", {"email": "a", "password1": "short"}),
    ("key-refused", "key-new", "owner", {"networks": "203.0.113.7/24"}),
    ("key-shown", "key-new", "owner", {"name": "Lookbook"}),
    ("whitelist-warning", "key-whitelist", "owner", {"networks": "192.0.2.0/28 # Depot"}),
    ("revoke-refused", "key-revoke", "owner", {"confirmation": "another"}),
    ("billing-refused", "billing-settings", "owner", {"details-gstin": "27AAPFU0939F1Z1"}),
    (
        "signature-verdict",
        "webhook-signatures",
        "owner",
        {"body": '{"event": "website.building"}', "header": "sha256=00", "secret": "s"},
    ),
]


def choose_scenes(site: WebServer, names: Sequence[str]) -> tuple[Cast, list[Scene]]:
    """Fill the database; return its users, and all scenes without a form, or those named."""
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(media=site.media))
    cast.browsers["staff"] = superuser()
    scenes = [*cast.scenes(), Scene("staff", "/admin/", "staff")]
    return cast, [each for each in scenes if not each.typed and (not names or each.name in names)]


def _without_rows() -> list[Page]:
    return [page for page in readable(partner_pages()) if not page.parameters]


def open_as(
    browser: Browser, cast: Cast, person: str, complaints: list[str], **options: Any
) -> Tab:
    """Open a tab in a separate context in which the user is signed in.

    Errors on its console and CSP violations are added to `complaints`.
    """
    context = browser.new_context(**options)
    if cookie := cast.browsers[person].cookies.get("sessionid"):
        context.add_cookies(
            [{"name": "sessionid", "value": cookie.value, "url": options["base_url"]}]
        )
    tab = context.new_page()
    tab.set_default_timeout(PAGE_TIMEOUT)
    listen(tab, complaints)
    return tab


def visit(tab: Tab, scene: Scene) -> None:
    """Open the page, and submit its form if `typed` is set."""
    tab.goto(scene.path)
    if scene.typed is None:
        return
    field = tab.locator(f"[name={next(iter(scene.typed))}]:visible")
    form = tab.locator("main form[method=post]").filter(has=field)
    # The scene is the server's rejection, not the browser's.
    form.evaluate("form => form.noValidate = true")
    for name, text in scene.typed.items():
        form.locator(f"[name={name}]").fill(text)
    with tab.expect_navigation():
        form.locator("[type=submit]").first.click()
