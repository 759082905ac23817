from django.urls import re_path

from accounts.api import account_views, auto_login_views, key_views

urlpatterns = [
    re_path(r"^createAccount/?$", account_views.CreateAccountView.as_view()),
    re_path(r"^updateAccount/?$", account_views.UpdateAccountView.as_view()),
    re_path(r"^deleteAccount/?$", account_views.DeleteAccountView.as_view()),
    re_path(r"^getAccount/(?P<account_id>[^/]+)/?$", account_views.GetAccountView.as_view()),
    re_path(r"^accounts/?$", account_views.ListAccountsView.as_view()),
    re_path(r"^isAccountCreated/?$", account_views.IsAccountCreatedView.as_view()),
    re_path(r"^generateAutoLoginUrl/?$", auto_login_views.GenerateAutoLoginUrlView.as_view()),
    re_path(r"^autoLoginLinks/?$", auto_login_views.ListAutoLoginLinksView.as_view()),
    re_path(r"^me/?$", key_views.ManagementKeyView.as_view()),
    re_path(r"^revokeAutoLoginLinks/?$", auto_login_views.RevokeAutoLoginLinksView.as_view()),
]
