"""The silhouettes by their key in `imaging.providers.local.lexicon`."""

from __future__ import annotations

from imaging.providers.local.products.fashion import FASHION
from imaging.providers.local.products.food import FOOD
from imaging.providers.local.products.goods import GOODS
from imaging.providers.local.products.home import HOME

PRODUCT_SHAPES = FASHION | HOME | FOOD | GOODS
