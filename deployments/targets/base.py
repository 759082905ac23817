"""The interface of publishing targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from config.egress.deadline import Deadline

Stage = Literal["preview", "production"]


class PublishFailed(Exception):
    """The shop could not be published; the message may be shown to the partner."""


@dataclass(frozen=True, slots=True)
class Release:
    """A built site: `folder` holds its files, `id` is the deployment's id."""

    id: str
    identifier: str
    folder: Path


class PublishTarget(Protocol):
    """A place to publish shops. Methods are idempotent, so that a crash allows a retry."""

    #: Whether a removal takes seconds rather than minutes.
    removes_quickly: bool

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        """Switch the visitors of a stage to the release atomically.

        Raises `PublishFailed`, `DeadlineExceeded`.
        """
        ...

    def remove(self, identifier: str) -> None:
        """Take both stages of a shop down; raise `PublishFailed`."""
        ...
