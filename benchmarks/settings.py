"""The product's settings, with the compared views and what the peers need."""

from benchmarks import peers, redis
from config.settings import *  # noqa: F403

# The benchmarks create functions and tables, so they connect as the superuser.
DATABASE_SERVING_ROLE = "shopiq"
ROOT_URLCONF = "benchmarks.urls"
MIDDLEWARE = ["benchmarks.authorization.chain.ComparisonMiddleware", *MIDDLEWARE]  # noqa: F405
# The peer's throttles count here; the product's limits do not.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "benchmark_cache",
    },
}
if redis.socket_path().exists():
    CACHES["redis"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"unix://{redis.socket_path()}",
    }
if peers.make_importable():
    INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework_api_key"]  # noqa: F405
# More points than any benchmark uses.
GRANT_LIMIT = 10**12
