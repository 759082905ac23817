"""All URLs of the platform."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path, register_converter

from config import views
from config.dashboard import errors, preferences
from config.db.ids import IdConverter
from config.documentation import views as documentation
from config.front import views as front
from config.mail import inbox
from config.monitoring import views as probes
from config.openapi import views as openapi
from config.pages.media import media
from deployments import serving
from deployments.views import chat
from imaging.api.key_views import ImageKeyView

register_converter(IdConverter, "id")

urlpatterns = [
    path("healthz", probes.livez),
    path("livez", probes.livez),
    path("readyz", probes.readyz),
    path("statusz", probes.statusz),
    path("metrics", probes.metrics),
    path(".well-known/security.txt", views.security_txt),
    path(".well-known/signing-keys.json", views.signing_keys, name="signing-keys"),
    # First, because most requests are API calls.
    path("partner/v1/image/", include("imaging.api.urls")),
    re_path(r"^partner/v1/me/?$", ImageKeyView.as_view()),
    path("api/v2/third-party/", include("accounts.api.urls")),
    path("api/v2/third-party/", include("integrations.api.urls")),
    path("api/v2/third-party/", include("deployments.api.urls")),
    re_path(r"^api/schema/?$", openapi.SchemaView.as_view(), name="api-schema"),
    path("docs/api/", openapi.reference, name="api-reference"),
    path("docs/api/postman.json", openapi.postman, name="api-postman"),
    # For programs, which look for them at one address.
    path("docs/changelog.rss", documentation.changelog, name="docs-changelog"),
    path("llms.txt", documentation.llms, name="llms"),
    path("robots.txt", front.robots, name="robots"),
    path("sitemap.xml", front.sitemap, name="sitemap"),
    *i18n_patterns(
        path("", include("config.front.urls")),
        path("", include("config.documentation.urls")),
        prefix_default_language=False,
    ),
    path("chat", chat.chat, name="chat"),
    path("language/<str:language>/", preferences.choose_language, name="language"),
    path("preferences/", preferences.choose, name="preferences"),
    path("sites/archives/<str:token>", serving.archive, name="site-archive"),
    path("", include("accounts.public_urls")),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("dashboard/", include("config.dashboard.urls")),
    path("dashboard/", include("accounts.urls")),
    path("dashboard/", include("integrations.urls")),
    path("dashboard/", include("billing.urls")),
    path("dashboard/", include("imaging.urls")),
    path("dashboard/", include("deployments.urls")),
    path("", include("billing.public_urls")),
    path("admin/mail/", admin.site.admin_view(inbox.messages), name="staff-mail"),
    re_path(
        r"^admin/mail/(?P<name>[0-9]{8}-[0-9]{6}-[0-9]+\.log)$",
        admin.site.admin_view(inbox.message),
        name="staff-mail-message",
    ),
    path("admin/", admin.site.urls),
    re_path(r"^(?:login|signup|dashboard|admin)$", views.add_slash),
    re_path(r"^(?:(?:hi|as)/)?(?:docs(?:/[\w-]+)?|status)$|^(?:hi|as)$", views.add_slash),
    re_path(r"^media/(?P<name>.+)$", media, name="media"),
]

handler400 = views.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = views.server_error
#: Used by allauth when its rate limits are exceeded.
handler429 = errors.too_many_requests
