from django.urls import re_path

from integrations.api import views, webhooks

urlpatterns = [
    re_path(r"^connectIntegration/?$", views.ConnectIntegrationView.as_view()),
    re_path(r"^disconnectIntegration/?$", views.DisconnectIntegrationView.as_view()),
    re_path(r"^integrationStatus/?$", views.IntegrationStatusView.as_view()),
    re_path(r"^webhooks/?$", webhooks.ListWebhooksView.as_view()),
    re_path(r"^webhooks/default/?$", webhooks.SetDefaultWebhookView.as_view()),
    re_path(r"^webhooks/default/remove/?$", webhooks.RemoveDefaultWebhookView.as_view()),
    re_path(r"^webhooks/resend/?$", webhooks.ResendWebhooksView.as_view()),
    re_path(r"^webhooks/test/?$", webhooks.TestWebhookView.as_view()),
    re_path(r"^webhooks/(?P<webhook_id>[^/]+)/?$", webhooks.UpdateWebhookView.as_view()),
    re_path(r"^webhooks/(?P<webhook_id>[^/]+)/enable/?$", webhooks.EnableWebhookView.as_view()),
]
