"""How pages are registered on which staff do one thing with a partner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import Partner
from config.admin.pages import View, staff_page
from config.admin.partner_page import partner_action
from config.admin.sections import Section

Page = Callable[[HttpRequest, Partner], HttpResponse]


def partner_act(*, title: str, name: str, permission: str) -> Callable[[Page], View]:
    """Register a staff page `partner-{name}` on one partner, which the view gets."""

    def register(view: Page) -> View:
        @staff_page(
            title=title,
            name=f"partner-{name}",
            route=f"accounts/partner/<id:partner_id>/{name}/",
            permission=permission,
            section=Section.PARTNERS,
        )
        def page(request: HttpRequest, partner_id: str) -> HttpResponse:
            return view(request, get_object_or_404(Partner, pk=partner_id))

        return page

    return register


def back_to(partner: Partner) -> str:
    return reverse("admin:accounts_partner_change", args=[partner.pk])


def facts_of(partner: Partner) -> list[tuple[str, Any]]:
    return [("Partner", partner.name), ("ID", partner.pk)]


def act_button(
    label: str,
    name: str,
    permission: str,
    place: int,
    applies: Callable[[Partner], bool] | None = None,
) -> None:
    """Add a button for the page `partner-{name}` to the partner's page, where it applies."""

    @partner_action(label=label, permission=permission, place=place)
    def address_of(partner: Partner) -> str:
        is_useful = applies is None or applies(partner)
        return reverse(f"admin:partner-{name}", args=[partner.pk]) if is_useful else ""
