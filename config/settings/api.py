"""The public API and its auto-login links."""

from __future__ import annotations

from config.settings.env import PUBLIC_URL, env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.KeyAuthentication"],
    # Authentication also checks permissions and rate limits, in one database function.
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.EnvelopeRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.renderers.AlwaysJSON",
    "EXCEPTION_HANDLER": "config.api.exceptions.handle_exception",
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "config.openapi.schema.ApiSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ShopIQ API",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "config.openapi.generator.Generator",
    "ENFORCE_NON_BLANK_FIELDS": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
    "SCHEMA_PATH_PREFIX": "",
    "SORT_OPERATIONS": False,
}
# Refused calls of one address and web process; twice as many at once.
REFUSED_CALLS_PER_MINUTE = env.int("REFUSED_CALLS_PER_MINUTE", 60)
REQUEST_LOG_DAYS = env.int("REQUEST_LOG_DAYS", 90)
IDEMPOTENCY_HOURS = 48

# Auto-login links: their URL, and the token's `iss` and `aud`.
AUTO_LOGIN_URL = env.str("AUTO_LOGIN_URL", f"{PUBLIC_URL}/chat")
AUTO_LOGIN_ISSUER = env.str("AUTO_LOGIN_ISSUER", "shopiq")
AUTO_LOGIN_AUDIENCE = env.str("AUTO_LOGIN_AUDIENCE", "shopiq-chat")
