"""Fixtures for tests of the project: its pages, downloads and connections."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from accounts.models import ApiKey, Partner
from config.local.postgres import Server, data_dir
from tests.config.decoder_images import DecoderSandbox
from tests.database import is_embedded
from tests.factories import Keys, PartnerFactory, bucket, partner_with_keys
from tests.servers import loopback_only
from tests.slow_clients import PATIENCE
from tests.usage_data import generate_key, used
from tests.users import browser_of, create_user
from tests.web import WebServer


@pytest.fixture
def sandbox(tmp_path: Path) -> DecoderSandbox:
    return DecoderSandbox(tmp_path)


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(name="Nova Retail")


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner))


@pytest.fixture
def settled(partner: Partner) -> ApiKey:
    """Complete all first steps of the partner; return its live key."""
    bucket(partner, 10_000_000, tier="growth")
    used(generate_key(partner, "test"))
    live = generate_key(partner, "live")
    used(live, points=100)
    return live


@pytest.fixture
def only_loopback() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.fixture
def connect() -> Iterator[Callable[..., socket.socket]]:
    """Opens a connection that times out after `PATIENCE`, from an address of this machine."""
    with ExitStack() as stack:

        def open_one(web: WebServer, address: str = "127.0.0.1") -> socket.socket:
            connection = socket.create_connection(
                ("127.0.0.1", web.port), timeout=PATIENCE, source_address=(address, 0)
            )
            return stack.enter_context(connection)

        yield open_one


@pytest.fixture(scope="module")
def cold(django_db_setup: None) -> Iterator[str]:
    """A tablespace: of the whole server, made by its superuser and not in a transaction."""
    if not is_embedded():
        pytest.skip("needs a superuser")
    name = f"cold_{connection.settings_dict['NAME']}"
    with psycopg.connect(Server(data_dir()).admin_url, autocommit=True) as session:
        session.execute("SET allow_in_place_tablespaces = on")
        session.execute(f"DROP TABLESPACE IF EXISTS {name}")
        session.execute(f"CREATE TABLESPACE {name} LOCATION ''")
        session.execute(f"GRANT CREATE ON TABLESPACE {name} TO PUBLIC")
    yield name
    with psycopg.connect(Server(data_dir()).admin_url, autocommit=True) as session:
        session.execute(f"DROP TABLESPACE {name}")


@pytest.fixture
def payer(db: None) -> Keys:
    keys = partner_with_keys()
    bucket(keys.partner, 1_000)
    bucket(keys.partner, 1_000_000)
    return keys
