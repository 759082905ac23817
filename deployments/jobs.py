"""Have the worker build, publish and take down shops, and look for the proofs of domains."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from config.db.statements import release_connection
from config.jobs.queue import background_task, enqueue, enqueue_unless_full
from config.jobs.retention import retention_rule
from config.jobs.scheduler import periodic
from deployments import pipeline
from deployments.backends import serve_domains
from deployments.domains import find_origin, find_proof
from deployments.services import domains
from deployments.services.sandbox_sites import delete_old_test_sites
from deployments.services.suspensions import publication_is_due
from deployments.services.takedowns import work_is_due
from deployments.services.updates import update_is_due
from deployments.signals import domains_changed, work_added


@background_task
def run_deployments() -> None:
    if pipeline.run_due():
        enqueue(run_deployments)


@background_task
def check_domains() -> None:
    """Look for due proofs and for where proven domains lead, and serve what is proven."""
    while domain := domains.claim_check():
        release_connection()
        site = domain.website.identifier
        origin = find_origin(domain.name, site) if domain.proven_at else ""
        error = find_proof(domain.name, domain.token)
        domains.finish_check(domain=domain, error=error, origin=origin)
    serve_domains(domains.proven_domains(), domains.primary_origins())


@receiver(domains_changed)
def enqueue_domains(**_: Any) -> None:
    enqueue(check_domains)


@periodic(seconds=30)
def enqueue_due_domains() -> None:
    if domains.checks_are_due():
        enqueue_unless_full(check_domains)


@receiver(work_added)
def enqueue_deployments(**_: Any) -> None:
    enqueue(run_deployments)


@periodic(seconds=2)
def enqueue_due_deployments() -> None:
    """Enqueue deployments whose message was lost, lease expired or retry is due."""
    if work_is_due() or publication_is_due() or update_is_due():
        enqueue_unless_full(run_deployments)


@retention_rule
def purge_test_sites() -> None:
    delete_old_test_sites()
