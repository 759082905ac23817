"""Merchants' own domains: proven by a TXT record or a file, then served by their Host header."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from deployments import jobs, pipeline
from deployments.domains import SITE_FILE, is_own_domain, normalize_domain
from deployments.models import SiteDomain, Website
from deployments.pipeline import run_due
from deployments.services.domains import finish_check
from tests.deployments.deployment_fakes import TinyBuilder, deploy, queued
from tests.deployments.fakes.browsing import browsing
from tests.factories import Keys
from tests.merchants import PartnerServer


def domains(server: PartnerServer, shop: str) -> dict[str, Any]:
    rows = server.get(f"{shop}/domains").json()["data"]
    return {row["domain"]: row for row in rows}


def page(host: str) -> bytes:
    with browsing() as visitor:
        return visitor.get(host).body


def test_a_domain_is_served_once_its_txt_record_proves_it(
    server: PartnerServer, domain_shop: str, records: dict[str, str]
) -> None:
    jobs.check_domains()
    row = domains(server, domain_shop)["shop.nova.test"]
    assert (row["status"], row["verifiedAt"]) == ("pending", None)
    assert row["error"].startswith("The TXT record was not found, and the file was not read:")
    assert b"Nova Retail" not in page("shop.nova.test")

    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    messages = queued(jobs.check_domains)
    assert server.post(f"{domain_shop}/domains/verify", None).status_code == 202
    jobs.check_domains()

    assert queued(jobs.check_domains) == messages + 2  # asked to check, and found
    assert domains(server, domain_shop)["shop.nova.test"]["status"] == "verified"
    assert b"Nova Retail" in page("shop.nova.test")
    assert b"Nova Retail" in page("SHOP.nova.test.:8000")
    assert b"Nova Retail" not in page("other.nova.test")


def test_a_domain_that_leads_to_its_shop_becomes_its_address(
    server: PartnerServer,
    domain_shop: str,
    records: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builder = TinyBuilder()
    monkeypatch.setattr(pipeline, "configured_builder", lambda: builder)
    identifier = domain_shop.partition("/")[2]
    row = domains(server, domain_shop)["shop.nova.test"]
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
        data = server.get(domain_shop).json()["data"]
        assert urlsplit(data["productionUrl"]).hostname == host
        assert domains(server, domain_shop)[own]["url"] == "https://shop.nova.test"

        assert urlsplit(look_again("")).hostname == host
        assert visitor.get(host).status == 200
    assert len(builder.build_inputs) == 2


def test_a_domain_that_leaves_the_account_is_served_no_more(
    server: PartnerServer, domain_shop: str, records: dict[str, str]
) -> None:
    row = domains(server, domain_shop)["shop.nova.test"]
    records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
    jobs.check_domains()
    assert b"Nova Retail" in page("shop.nova.test")

    account_id = server.get(domain_shop).json()["data"]["accountId"]
    messages = queued(jobs.check_domains)
    server.put("updateAccount", {"accountId": account_id, "domains": []})
    assert queued(jobs.check_domains) == messages + 1
    jobs.check_domains()

    assert domains(server, domain_shop) == {}
    assert b"Nova Retail" not in page("shop.nova.test")


def test_the_newest_proof_of_a_domain_counts(
    server: PartnerServer, stranger: PartnerServer, domain_shop: str, records: dict[str, str]
) -> None:
    other = deploy(stranger, 7, brandName="Other").website
    run_due()
    stranger.put("updateAccount", {"accountId": other.account_id, "domains": ["shop.nova.test"]})
    row = domains(server, domain_shop)["shop.nova.test"]
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

    assert Website.objects.exclude(update_at=None).get().identifier == domain_shop.partition("/")[2]
    assert domains(server, domain_shop)["shop.nova.test"]["status"] == "pending"
    assert domains(stranger, theirs)["shop.nova.test"]["status"] == "verified"
    assert b"Other" in page("shop.nova.test")


def test_a_proof_that_is_gone_for_a_week_ends_the_domain(
    server: PartnerServer, domain_shop: str, records: dict[str, str]
) -> None:
    def check_again() -> str:
        SiteDomain.objects.update(check_at=timezone.now())
        jobs.check_domains()
        return str(domains(server, domain_shop)["shop.nova.test"]["status"])

    row = domains(server, domain_shop)["shop.nova.test"]
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
    keys: Keys, server: PartnerServer, domain_shop: str, records: dict[str, str]
) -> None:
    sandbox = PartnerServer(keys.management_test)
    website = deploy(sandbox, 7, brandName="Other").website
    run_due()
    sandbox.put("updateAccount", {"accountId": website.account_id, "domains": ["shop.nova.test"]})
    test = f"deployments/{website.identifier}"
    for caller, path in ((server, domain_shop), (sandbox, test)):
        row = domains(caller, path)["shop.nova.test"]
        records[row["txtRecord"]["name"]] = row["txtRecord"]["value"]
        caller.post(f"{path}/domains/verify", None)
        jobs.check_domains()

    for caller, path in ((server, domain_shop), (sandbox, test)):
        assert domains(caller, path)["shop.nova.test"]["status"] == "verified"
    assert b"Nova Retail" in page("shop.nova.test")


def test_names_of_the_platform_are_left_out(
    server: PartnerServer, domain_shop: str, settings: Any
) -> None:
    account_id = server.get(domain_shop).json()["data"]["accountId"]
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shopiq.app"
    names = ["bank-000000.shopiq.app", "shopiq.app", "दुकान.भारत"]
    server.put("updateAccount", {"accountId": account_id, "domains": names})

    [kept] = SiteDomain.objects.all()
    assert kept.name.encode().decode("idna") == names[-1]
    assert normalize_domain("دکان..x") == ""
    assert is_own_domain("a.b.shopiq.app")
