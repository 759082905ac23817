"""Where shops are published, and what every such place offers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from config.egress.deadline import Deadline

Stage = Literal["preview", "production"]


class PublishFailed(Exception):
    """The shop could not be published; the message is a sentence fit for the partner."""


@dataclass(frozen=True, slots=True)
class Release:
    """A built site: `folder` holds its files, `id` names it for good (the deployment's id)."""

    id: str
    identifier: str
    folder: Path


class PublishTarget(Protocol):
    """Each method may be called again after a crash and then changes nothing more."""

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        """Makes the release what visitors of that stage see, at one moment, wholly.

        Raises `PublishFailed`, `DeadlineExceeded`.
        """
        ...

    def remove(self, identifier: str) -> None:
        """Takes both stages of a shop off the air. Raises `PublishFailed`."""
        ...
