"""Django itself: apps, middleware, templates, cache, files."""

from __future__ import annotations

from django.conf.locale import LANG_INFO

from config import logging
from config.settings.env import BASE_DIR, DATA_DIR, IS_PRODUCTION, env

INSTALLED_APPS = [
    "config.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "config.db",
    "config.mail",
    "accounts",
    "integrations",
    "billing",
    "imaging",
    "deployments",
]

MIDDLEWARE = [
    "config.monitoring.middleware.MonitoringMiddleware",
    "config.api.middleware.BrowserPolicyMiddleware",
    "config.api.chain.ApiChainMiddleware",
    "config.api.middleware.RequestIdMiddleware",
    "deployments.serving.SiteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.pages.media.MediaMiddleware",
    # Safe against BREACH: it adds random bytes, and CSRF tokens are masked anew on each page.
    # Static files it compresses in development only; `collectstatic` compresses them in advance.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.pages.languages.LanguageMiddleware",
    "config.pages.middleware.PageBodyMiddleware",
    "config.pages.middleware.PageSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.pages.middleware.PageRedirectMiddleware",
    "config.pages.middleware.PageMethodMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.middleware.DeviceCookieMiddleware",
    "accounts.sign_in.middleware.StaffSessionMiddleware",
    "accounts.sign_in.middleware.SessionActivityMiddleware",
    "accounts.sign_in.middleware.PendingReauthenticationMiddleware",
    "config.pages.middleware.PageTimeZoneMiddleware",
    "config.pages.preferences.ModeMiddleware",
    "accounts.viewing.PartnerViewingMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# The middleware of API calls.
API_MIDDLEWARE = [
    "config.api.middleware.CallMiddleware",
    "accounts.refused_calls.RefusedCallLimitMiddleware",
    "config.api.middleware.ApiSecurityMiddleware",
    "deployments.serving.SiteMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# API paths work with and without a trailing slash; a POST must never be redirected.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.permissions.partner_context",
                "config.pages.preferences.preferences",
                "config.pages.panel.frame",
            ],
        },
    },
]

# Fields are rendered by our own templates in templates/django/forms, and by Python.
FORM_RENDERER = "config.pages.form_renderer.FormRenderer"

CACHES = {
    "default": {
        "BACKEND": "config.db.cache.JSONCache",
        "LOCATION": "shared_cache",
        # Rate limits are counted here. Failed sign-ins are kept, or a flood of other entries, which
        # cost little, would push a lockout out; each of them costs the hash of a password.
        "OPTIONS": {"MAX_ENTRIES": 100_000, "KEEP": ":(login_failed|reauthenticate|last-backup)"},
    }
}

# Language, times, files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी"), ("as", "অসমীয়া")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
# Django has no Assamese of its own.
LANG_INFO["as"] = {
    "code": "as", "name": "Assamese", "name_local": "অসমীয়া", "bidi": False,
}  # fmt: skip
FORMAT_MODULE_PATH = "config.settings.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
# In development, WhiteNoise serves the files from the source folders.
STATIC_ROOT = env.str("STATIC_ROOT", str(DATA_DIR / "static") if IS_PRODUCTION else "") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.pages.styles.StylesFinder",
    "config.pages.styles.DocumentationStylesFinder",
    "config.pages.styles.VisitorStylesFinder",
    "config.pages.styles.ReferenceStylesFinder",
    "config.pages.styles.StaffStylesFinder",
    "config.pages.styles.StaffBaseFinder",
    "config.pages.scripts.ShellFinder",
    "config.pages.scripts.PasskeysFinder",
    "config.pages.scripts.ShellWithPasskeysFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

LOGGING = logging.configuration(
    level=env.str("LOG_LEVEL", "INFO" if IS_PRODUCTION else "WARNING"),
    as_json=env.bool("LOG_JSON", default=IS_PRODUCTION),
)
