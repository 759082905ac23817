"""What staff do with deployments and shops, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.services.locks import PartnerInactive
from config.admin.acts import Act, ConfirmForm, confirm_act, object_act, posted
from config.admin.columns import full_time
from config.admin.options import actor_of
from config.admin.pages import staff_page
from config.admin.sections import Section
from deployments import states
from deployments.models import Deployment, Website
from deployments.pipeline import take_down_now
from deployments.services.locks import DeploymentConflict
from deployments.services.rebuilds import cancel_deployment, rebuild_site, retry_deployment
from deployments.services.site_takedowns import restore_site, take_down_site

_ERRORS = (DeploymentConflict, PartnerInactive)


@staff_page(
    title="Retry a deployment",
    name="deployment-retry",
    route="deployments/deployment/<id:deployment_id>/retry/",
    permission="deployments.retry_deployment",
    section=Section.SHOPS,
)
def retry(request: HttpRequest, deployment_id: str) -> HttpResponse:
    deployment = _deployment(deployment_id)
    act = Act(
        title="Retry this deployment?",
        consequence="The shop is built again with the same input. The partner gets the events.",
        button="Retry deployment",
        back=_page_of(deployment),
        facts=[*_facts_of(deployment.website), ("Error", deployment.error)],
    )

    def perform(_given: dict[str, Any]) -> str:
        new = retry_deployment(deployment=deployment, actor=actor_of(request))
        return f"Deployment {new.id} queued."

    form = ConfirmForm(posted(request))
    return confirm_act(request, act, perform, form=form, errors=_ERRORS)


@staff_page(
    title="Cancel a deployment",
    name="deployment-cancel",
    route="deployments/deployment/<id:deployment_id>/cancel/",
    permission="deployments.cancel_deployment",
    section=Section.SHOPS,
)
def cancel(request: HttpRequest, deployment_id: str) -> HttpResponse:
    deployment = _deployment(deployment_id)
    act = Act(
        title="Cancel this deployment?",
        consequence="It fails, and the partner gets the event with the reason. A live shop keeps "
        "its present release.",
        button="Cancel deployment",
        back=_page_of(deployment),
        facts=[*_facts_of(deployment.website), ("Status", deployment.get_state_display())],
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        cancel_deployment(deployment=deployment, actor=actor_of(request), **given)
        return "Deployment cancelled."

    return confirm_act(request, act, perform, errors=_ERRORS)


@staff_page(
    title="Build a shop again",
    name="website-rebuild",
    route="deployments/website/<id:website_id>/rebuild/",
    permission="deployments.rebuild_website",
    section=Section.SHOPS,
)
def rebuild(request: HttpRequest, website_id: str) -> HttpResponse:
    website = _website(website_id)
    act = Act(
        title="Build this shop again?",
        consequence="Visitors see the present release until the new one replaces it. The partner "
        'gets the events, with the reason "update".',
        button="Build again",
        back=_page_of_shop(website),
        facts=_facts_of(website),
    )

    def perform(_given: dict[str, Any]) -> str:
        new = rebuild_site(website=website, actor=actor_of(request))
        return f"Deployment {new.id} queued."

    form = ConfirmForm(posted(request))
    return confirm_act(request, act, perform, form=form, errors=_ERRORS)


@staff_page(
    title="Take a shop down",
    name="website-take-down",
    route="deployments/website/<id:website_id>/take-down/",
    permission="deployments.take_down_website",
    section=Section.SHOPS,
)
def take_down(request: HttpRequest, website_id: str) -> HttpResponse:
    website = _website(website_id)
    act = Act(
        title="Take this shop down?",
        consequence="Both addresses stop working at once, until the shop is restored. The "
        "partner's owners are emailed the reason.",
        button="Take shop down",
        back=_page_of_shop(website),
        facts=_facts_of(website),
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        take_down_site(website=website, actor=actor_of(request), **given)
        take_down_now(website.identifier)
        return "Shop taken down."

    return confirm_act(request, act, perform, errors=_ERRORS)


@staff_page(
    title="Restore a shop",
    name="website-restore",
    route="deployments/website/<id:website_id>/restore/",
    permission="deployments.take_down_website",
    section=Section.SHOPS,
)
def restore(request: HttpRequest, website_id: str) -> HttpResponse:
    website = _website(website_id)
    act = Act(
        title="Restore this shop?",
        consequence="It is published again. The partner's owners are emailed the reason.",
        button="Restore shop",
        back=_page_of_shop(website),
        facts=[*_facts_of(website), *takedown_facts(website)],
    )

    def perform(given: dict[str, Any]) -> str:
        restore_site(website=website, actor=actor_of(request), **given)
        return "Shop restored. It is being published."

    return confirm_act(request, act, perform, errors=_ERRORS)


def takedown_facts(website: Website) -> list[tuple[str, Any]]:
    if not website.taken_down_at:
        return []
    return [
        ("Taken down", f"{full_time(website.taken_down_at)} by {website.taken_down_by}"),
        ("Reason", website.takedown_reason),
    ]


def _deployment(deployment_id: str) -> Deployment:
    rows = Deployment.objects.of_all().select_related("website__partner")
    return get_object_or_404(rows, pk=deployment_id)


def _website(website_id: str) -> Website:
    return get_object_or_404(Website.objects.of_all().select_related("partner"), pk=website_id)


def _facts_of(website: Website) -> list[tuple[str, Any]]:
    return [("Shop", website.identifier), ("Partner", website.partner.name)]


def _page_of(deployment: Deployment) -> str:
    return reverse("admin:deployments_deployment_change", args=[deployment.pk])


def _page_of_shop(website: Website) -> str:
    return reverse("admin:deployments_website_change", args=[website.pk])


object_act(
    "deployments.deployment",
    label="Retry",
    page="deployment-retry",
    permission="deployments.retry_deployment",
    applies=lambda deployment: deployment.state == Deployment.State.FAILED,
)
object_act(
    "deployments.deployment",
    label="Cancel",
    page="deployment-cancel",
    permission="deployments.cancel_deployment",
    applies=lambda deployment: deployment.state in states.RUNNING,
)
object_act(
    "deployments.website",
    label="Build again",
    page="website-rebuild",
    permission="deployments.rebuild_website",
    applies=lambda website: website.taken_down_at is None,
)
object_act(
    "deployments.website",
    label="Take down",
    page="website-take-down",
    permission="deployments.take_down_website",
    applies=lambda website: website.taken_down_at is None,
)
object_act(
    "deployments.website",
    label="Restore",
    page="website-restore",
    permission="deployments.take_down_website",
    applies=lambda website: website.taken_down_at is not None,
)
