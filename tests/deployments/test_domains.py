"""Merchants' own domains: proven by a TXT record or a file, then served by their Host header."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dns.message
import dns.rcode
import dns.rrset
import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from config.db.clock import database_now
from deployments import jobs, pipeline
from deployments.domains import (
    SITE_FILE,
    find_origin,
    find_proof,
    is_own_domain,
    normalize_domain,
)
from deployments.models import SiteDomain, Website
from deployments.pipeline import run_due
from deployments.services.domains import claim_check, finish_check
from tests.concurrency import run_beside
from tests.deployments.deployment_fakes import TinyBuilder, deploy, queued
from tests.deployments.fakes.browsing import browsing
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.servers import serve_script

TOKEN = "9f2c"


@pytest.fixture
def records(settings: Any) -> Iterator[dict[str, str]]:
    """The TXT records of a name server on loopback, which answers for every other name that there
    is none."""
    texts: dict[str, str] = {}
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    settings.DNS_SERVER = f"127.0.0.1:{server.getsockname()[1]}"

    def answer() -> None:
        while (received := server.recvfrom(4096))[0]:
            query = dns.message.from_wire(received[0])
            response = dns.message.make_response(query)
            name = query.question[0].name
            if text := texts.get(str(name).rstrip(".")):
                response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
            else:
                response.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(response.to_wire(), received[1])

    thread = threading.Thread(target=answer)
    thread.start()
    yield texts
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", server.getsockname())
    thread.join()
    server.close()


@pytest.fixture
def shop(
    server: PartnerServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The path of a live shop whose account has a domain."""
    monkeypatch.setattr(pipeline, "configured_builder", TinyBuilder)
    settings.DEPLOY_TARGET = "local"
    settings.SITES_ROOT = str(tmp_path / "sites")
    settings.BUILDS_ROOT = str(tmp_path / "builds")
    website = deploy(server).website
    run_due()
    server.put("updateAccount", {"accountId": website.account_id, "domains": ["Shop.Nova.test"]})
    return f"deployments/{website.identifier}"


def domains(server: PartnerServer, shop: str) -> dict[str, Any]:
    rows = server.get(f"{shop}/domains").json()["data"]
    return {row["domain"]: row for row in rows}


def page(host: str) -> bytes:
    with browsing() as visitor:
        return visitor.get(host).body


def test_a_domain_is_served_once_its_txt_record_proves_it(
    server: PartnerServer, shop: str, records: dict[str, str]
) -> None:
    jobs.check_domains()
    row = domains(server, shop)["shop.nova.test"]
    assert (row["status"], row["verifiedAt"]) == ("pending", None)
    assert row["error"].startswith("The TXT record was not found, and the file was not read:")
    assert b"Nova Retail" not in page("shop.nova.test")

    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    messages = queued(jobs.check_domains)
    assert server.post(f"{shop}/domains/verify", None).status_code == 202
    jobs.check_domains()

    assert queued(jobs.check_domains) == messages + 2  # asked to check, and found
    assert domains(server, shop)["shop.nova.test"]["status"] == "verified"
    assert b"Nova Retail" in page("shop.nova.test")
    assert b"Nova Retail" in page("SHOP.nova.test.:8000")
    assert b"Nova Retail" not in page("other.nova.test")


def test_a_domain_that_leads_to_its_shop_becomes_its_address(
    server: PartnerServer,
    shop: str,
    records: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builder = TinyBuilder()
    monkeypatch.setattr(pipeline, "configured_builder", lambda: builder)
    identifier = shop.partition("/")[2]
    row = domains(server, shop)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]

    def look_again(origin: str) -> str:
        finish_check(domain=SiteDomain.objects.get(), error="", origin=origin)
        jobs.check_domains()
        Website.objects.exclude(update_at=None).update(update_at=timezone.now())
        run_due()
        return builder.build_inputs[-1].production_url

    jobs.check_domains()
    with browsing() as visitor:
        host, own = f"{identifier}.localhost", "shop.nova.test"
        assert visitor.get(own, SITE_FILE).body == identifier.encode()
        assert visitor.get(host).status == 200, "a TXT record alone moves nothing"

        assert look_again("https://shop.nova.test") == "https://shop.nova.test"
        moved = visitor.get(host, "/products/?a=%20b")
        assert moved.status == 301
        assert moved.headers["Location"] == "https://shop.nova.test/products/?a=%20b"
        assert visitor.get(host, "/preview.png").status == 404
        assert visitor.get(f"{identifier}.dev.localhost").status == 200
        assert visitor.get(own).status == 200
        data = server.get(shop).json()["data"]
        assert urlsplit(data["productionUrl"]).hostname == host
        assert domains(server, shop)[own]["url"] == "https://shop.nova.test"

        assert urlsplit(look_again("")).hostname == host
        assert visitor.get(host).status == 200
    assert len(builder.build_inputs) == 2


def test_a_domain_that_leaves_the_account_is_served_no_more(
    server: PartnerServer, shop: str, records: dict[str, str]
) -> None:
    row = domains(server, shop)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    jobs.check_domains()
    assert b"Nova Retail" in page("shop.nova.test")

    account_id = server.get(shop).json()["data"]["accountId"]
    messages = queued(jobs.check_domains)
    server.put("updateAccount", {"accountId": account_id, "domains": []})
    assert queued(jobs.check_domains) == messages + 1
    jobs.check_domains()

    assert domains(server, shop) == {}
    assert b"Nova Retail" not in page("shop.nova.test")


def test_a_domain_without_a_proof_is_checked_less_and_less_often(shop: str) -> None:
    domain = SiteDomain.objects.get()
    waits = {0: 1, 9: 1, 10: 10, 39: 10, 40: 360, 99: 360}
    for checks, minutes in waits.items():
        domain.checks = checks
        finish_check(domain=domain, error="none")
        domain.refresh_from_db()
        assert domain.check_at
        assert domain.checked_at
        assert domain.check_at - domain.checked_at == timedelta(minutes=minutes)
    domain.checks = 100
    finish_check(domain=domain, error="none")
    assert not SiteDomain.objects.exclude(check_at=None).exists()


def test_a_proven_domain_is_looked_at_until_it_leads_here(shop: str) -> None:
    def wait_after(**result: str) -> timedelta:
        finish_check(domain=SiteDomain.objects.get(), **{"error": "", **result})
        domain = SiteDomain.objects.get()
        assert domain.check_at
        assert domain.checked_at
        return domain.check_at - domain.checked_at

    assert wait_after() == timedelta(minutes=1)
    assert (
        AuditEntry.objects.get(action="shop.domain_verified").detail["domain"] == "shop.nova.test"
    )
    assert wait_after() == timedelta(hours=1)
    messages = queued(jobs.check_domains)
    assert wait_after(origin="https://shop.nova.test") == timedelta(days=1)
    assert queued(jobs.check_domains) == messages + 1
    assert wait_after(error="x" * 301) == timedelta(days=1)
    assert SiteDomain.objects.get().error == "x" * 300
    SiteDomain.objects.update(checks=6)
    Website.objects.update(update_at=None)
    assert wait_after(error="none") == timedelta(days=1)
    assert Website.objects.get().update_at
    assert (SiteDomain.objects.get().proven_at, SiteDomain.objects.get().origin) == (None, "")
    assert AuditEntry.objects.filter(action="shop.domain_lost").count() == 1


def test_the_domain_that_waits_longest_is_checked_first_and_once(
    server: PartnerServer, shop: str
) -> None:
    account_id = server.get(shop).json()["data"]["accountId"]
    server.put("updateAccount", {"accountId": account_id, "domains": ["a.test", "b.test"]})
    long_ago = timezone.now() - timedelta(days=1)
    SiteDomain.objects.filter(name="b.test").update(check_at=long_ago)

    before = database_now()
    with transaction.atomic():
        first = claim_check()
        assert first
        after = database_now()
        second = run_beside(claim_check)
        assert second
    assert (first.name, second.name) == ("b.test", "a.test")
    first.refresh_from_db()
    assert first.check_at
    assert before <= first.check_at - timedelta(minutes=1) <= after
    assert first.checks == 1
    assert claim_check() is None
    finish_check(domain=first, error="none")
    second.refresh_from_db()
    assert second.error == ""


def test_the_newest_proof_of_a_domain_counts(
    server: PartnerServer, stranger: PartnerServer, shop: str, records: dict[str, str]
) -> None:
    other = deploy(stranger, 7, brandName="Other").website
    run_due()
    stranger.put("updateAccount", {"accountId": other.account_id, "domains": ["shop.nova.test"]})
    row = domains(server, shop)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    jobs.check_domains()
    theirs = f"deployments/{other.identifier}"
    assert domains(stranger, theirs)["shop.nova.test"]["status"] == "pending"
    assert b"Nova Retail" in page("shop.nova.test")

    row = domains(stranger, theirs)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    Website.objects.update(update_at=None)
    stranger.post(f"{theirs}/domains/verify", None)
    jobs.check_domains()

    assert Website.objects.exclude(update_at=None).get().identifier == shop.partition("/")[2]
    assert domains(server, shop)["shop.nova.test"]["status"] == "pending"
    assert domains(stranger, theirs)["shop.nova.test"]["status"] == "verified"
    assert b"Other" in page("shop.nova.test")


def test_a_proof_that_is_gone_for_a_week_ends_the_domain(
    server: PartnerServer, shop: str, records: dict[str, str]
) -> None:
    def check_again() -> str:
        SiteDomain.objects.update(check_at=timezone.now())
        jobs.check_domains()
        return str(domains(server, shop)["shop.nova.test"]["status"])

    row = domains(server, shop)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    assert check_again() == "verified"
    proof = records.popitem()
    assert {check_again() for _ in range(6)} == {"verified"}
    records.update([proof])
    assert check_again() == "verified"  # and counts anew
    records.clear()
    assert [check_again() for _ in range(7)] == ["verified"] * 6 + ["pending"]

    assert b"Nova Retail" not in page("shop.nova.test")
    records.update([proof])
    assert check_again() == "verified"


def test_a_test_shop_proves_its_domains_and_takes_none(
    keys: Keys, server: PartnerServer, shop: str, records: dict[str, str]
) -> None:
    sandbox = PartnerServer(keys.management_test)
    website = deploy(sandbox, 7, brandName="Other").website
    run_due()
    sandbox.put("updateAccount", {"accountId": website.account_id, "domains": ["shop.nova.test"]})
    test = f"deployments/{website.identifier}"
    for caller, path in ((server, shop), (sandbox, test)):
        row = domains(caller, path)["shop.nova.test"]
        records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
        caller.post(f"{path}/domains/verify", None)
        jobs.check_domains()

    for caller, path in ((server, shop), (sandbox, test)):
        assert domains(caller, path)["shop.nova.test"]["status"] == "verified"
    assert b"Nova Retail" in page("shop.nova.test")


def test_names_of_the_platform_are_left_out(
    server: PartnerServer, shop: str, settings: Any
) -> None:
    account_id = server.get(shop).json()["data"]["accountId"]
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shopiq.app"
    names = ["bank-000000.shopiq.app", "shopiq.app", "दुकान.भारत"]
    server.put("updateAccount", {"accountId": account_id, "domains": names})

    [kept] = SiteDomain.objects.all()
    assert kept.name.encode().decode("idna") == names[-1]
    assert normalize_domain("دکان..x") == ""
    assert is_own_domain("a.b.shopiq.app")


def test_a_file_proves_a_domain_too(records: dict[str, str]) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"

    def saying(content: bytes) -> Any:
        def script(connection: socket.socket) -> None:
            request = connection.recv(65536)
            assert request.startswith(b"GET /.well-known/shopiq-verification.txt ")
            connection.sendall(head % len(content) + content)

        return script

    with serve_script(saying(b"9f2c\n")) as file:
        assert find_proof(f"localhost:{file.port}", TOKEN) == ""
    with serve_script(saying(b"another")) as file:
        assert find_proof(f"localhost:{file.port}", TOKEN) == (
            "The TXT record was not found, and the file has another content."
        )


def test_a_domain_leads_here_if_it_names_the_shop() -> None:
    def script(connection: socket.socket) -> None:
        if connection.recv(65536).startswith(f"GET {SITE_FILE} ".encode()):
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n"
            connection.sendall(head + b"nova-abc123")

    with serve_script(script) as site:
        host = f"localhost:{site.port}"
        assert find_origin(host, "nova-abc123") == f"http://{host}"
        assert find_origin(host, "nova-other1") == ""
