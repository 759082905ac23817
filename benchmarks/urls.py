"""The product's addresses and the views that are compared."""

from typing import Any

from django.conf import settings
from django.urls import path

from benchmarks.gate import views
from config import urls

product: list[Any] = urls.urlpatterns
_after_image_api = 1 + [str(each.pattern) for each in product].index("partner/v1/image/")
urlpatterns = [
    *product[:_after_image_api],
    # Under the API's prefix, as far down as its endpoints: its calls pass what theirs do.
    path("partner/v1/benchmark", views.GateView.as_view()),
    *product[_after_image_api:],
    path("benchmark/floor", views.FloorView.as_view()),
]
if "rest_framework_api_key" in settings.INSTALLED_APPS:
    from benchmarks.gate import peer

    urlpatterns += [
        path("benchmark/peer", peer.PeerView.as_view()),
        path("benchmark/peer-60", peer.SixtyView.as_view()),
    ]
