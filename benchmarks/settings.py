"""The product's settings, with the views that are compared and what a peer needs."""

from benchmarks import peers
from config.settings import *  # noqa: F403

# The benchmarks make functions and tables of their own, so they connect as the superuser.
DATABASE_SERVING_ROLE = "shopiq"
ROOT_URLCONF = "benchmarks.urls"
MIDDLEWARE = ["benchmarks.gate.chain.ComparisonMiddleware", *MIDDLEWARE]  # noqa: F405
# The peer's throttles count here; nothing of the gate's does.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if peers.make_importable():
    INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework_api_key"]  # noqa: F405
# More points than any benchmark spends.
GRANT_LIMIT = 10**12
