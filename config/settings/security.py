"""Security of browsers and sessions."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

# Django wants 50 characters, whatever they are; `config.checks.secrets` knows that 32 random bytes
# are enough.
SILENCED_SYSTEM_CHECKS = ["security.W009"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
# A browser accepts these names only over TLS and from this very host: no sibling domain can set
# them.
_cookie_prefix = "__Host-" if IS_PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_cookie_prefix}csrftoken"
# Which users have signed in from a browser: `accounts.sign_in.devices`.
DEVICE_COOKIE_NAME = f"{_cookie_prefix}device"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# For reports of vulnerabilities, in /.well-known/security.txt.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
# Where partners get help.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", "")
CSRF_FAILURE_VIEW = "config.dashboard.errors.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
# Asked without a proxy, by balancers and by Prometheus.
SECURE_REDIRECT_EXEMPT = [r"^(?:healthz|livez|readyz|statusz|metrics)$"]
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
