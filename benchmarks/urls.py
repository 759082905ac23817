"""The product's URLs and the compared views."""

from typing import Any

from django.conf import settings
from django.urls import path

from benchmarks.authorization import views
from config import urls

product: list[Any] = urls.urlpatterns
_after_image_api = 1 + [str(each.pattern) for each in product].index("partner/v1/image/")
urlpatterns = [
    *product[:_after_image_api],
    # Below the API's prefix and as deep as its endpoints, so that calls take the same way.
    path("partner/v1/benchmark", views.AuthorizedView.as_view()),
    *product[_after_image_api:],
    path("benchmark/floor", views.FloorView.as_view()),
]
if "rest_framework_api_key" in settings.INSTALLED_APPS:
    from benchmarks.authorization import peer

    urlpatterns += [
        path("benchmark/peer", peer.PeerView.as_view()),
        path("benchmark/peer-60", peer.SixtyView.as_view()),
        path("benchmark/peer-redis", peer.RedisView.as_view()),
        path("benchmark/peer-shared", peer.SharedView.as_view()),
    ]
