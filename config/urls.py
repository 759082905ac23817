"""Every address of the platform."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path, re_path

from accounts.forms import SignInForm
from config import chat, views
from deployments import sites

urlpatterns = [
    path("", views.home),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/v2/third-party/", include("accounts.api.urls")),
    path("api/v2/third-party/", include("integrations.api.urls")),
    path("api/v2/third-party/", include("deployments.api.urls")),
    path("partner/v1/image/", include("imaging.api.urls")),
    path("chat", chat.chat, name="chat"),
    path("sites/archives/<str:token>", sites.archive, name="site-archive"),
    path(
        "login/",
        auth_views.LoginView.as_view(
            authentication_form=SignInForm, redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("admin/", admin.site.urls),
    re_path(r"^(?:login|dashboard|admin)$", views.add_slash),
    re_path(r"^media/(?P<name>.+)$", views.media, name="media"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
