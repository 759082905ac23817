"""The shop's texts: a tagline and a story, built in or from a copy writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.egress.deadline import Deadline
from deployments.builder.base import BuildInput
from deployments.builder.text import clean_text

_MAX_TAGLINE = 90
_MAX_ABOUT = 900


class CopyUnavailable(Exception):
    """The writer has no text for this shop; the built-in copy is used."""


@dataclass(frozen=True, slots=True)
class ShopCopy:
    """A line for the top of the home page and a paragraph about the shop; plain text."""

    tagline: str
    about: str


CopyWriter = Callable[[BuildInput, Deadline], ShopCopy]


def choose_copy(
    writer: CopyWriter | None, build_input: BuildInput, *, built_in: ShopCopy, deadline: Deadline
) -> ShopCopy:
    """Return the writer's texts where they are usable, otherwise the built-in ones."""
    if writer is None:
        return built_in
    try:
        written = writer(build_input, deadline)
    except CopyUnavailable:
        return built_in
    return ShopCopy(
        tagline=_usable(written.tagline, _MAX_TAGLINE) or built_in.tagline,
        about=_usable(written.about, _MAX_ABOUT) or built_in.about,
    )


def _usable(text: str, longest: int) -> str:
    cleaned = clean_text(text)
    return cleaned if len(cleaned) <= longest else ""
