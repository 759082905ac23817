"""The product's settings, with a builder of two files instead of the real one."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.shops.tiny.TinyShops"]  # noqa: F405
