"""Reads settings from environment variables; what cannot be read is named in one sentence."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config.environment import WrongVariable

_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "a list such as finance=1000,admin=5000",
}
_SWITCHES = {*("true", "on", "yes", "y", "1"), *("false", "off", "no", "n", "0")}


class Variables(environ.Env):  # type: ignore[misc]  # the library has no types
    """The library's reader would raise errors that do not say which variable is meant, and take
    every word that it does not know for false."""

    def get_value(
        self,
        var: str,
        cast: Any = None,
        default: Any = environ.Env.NOTSET,
        parse_default: Any = False,
    ) -> Any:
        text = os.environ.get(var)
        if cast is bool and text is not None and text.lower().strip() not in _SWITCHES:
            raise _wrong(var, cast)
        try:
            value = super().get_value(var, cast, default, parse_default)
        except (ValueError, TypeError):
            raise _wrong(var, cast) from None
        if cast is int and value is not None and value < 0:
            raise WrongVariable(f"{var} is {value}, which is less than zero.")
        return [entry.strip() for entry in value] if cast is list else value

    def numbers(self, var: str, default: Any = environ.Env.NOTSET) -> dict[str, int]:
        """Return whole numbers by name."""
        found: dict[str, Any] = self.dict(var, default=default)
        try:
            return {name.strip(): int(number) for name, number in found.items()}
        except ValueError:
            raise _wrong(var, dict) from None

    def db_url(self, var: str, default: Any = environ.Env.NOTSET, engine: Any = None) -> Any:
        is_ours = os.environ.get(var, "postgres://").startswith(("postgres://", "postgresql://"))
        # A password may have signs that end the part of a URL that it is in.
        with suppress(ValueError):
            if is_ours:
                return super().db_url(var, default, engine)
        raise WrongVariable(
            f"{var} is not the URL of a PostgreSQL database. Use"
            " postgres://user:password@host:5432/name, with %XX for special characters."
        )

    def email_url(self, var: str, default: Any = environ.Env.NOTSET, backend: Any = None) -> Any:
        try:
            return super().email_url(var, default, backend)
        except (ValueError, ImproperlyConfigured):
            raise WrongVariable(
                f"{var} is not the URL of a mail server. Use smtp+tls://user:password@host:587,"
                " with %XX for special characters."
            ) from None


def _wrong(name: str, cast: Any) -> WrongVariable:
    kind = "a list of numbers" if isinstance(cast, list) else _KINDS.get(cast, "readable")
    return WrongVariable(f"{name} is {os.environ.get(name)!r}, which is not {kind}.")
