from django.urls import re_path

from integrations.api import views

urlpatterns = [
    re_path(r"^connectIntegration/?$", views.ConnectIntegrationView.as_view()),
    re_path(r"^disconnectIntegration/?$", views.DisconnectIntegrationView.as_view()),
    re_path(r"^integrationStatus/?$", views.IntegrationStatusView.as_view()),
]
