"""Auto-login endpoints: `/api/v2/third-party/*`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.account_views import check_phone
from accounts.api.errors import account_not_found
from accounts.api.params import body_text, parse_id, query_text
from accounts.api.views import ManagementView
from accounts.error_codes import AMBIGUOUS_PHONE, AUTO_LOGIN_LINK_NOT_FOUND
from accounts.models import Account, AutoLoginLink
from accounts.services import auto_login
from accounts.services.auto_login import AccountReference
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import ApiError, bad_request, not_found
from config.api.pagination import NewestFirst
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from config.db.ids import is_id


class GenerateAutoLoginUrlView(ManagementView):
    """POST generateAutoLoginUrl."""

    endpoint = "autologin.create"
    label = gettext_noop("Create an auto-login link")

    def post(self, request: Any) -> ApiResponse:
        reference = AccountReference(
            account_id=body_text(request, "accountId").strip(),
            email=body_text(request, "email").strip(),
            phone=body_text(request, "phone").strip(),
        )
        if not reference:
            raise no_identifier()
        if reference.account_id:
            parse_id(reference.account_id)
        elif not reference.email:
            check_phone(reference.phone)
        try:
            issued = auto_login.create_link(admission=self.admission, reference=reference)
        except Account.DoesNotExist:
            raise account_not_found() from None
        except auto_login.AmbiguousPhoneNumber:
            raise ambiguous_phone() from None
        return ApiResponse(
            {
                "success": True,
                "message": "Auto-login URL generated successfully.",
                "redirectUrl": issued.url,
                "linkId": issued.link.id,
                "expiresAt": timestamp(issued.link.expires_at),
            }
        )


class ListAutoLoginLinksView(ManagementView):
    """GET autoLoginLinks: an account's links, newest first."""

    endpoint = "autologin.list"
    label = gettext_noop("List auto-login links")

    def get(self, request: Any) -> ApiResponse:
        account = _account_of(self, query_text(request, "accountId").strip())
        links = (
            AutoLoginLink.objects.of(account.partner_id)
            .filter(account=account)
            .select_related("key")
        )
        page = NewestFirst.read(request.query_params).fetch_page(links)
        return ApiResponse(
            {
                "success": True,
                "data": [_data(link) for link in page.rows],
                "nextCursor": page.next_cursor,
            }
        )


class RevokeAutoLoginLinksView(ManagementView):
    """POST revokeAutoLoginLinks: one link by `linkId`, else all links of the account."""

    endpoint = "autologin.revoke"
    label = gettext_noop("Revoke auto-login links")

    def post(self, request: Any) -> ApiResponse:
        account = _account_of(self, body_text(request, "accountId").strip())
        link_id = body_text(request, "linkId").strip()
        actor = f"key:{self.admission.key_id}"
        if link_id:
            auto_login.revoke_link(link=_link_of(account, link_id), actor=actor)
            return ApiResponse({"success": True, "message": "Auto-login link revoked."})
        revoked = auto_login.revoke_links_of(account=account, actor=actor)
        return ApiResponse(
            {"success": True, "message": "Auto-login links revoked.", "revoked": revoked}
        )


def no_identifier() -> ApiError:
    message = "Must provide accountId, email, or phone to generate a login link."
    return bad_request(message, code=MISSING_FIELDS)


def ambiguous_phone() -> ApiError:
    message = "phone matches several accounts; include the country code."
    return bad_request(message, code=AMBIGUOUS_PHONE, field="phone")


def account_id_required() -> ApiError:
    return bad_request("accountId is required.", code=MISSING_FIELDS, field="accountId")


def link_not_found() -> ApiError:
    return not_found("Auto-login link not found.", code=AUTO_LOGIN_LINK_NOT_FOUND)


def _account_of(view: ManagementView, account_id: str) -> Account:
    if not account_id:
        raise account_id_required()
    accounts = Account.objects.of(view.admission.partner_id).select_related("partner")
    account = accounts.filter(pk=parse_id(account_id)).first()
    if account is None:
        raise account_not_found()
    return account


def _link_of(account: Account, link_id: str) -> AutoLoginLink:
    links = account.auto_login_links.select_related("partner")
    link = links.filter(pk=link_id).first() if is_id(link_id) else None
    if link is None:
        raise link_not_found()
    return link


def _data(link: AutoLoginLink) -> dict[str, Any]:
    return {
        "linkId": link.id,
        "createdAt": timestamp(link.created_at),
        "expiresAt": timestamp(link.expires_at),
        "revokedAt": timestamp(link.revoked_at) if link.revoked_at else None,
        "lastUsedAt": timestamp(link.last_used_at) if link.last_used_at else None,
        "useCount": link.use_count,
        "key": {"id": link.key_id, "lastFour": link.key.last_four},
    }
