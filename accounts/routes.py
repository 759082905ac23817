"""Where each endpoint of the API answers, and how pages name it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MANAGEMENT = "/api/v2/third-party"
_IMAGE = "/partner/v1/image"
#: What stands for the part of a path that names one row.
ID = "{id}"


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its name in permissions, its label, and its path, of which `ID` may be a part.

    `makes` is the name of the page that shows what a successful call made, or "".
    """

    endpoint: str
    label: str
    method: str
    path: str
    makes: str = ""

    @property
    def pattern(self) -> str:
        """The paths that lead here, as a regular expression for Python and PostgreSQL."""
        return f"^{re.escape(self.path).replace(re.escape(ID), '[^/]+')}/?$"


ROUTES = (
    Route("image.create", "Create an image", "POST", f"{_IMAGE}/create", "operation"),
    Route("image.enhance", "Enhance images", "POST", f"{_IMAGE}/enhance", "operation"),
    Route("image.usage", "Read usage", "GET", f"{_IMAGE}/usage"),
    Route("image.operations", "Read a receipt", "GET", f"{_IMAGE}/operations/{ID}", "operation"),
    Route(
        "accounts.create", "Create an account", "POST", f"{_MANAGEMENT}/createAccount", "merchant"
    ),
    Route(
        "accounts.update", "Update an account", "PUT", f"{_MANAGEMENT}/updateAccount", "merchant"
    ),
    Route("accounts.delete", "Delete an account", "DELETE", f"{_MANAGEMENT}/deleteAccount"),
    Route("accounts.read", "Read an account", "GET", f"{_MANAGEMENT}/getAccount/{ID}"),
    Route("accounts.list", "List accounts", "GET", f"{_MANAGEMENT}/accounts"),
    Route("accounts.exists", "Look for an account", "GET", f"{_MANAGEMENT}/isAccountCreated"),
    Route(
        "integrations.connect",
        "Connect an integration",
        "POST",
        f"{_MANAGEMENT}/connectIntegration",
    ),
    Route(
        "integrations.disconnect",
        "Disconnect an integration",
        "POST",
        f"{_MANAGEMENT}/disconnectIntegration",
    ),
    Route("integrations.status", "Read integrations", "GET", f"{_MANAGEMENT}/integrationStatus"),
    Route(
        "autologin.create", "Make an auto-login link", "POST", f"{_MANAGEMENT}/generateAutoLoginUrl"
    ),
    Route("autologin.list", "List auto-login links", "GET", f"{_MANAGEMENT}/autoLoginLinks"),
    Route(
        "autologin.revoke", "Revoke auto-login links", "POST", f"{_MANAGEMENT}/revokeAutoLoginLinks"
    ),
    Route(
        "deployments.create", "Order a shop", "POST", f"{_MANAGEMENT}/createAndDeploy", "deployment"
    ),
    Route("deployments.list", "List deployments", "GET", f"{_MANAGEMENT}/deployments"),
    Route("deployments.read", "Read a deployment", "GET", f"{_MANAGEMENT}/deployments/{ID}"),
    Route("events.list", "List events", "GET", f"{_MANAGEMENT}/events"),
)
#: Paths that go on with the id of a row, which is all that sets calls of one endpoint apart.
PARENTS = tuple(route.path.removesuffix(f"/{ID}") for route in ROUTES if ID in route.path)
_BY_ENDPOINT = {route.endpoint: route for route in ROUTES}
_COMPILED = [(re.compile(route.pattern), route) for route in ROUTES]


def route_of(path: str) -> Route | None:
    """The endpoint that a path leads to; None for a path that leads nowhere."""
    return next((route for pattern, route in _COMPILED if pattern.match(path)), None)


def route_named(endpoint: str) -> Route:
    """The route of an endpoint; `KeyError` for a name that no endpoint has."""
    return _BY_ENDPOINT[endpoint]
