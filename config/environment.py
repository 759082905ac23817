"""Environment variables that processes need before Django, and the file that sets them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import environ

_from_file: dict[str, str] = {}


class WrongVariable(ValueError):
    """A variable that cannot be used; the message is one sentence for the operator."""


def load_env_file() -> None:
    """Set the variables of the file named by ``ENV_FILE``; those of the environment win.

    Called again, as when gunicorn reloads, it takes over what has changed in the file. A file that
    cannot be read raises `WrongVariable`: without it, production would start as development.
    """
    path = os.environ.get("ENV_FILE")
    if not path:
        return
    try:
        Path(path).read_bytes()
    except OSError as error:
        problem = f"ENV_FILE is {path}, which cannot be read: {error.strerror}."
        raise WrongVariable(problem) from error
    for name, value in _from_file.items():
        if os.environ.get(name) == value:  # else the process has set it since
            del os.environ[name]
    before = set(os.environ)
    environ.Env.read_env(path)
    _from_file.clear()
    _from_file.update({name: os.environ[name] for name in set(os.environ) - before})


def grace_seconds() -> float:
    """Return how long requests in progress may take to finish after SIGTERM.

    In production an image call and what follows it, for a call that is cut off was paid for.
    """
    is_production = os.environ.get("ENVIRONMENT") == "production"
    text = os.environ.get("GRACE_SECONDS") or ("130" if is_production else "10")
    try:
        return float(text)
    except ValueError:
        raise WrongVariable(f"GRACE_SECONDS is {text!r}, which is not a number.") from None


def whole_number(name: str, default: int) -> int:
    """Return the value of a variable that gunicorn reads before there are settings."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal():
        raise WrongVariable(f"{name} is {text!r}, which is not a whole number.")
    return int(text)


def process_name() -> str:
    """Return what this process is called in the database's list of sessions and in logs: web,
    worker, sweeper, or the command that it runs."""
    if name := os.environ.get("SHOPIQ_PROCESS"):
        return name
    command = sys.argv[1] if is_command() and sys.argv[1:] else "python"
    return {"work": "worker", "sweep": "sweeper"}.get(command, command)


def is_command() -> bool:
    """Return whether this process runs `manage.py`, as worker and sweeper do, too."""
    return Path(sys.argv[0]).name == "manage.py"
