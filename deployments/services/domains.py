"""Keep the domains of shops as their accounts list them, and check their proofs."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts.services.audit import record_audit
from config.db.owned import is_sandbox
from deployments.domains import is_own_domain, normalize_domain
from deployments.models import SiteDomain, Website
from deployments.services.updates import schedule_update
from deployments.signals import domains_changed

#: Waits between checks of a domain without a proof; then it is checked on demand only.
_WAITS = (*[timedelta(minutes=1)] * 10, *[timedelta(minutes=10)] * 30, *[timedelta(hours=6)] * 60)
_LEASE = timedelta(minutes=1)
#: A proven domain is checked again, since its owner may change.
_RECHECK = timedelta(days=1)
#: Waits for a proven domain to lead here: after its proof, and later.
_FIRST_CHECK, _NEXT_CHECK = timedelta(minutes=1), timedelta(hours=1)
#: Checks in a row that a proven domain may miss: its name server may be away for a weekend.
_MAX_MISSED = 7


def sync_domains(*, website: Website) -> None:
    """Add and remove domains, in the transaction that changes the account or adds the website."""
    listed = map(normalize_domain, website.account.read_profile().get("domains") or [])
    wanted = {name for name in listed if name and not is_own_domain(name)}
    mine = SiteDomain.objects.of(website.partner_id).filter(website=website)
    present = set(mine.values_list("name", flat=True))
    if wanted == present:
        return
    mine.exclude(name__in=wanted).delete()
    SiteDomain.objects.bulk_create(
        SiteDomain(
            partner_id=website.partner_id,
            website=website,
            name=name,
            token=secrets.token_hex(16),
            check_at=Now(),
        )
        for name in sorted(wanted - present)
    )
    _announce()


def request_check(*, website: Website) -> None:
    """Check the domains without a proof now."""
    mine = SiteDomain.objects.of(website.partner_id).filter(website=website, proven_at=None)
    if mine.update(check_at=Now(), checks=0):
        _announce()


def claim_check() -> SiteDomain | None:
    """Take the next domain to check; it is due again in a minute in case this process dies."""
    with transaction.atomic():
        due = _due().order_by("check_at").select_for_update(skip_locked=True, of=("self",))
        domain = due.first()
        if domain:
            mine = SiteDomain.objects.of(domain.partner_id).filter(pk=domain.pk)
            mine.update(check_at=Now() + _LEASE, checks=F("checks") + 1)
    return domain


def finish_check(*, domain: SiteDomain, error: str, origin: str = "") -> None:
    """Store the result; `origin` is where the shop was reached at a proven domain.

    The newest proof of a name counts: its owner may have changed. Test shops are not served at
    domains, so their proofs take none from a live shop.
    """
    try:
        with transaction.atomic():
            if error:
                _record_miss(domain, error)
            elif domain.proven_at:
                _record_proof(domain, origin)
            else:
                _prove(domain)
    except IntegrityError:  # proven for another account in this moment; check again
        return


def _record_miss(domain: SiteDomain, error: str) -> None:
    is_kept = domain.proven_at and domain.checks + 1 < _MAX_MISSED
    wait = _WAITS[domain.checks] if domain.checks < len(_WAITS) else None
    if domain.proven_at:
        wait = _RECHECK
    _of(domain).update(
        proven_at=domain.proven_at if is_kept else None,
        origin=domain.origin if is_kept else "",
        error=error[:300],
        checked_at=Now(),
        check_at=Now() + wait if wait else None,
    )
    if domain.proven_at and not is_kept:
        _record(domain, "shop.domain_lost")
        schedule_update(account=domain.website.account)


def _record_proof(domain: SiteDomain, origin: str) -> None:
    """Move the shop to the domain once it leads here, and away when it no longer does."""
    next_check = _RECHECK if origin or is_sandbox(domain.partner_id) else _NEXT_CHECK
    _of(domain).update(
        checked_at=Now(), check_at=Now() + next_check, checks=0, error="", origin=origin
    )
    if origin != domain.origin:
        schedule_update(account=domain.website.account)
        _announce()


def _prove(domain: SiteDomain) -> None:
    if not is_sandbox(domain.partner_id):
        _take_from_others(domain)
    proven = {"proven_at": Now(), "check_at": Now() + _FIRST_CHECK, "checks": 0, "error": ""}
    if _of(domain).update(checked_at=Now(), **proven):
        _record(domain, "shop.domain_verified")


def _take_from_others(domain: SiteDomain) -> None:
    others = SiteDomain.objects.of_live().filter(name=domain.name).exclude(pk=domain.pk)
    for former in others.exclude(proven_at=None).select_related("website__account"):
        schedule_update(account=former.website.account)
    error = "Another account has proven it."
    others.update(proven_at=None, check_at=None, origin="", error=error)


def _record(domain: SiteDomain, action: str) -> None:
    record_audit(
        partner=domain.partner,
        actor="system",
        action=action,
        target=domain.website.account_id,
        shop=domain.website.identifier,
        domain=domain.name,
    )
    _announce()


def _of(domain: SiteDomain) -> QuerySet[SiteDomain]:
    return SiteDomain.objects.of(domain.partner_id).filter(pk=domain.pk)


def checks_are_due() -> bool:
    return _due().exists()


def proven_domains() -> dict[str, str]:
    """Return the identifier of each proven domain's shop."""
    rows = SiteDomain.objects.of_live().filter(proven_at__isnull=False)
    return dict(rows.values_list("name", "website__identifier"))


def primary_origins() -> dict[str, str]:
    """Return the origin at which each shop with a domain of its own is reached, by identifier."""
    rows = SiteDomain.objects.of_live().primary_first().values_list("website__identifier", "origin")
    return dict(reversed(rows))


def _due() -> QuerySet[SiteDomain]:
    due = SiteDomain.objects.of_all().filter(check_at__lte=Now(), partner__is_active=True)
    return due.select_related("website__account", "partner")


def _announce() -> None:
    transaction.on_commit(lambda: domains_changed.send(SiteDomain))
