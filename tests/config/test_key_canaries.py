"""A database with other keys than the configured ones is noticed before it is used."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command

from config.db.canaries import WrongKeys, find_wrong_keys, install_canaries, require_right_keys
from config.db.models import KeyCanary
from config.health import check_keys

pytestmark = pytest.mark.django_db


def random_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def checked() -> list[str | None]:
    return [
        error.id for error in run_checks(tags=[Tags.database], databases=["default"]) if error.id
    ]


def test_the_keys_of_the_data_pass() -> None:
    assert KeyCanary.objects.count() == 2
    assert find_wrong_keys() == []
    assert check_keys().ok
    require_right_keys()


@pytest.mark.parametrize("wrong", ["another", "missing", "lookup"])
def test_a_wrong_key_stops_the_start_and_shows_in_readyz(settings: Any, wrong: str) -> None:
    version = settings.FIELD_ENCRYPTION_KEYS[0].partition(":")[0]
    if wrong == "another":
        settings.FIELD_ENCRYPTION_KEYS = [f"{version}:{random_key()}"]
        expected = (
            f"FIELD_ENCRYPTION_KEYS has another key as version {version} than the data needs."
        )
    elif wrong == "missing":
        settings.FIELD_ENCRYPTION_KEYS = [f"{int(version) + 1}:{random_key()}"]
        expected = f"FIELD_ENCRYPTION_KEYS lacks version {version}, which the data needs."
    else:
        settings.LOOKUP_KEY = random_key()
        expected = "LOOKUP_KEY is not the one that the data was written with."
    assert find_wrong_keys() == [expected]
    assert checked() == ["shopiq.E051"]
    assert not check_keys().ok
    for command in ("work", "sweep"):
        with pytest.raises(WrongKeys, match=expected):
            call_command(command)


def test_an_old_key_can_be_removed_once_it_is_rotated_out(settings: Any) -> None:
    old = settings.FIELD_ENCRYPTION_KEYS[0]
    new = f"{int(old.partition(':')[0]) + 1}:{random_key()}"
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    install_canaries()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert find_wrong_keys(), "rows may still need the old one"
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    call_command("rotate_keys", verbosity=0)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert find_wrong_keys() == []
