"""When a domain is checked, and what proves it."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from config.db.clock import database_now
from deployments import jobs
from deployments.domains import SITE_FILE, find_origin, find_proof
from deployments.models import SiteDomain, Website
from deployments.services.domains import claim_check, finish_check, request_check
from tests.concurrency import run_beside
from tests.deployments.deployment_fakes import queued
from tests.merchants import PartnerServer
from tests.servers import serve_script

TOKEN = "9f2c"


def test_a_domain_without_a_proof_is_checked_less_and_less_often(domain_shop: str) -> None:
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

    request_check(website=Website.objects.get())
    domain.refresh_from_db()
    assert domain.checks == 0
    assert domain.check_at
    messages = queued(jobs.check_domains)
    jobs.enqueue_due_domains()
    assert queued(jobs.check_domains) == messages + 1
    assert claim_check() == domain
    jobs.enqueue_due_domains()
    assert queued(jobs.check_domains) == messages + 1


def test_a_proven_domain_is_looked_at_until_it_leads_here(domain_shop: str) -> None:
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
    assert SiteDomain.objects.get().origin == "https://shop.nova.test"
    SiteDomain.objects.update(checks=6)
    Website.objects.update(update_at=None)
    assert wait_after(error="none") == timedelta(days=1)
    assert Website.objects.get().update_at
    assert (SiteDomain.objects.get().proven_at, SiteDomain.objects.get().origin) == (None, "")
    assert AuditEntry.objects.filter(action="shop.domain_lost").count() == 1


def test_the_domain_that_waits_longest_is_checked_first_and_once(
    server: PartnerServer, domain_shop: str
) -> None:
    account_id = server.get(domain_shop).json()["data"]["accountId"]
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
