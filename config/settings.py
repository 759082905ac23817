"""Settings, all from the environment; `.env.example` lists and explains every variable.

`ENVIRONMENT=development` (the default) is the embedded installation of `bin/run`: its own
PostgreSQL, secrets generated into its data folder, local adapters for every outside service.
`ENVIRONMENT=production` generates nothing and is checked by `config.checks`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from config import logs, postgres
from config.secrets import embedded_secrets_file

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if env.str("ENV_FILE", ""):
    env.read_env(env.str("ENV_FILE"))

ENVIRONMENT = env.str("ENVIRONMENT", "development")
IS_PRODUCTION = ENVIRONMENT == "production"
DATA_DIR = postgres.data_dir()
if not IS_PRODUCTION:
    env.read_env(embedded_secrets_file(DATA_DIR))

# Secrets: four separate ones, so that none of them opens what another one guards. What production
# leaves out is named by `config.checks`, all of it at once.
# Not empty, or Django would stop at this one before the checks can name all.
SECRET_KEY = env.str("SECRET_KEY", "unset")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
LOOKUP_KEY = env.str("LOOKUP_KEY", "")
AUTO_LOGIN_JWT_SECRET = env.str("AUTO_LOGIN_JWT_SECRET", "")

# Addresses
DEBUG = False
PORT = env.int("PORT", 8000)
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

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
    "config",
    "accounts",
    "integrations",
    "billing",
    "imaging",
    "deployments",
]

MIDDLEWARE = [
    "config.api.middleware.RequestContextMiddleware",
    "deployments.sites.SiteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.pages.PagePolicyMiddleware",
    "config.pages.PageSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.pages.PageAuthenticationMiddleware",
    "config.pages.PageMessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.activity.SessionActivityMiddleware",
    "config.pages.PageTimeZoneMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Both spellings of an API path answer, and a POST must never be redirected.
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
                "accounts.access.visitor",
            ],
        },
    },
]

# Fields are drawn by our own templates in templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: PostgreSQL alone. A pool only where threads share it (the web process): one inside
# the worker's forked processes would hand the same socket to several of them.
_is_database_named = bool(env.str("DATABASE_URL", "")) or not IS_PRODUCTION
_database: dict[str, Any] = (
    env.db_url("DATABASE_URL", default=postgres.url()) if _is_database_named else {}
)
_pool_size = env.int("DB_POOL_SIZE", 0)
DATABASES = {
    "default": {
        **_database,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if _pool_size else None,
        "CONN_HEALTH_CHECKS": not _pool_size,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            # Lets `config.sql` prepare its statements; Django's own cursors never do.
            "prepare_threshold": 5,
            "options": (
                f"-c lock_timeout={env.str('DB_LOCK_TIMEOUT', '5s')}"
                f" -c statement_timeout={env.str('DB_STATEMENT_TIMEOUT', '15s')}"
                f" -c idle_in_transaction_session_timeout=30s"
            ),
            **(
                {"pool": {"min_size": 1, "max_size": _pool_size, "timeout": 30}}
                if _pool_size
                else {}
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # What guards sign-ins is counted here; with Django's 300 a lockout could be pushed out.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/dashboard/"
LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.SignInForm",
    "signup": "accounts.forms.sign_in.SignUpForm",
    "add_email": "accounts.forms.own_login.AddEmailForm",
    "change_password": "accounts.forms.own_login.ChangePasswordForm",
    "set_password": "accounts.forms.own_login.SetPasswordForm",
    "reset_password": "accounts.forms.own_login.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.own_login.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.own_login.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Whoever opens the mailed link in the browser of the sign-up is signed in at once.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# One address: a new one replaces it once its owner has confirmed it.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"confirm_email": "1/60s/key"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.own_login.SecondStepForm",
    "reauthenticate": "accounts.forms.own_login.SecondFactorReauthenticateForm",
    "activate_totp": "accounts.forms.own_login.ActivateAppForm",
    "add_webauthn": "accounts.forms.own_login.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.own_login.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ShopIQ"
# A code counts half a minute longer, for phones whose clock is a little off.
MFA_TOTP_TOLERANCE = 1
# Nobody is signed in without a confirmed address; without this, one who has a second factor could
# not change the address any more.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers ask for https themselves, except on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
STAFF_REQUIRE_SECOND_FACTOR = env.bool("STAFF_REQUIRE_SECOND_FACTOR", default=IS_PRODUCTION)

# Mail: the embedded installation writes it to a folder, which staff read at /admin/mail/.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", "" if IS_PRODUCTION else "ShopIQ <shopiq@localhost>"
)
EMAIL_TIMEOUT = 10
if IS_PRODUCTION or env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
else:
    EMAIL_BACKEND = "config.mail.FolderBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")

# Browser safety
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# Words, times, files
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
# In development WhiteNoise finds the files where they are written.
STATIC_ROOT = env.str("STATIC_ROOT", str(DATA_DIR / "static") if IS_PRODUCTION else "") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
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

# The public API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.MayCallEndpoint"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.PartnerRateThrottle"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.EnvelopeRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.renderers.AlwaysJSON",
    "EXCEPTION_HANDLER": "config.api.exceptions.handle_exception",
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
REQUEST_LOG_DAYS = env.int("REQUEST_LOG_DAYS", 90)
IDEMPOTENCY_HOURS = 48

# Auto-login links: where they lead, and who says so to whom (the token's `iss` and `aud`).
AUTO_LOGIN_URL = env.str("AUTO_LOGIN_URL", f"{PUBLIC_URL}/chat")
AUTO_LOGIN_ISSUER = env.str("AUTO_LOGIN_ISSUER", "shopiq")
AUTO_LOGIN_AUDIENCE = env.str("AUTO_LOGIN_AUDIENCE", "shopiq-chat")

# Images
IMAGE_PROVIDER = env.str("IMAGE_PROVIDER", "" if IS_PRODUCTION else "local")
IMAGE_CALL_SECONDS = env.int("IMAGE_CALL_SECONDS", 110)
# What a call may still need after its deadline; then it counts as dead and is refunded.
IMAGE_LEASE_SECONDS = IMAGE_CALL_SECONDS + env.int("IMAGE_LEASE_MARGIN_SECONDS", 40)
IMAGE_DOWNLOAD_MAX_BYTES = 50 * 1024 * 1024
GEMINI_BASE_URL = env.str("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com")
GEMINI_API_KEY = env.str("GEMINI_API_KEY", "")
GEMINI_IMAGE_MODEL = env.str("GEMINI_IMAGE_MODEL", "gemini-3.1-flash-image")
GEMINI_TEXT_MODEL = env.str("GEMINI_TEXT_MODEL", "gemini-3.5-flash-lite")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", "https://api.openai.com")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
OPENAI_IMAGE_MODEL = env.str("OPENAI_IMAGE_MODEL", "gpt-image-2")
OPENAI_TEXT_MODEL = env.str("OPENAI_TEXT_MODEL", "gpt-6-luna")
IMAGE_STORAGE = env.str("IMAGE_STORAGE", "" if IS_PRODUCTION else "local")
MEDIA_ROOT = env.path("MEDIA_ROOT", str(DATA_DIR / "media"))()
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", "")
S3_REGION = env.str("S3_REGION", "ap-south-1")
S3_ACL = env.str("S3_ACL", "public-read")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "") or None
S3_PUBLIC_BASE_URL = env.str("S3_PUBLIC_BASE_URL", "") or None
TEST_IMAGE_HOST = env.str("TEST_IMAGE_HOST", "https://placehold.co")
# Lets partners' URLs point at this machine, so that everything can be tried on one.
ALLOW_LOOPBACK_URLS = env.bool("ALLOW_LOOPBACK_URLS", default=not IS_PRODUCTION)

# Payments: what is taken, by which gateways, and who sells.
RAZORPAY_BASE_URL = env.str("RAZORPAY_BASE_URL", "https://api.razorpay.com").rstrip("/")
RAZORPAY_KEY_ID = env.str("RAZORPAY_KEY_ID", "")
RAZORPAY_KEY_SECRET = env.str("RAZORPAY_KEY_SECRET", "")
RAZORPAY_WEBHOOK_SECRET = env.str("RAZORPAY_WEBHOOK_SECRET", "")
RAZORPAY_TIMEOUT_SECONDS = env.int("RAZORPAY_TIMEOUT_SECONDS", 15)
_has_razorpay = all((RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET))
PAYMENT_GATEWAYS = env.list(
    "PAYMENT_GATEWAYS",
    default=[
        *(["razorpay"] if _has_razorpay else []),
        *([] if IS_PRODUCTION else ["sandbox"]),
        "manual",
    ],
)
GST_PERCENT = env.int("GST_PERCENT", 18)
SAC_CODE = env.str("SAC_CODE", "998439")
SELLER_NAME = env.str("SELLER_NAME", "" if IS_PRODUCTION else "ShopIQ Demonstration")
# Its first two digits are the seller's state. The default's form is right; nobody has it.
SELLER_GSTIN = env.str("SELLER_GSTIN", "" if IS_PRODUCTION else "29AAAAA0000A1ZY")
SELLER_ADDRESS = env.list(
    "SELLER_ADDRESS", default=[] if IS_PRODUCTION else ["1 Example Road", "Bengaluru 560001"]
)
BANK_DETAILS = env.list(
    "BANK_DETAILS",
    default=(
        []
        if IS_PRODUCTION
        else [
            "Account name: ShopIQ Demonstration",
            "Account number: 000000000000",
            "IFSC: DEMO0000000",
        ]
    ),
)

# Webhooks: waits in seconds before the second, third, … attempt; then an event is given up.
WEBHOOK_RETRY_SECONDS = [
    float(seconds)
    for seconds in env.list(
        "WEBHOOK_RETRY_SECONDS",
        default=[5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    )
]
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 90)
WEBHOOK_TIMEOUT_SECONDS = env.int("WEBHOOK_TIMEOUT_SECONDS", 15)
# Longer than an attempt may take, so that nobody else makes the same one meanwhile.
WEBHOOK_LEASE_SECONDS = 2 * WEBHOOK_TIMEOUT_SECONDS
# Attempts under way: in one worker process, and of one partner in all of them.
WEBHOOK_SLOTS = 64
WEBHOOK_SLOTS_PER_PARTNER = 8

# Shops: their addresses, who publishes them, and how long one step of a deployment may take.
SITE_PRODUCTION_URL = env.str("SITE_PRODUCTION_URL", f"http://{{identifier}}.localhost:{PORT}")
SITE_PREVIEW_URL = env.str("SITE_PREVIEW_URL", f"http://{{identifier}}.dev.localhost:{PORT}")
SITES_ROOT = env.path("SITES_ROOT", str(DATA_DIR / "sites"))()
BUILDS_ROOT = env.path("BUILDS_ROOT", str(DATA_DIR / "builds"))()
DEPLOY_TARGET = env.str("DEPLOY_TARGET", "" if IS_PRODUCTION else "local")
DEPLOY_STEP_SECONDS = env.int(
    "DEPLOY_STEP_SECONDS", 600 if DEPLOY_TARGET == "github_actions" else 60
)
SHOP_COPY_WRITER = env.str("SHOP_COPY_WRITER", "config.copywriting.write_copy")
SITES_S3_BUCKET = env.str("SITES_S3_BUCKET", "")
SITES_S3_PREFIX = env.str("SITES_S3_PREFIX", "")
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com")
GITHUB_REPOSITORY = env.str("GITHUB_REPOSITORY", "")
GITHUB_WORKFLOW = env.str("GITHUB_WORKFLOW", "")
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "")
GITHUB_REF = env.str("GITHUB_REF", "main")

# The queue is a doorbell: a message is a hint that there is work, the rows are the work.
Q_CLUSTER = {
    "name": "shopiq",
    "orm": "default",
    "workers": env.int("WORKER_PROCESSES", 2),
    "poll": 0.05,
    "bulk": 20,
    "timeout": 2 * DEPLOY_STEP_SECONDS + 60,
    "retry": 2 * DEPLOY_STEP_SECONDS + 120,
    "recycle": 100_000,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "label": "Queue",
}

LOGGING = logs.configuration(
    level=env.str("LOG_LEVEL", "INFO" if IS_PRODUCTION else "WARNING"),
    as_json=env.bool("LOG_JSON", default=IS_PRODUCTION),
)
