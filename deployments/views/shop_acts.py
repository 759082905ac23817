"""What a member does to a shop on the page of one of its deployments."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext

from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.locks import PartnerInactive
from deployments.models import Deployment
from deployments.services.locks import DeploymentConflict
from deployments.services.rebuilds import cancel_deployment, rebuild_site, retry_deployment
from deployments.services.rollbacks import roll_back_site


@partner_view(Permission.OPERATE, methods=("POST",))
def rebuild(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    def act(deployment: Deployment, actor: str) -> Deployment:
        return rebuild_site(website=deployment.website, actor=actor)

    return _carry_out(request, deployment_id, act, gettext("Rebuild started."))


@partner_view(Permission.OPERATE, methods=("POST",))
def roll_back(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    """Publish this release again; if it is the live one, the release before it."""

    def act(deployment: Deployment, actor: str) -> Deployment:
        is_live = deployment.state == Deployment.State.LIVE
        return roll_back_site(
            website=deployment.website,
            actor=actor,
            deployment_id="" if is_live else deployment.id,
        )

    return _carry_out(request, deployment_id, act, gettext("Rollback started."))


@partner_view(Permission.OPERATE, methods=("POST",))
def retry(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    def act(deployment: Deployment, actor: str) -> Deployment:
        return retry_deployment(deployment=deployment, actor=actor)

    return _carry_out(request, deployment_id, act, gettext("Deployment started."))


@partner_view(Permission.OPERATE, methods=("POST",))
def cancel(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    def act(deployment: Deployment, actor: str) -> Deployment:
        cancel_deployment(deployment=deployment, actor=actor)
        return deployment

    return _carry_out(request, deployment_id, act, gettext("Deployment cancelled."))


def _carry_out(
    request: PartnerRequest,
    deployment_id: str,
    act: Callable[[Deployment, str], Deployment],
    done: str,
) -> HttpResponse:
    """Go on to the deployment that the act returns, or say why it is not possible."""
    both = Deployment.objects.of_both(request.partner.id).select_related("website", "endpoint")
    shown = get_object_or_404(both, pk=deployment_id)
    try:
        shown = act(shown, request.user.email)
    except (DeploymentConflict, PartnerInactive) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("deployment", shown.id)
