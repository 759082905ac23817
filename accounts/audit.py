"""Registry of audit actions: each app registers its own in its module `audit_actions`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Subject:
    """A group of actions in the filter of the audit page."""

    name: str
    label: StrOrPromise


@dataclass(frozen=True, slots=True)
class AuditAction:
    """The name of an action in the audit trail and its label on pages.

    `target_page` is the URL name of the target's page; `page` that of a page without an argument.
    Actions on the platform itself rather than on a partner have no subject.
    """

    name: str
    label: StrOrPromise
    subject: Subject | None = None
    target_page: str = ""
    page: str = ""

    def target_url(self, target: str) -> str:
        """Return the URL of an entry's target, "" if it has no page."""
        if not (self.page or self.target_page):
            return ""
        try:
            return reverse(self.page) if self.page else reverse(self.target_page, args=[target])
        except NoReverseMatch:  # the target of an old entry may not be an id
            return ""


class UnregisteredAction(LookupError):
    """No app has registered the action."""


_actions: dict[str, AuditAction] = {}


def register_actions(*actions: AuditAction) -> None:
    """Raise `ValueError` for a name that is taken."""
    for action in actions:
        if _actions.setdefault(action.name, action) != action:
            raise ValueError(f"The audit action {action.name!r} is registered twice.")


def registered_actions() -> Iterable[AuditAction]:
    return _actions.values()


def require_registered(name: str) -> None:
    """Raise `UnregisteredAction` for an unknown name."""
    if name not in _actions:
        raise UnregisteredAction(f"No app has registered the audit action {name!r}.")


def describe_action(name: str) -> AuditAction:
    """Return the action; one that is no longer registered gets a label made of its name."""
    label = name.replace(".", " ").replace("_", " ").capitalize()
    return _actions.get(name) or AuditAction(name, label)


def registered_subjects() -> list[Subject]:
    return list(dict.fromkeys(each.subject for each in _actions.values() if each.subject))


def actions_of_subject(subject: str) -> list[str]:
    actions = _actions.values()
    return [each.name for each in actions if each.subject and each.subject.name == subject]
