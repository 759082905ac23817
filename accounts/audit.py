"""The actions of the audit trail: each app registers its own, in its module `audit_actions`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Subject:
    """A group of actions, which the filter of the audit page offers."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class AuditAction:
    """Something that can be done, by its name in the trail and its label on pages.

    `target_page` is the URL name of the page of the row that it was done to; `page` that of a page
    which shows no single row. An action on the platform itself, not on a partner, has no subject.
    """

    name: str
    label: str
    subject: Subject | None = None
    target_page: str = ""
    page: str = ""

    def target_url(self, target: str) -> str:
        """Where the link of an entry leads, or ""."""
        if not (self.page or self.target_page):
            return ""
        try:
            return reverse(self.page) if self.page else reverse(self.target_page, args=[target])
        except NoReverseMatch:  # the target of an old entry may be no id
            return ""


class UnregisteredAction(LookupError):
    """The code records an action that no app has registered."""


_actions: dict[str, AuditAction] = {}


def register_actions(*actions: AuditAction) -> None:
    """Raises `ValueError` for a name that is taken."""
    for action in actions:
        if _actions.setdefault(action.name, action) != action:
            raise ValueError(f"The audit action {action.name!r} is registered twice.")


def registered_actions() -> Iterable[AuditAction]:
    return _actions.values()


def require_registered(name: str) -> None:
    """Raises `UnregisteredAction`."""
    if name not in _actions:
        raise UnregisteredAction(f"No app has registered the audit action {name!r}.")


def describe_action(name: str) -> AuditAction:
    """An action that is no longer registered goes by its name."""
    label = name.replace(".", " ").replace("_", " ").capitalize()
    return _actions.get(name) or AuditAction(name, label)


def subjects() -> list[Subject]:
    """Of all registered actions."""
    return list(dict.fromkeys(each.subject for each in _actions.values() if each.subject))


def actions_about(subject: str) -> list[str]:
    """The names of the actions of a subject, which is given by its own name."""
    actions = _actions.values()
    return [each.name for each in actions if each.subject and each.subject.name == subject]
