"""How much a parameter takes, as the description knows it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext


def limits_of(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each limit of a schema."""
    if most := schema.get("maxLength"):
        yield _between(
            schema.get("minLength", 0),
            most,
            gettext("%(least)s to %(most)s characters."),
            gettext("Up to %(most)s characters."),
        )
    if most := schema.get("maxItems"):
        yield _between(
            schema.get("minItems", 0),
            most,
            gettext("%(least)s to %(most)s items."),
            gettext("Up to %(most)s items."),
        )
    if "maximum" in schema:
        values = {"least": schema.get("minimum", 0), "most": schema["maximum"]}
        yield gettext("From %(least)s to %(most)s.") % values


def _between(least: int, most: int, both: str, upper: str) -> str:
    """Leave out a lower limit of one, which only forbids what is empty."""
    return (both if least > 1 else upper) % {"least": least, "most": most}
