"""The product's addresses and the views that are compared."""

from django.conf import settings
from django.urls import path

from benchmarks.gate import views
from config.urls import urlpatterns as product

urlpatterns = [
    *product,
    # Under the API's prefix, so that its calls are logged as the product's are.
    path("partner/v1/benchmark", views.GateView.as_view()),
    path("benchmark/floor", views.FloorView.as_view()),
]
if "rest_framework_api_key" in settings.INSTALLED_APPS:
    from benchmarks.gate import peer

    urlpatterns += [
        path("benchmark/peer", peer.PeerView.as_view()),
        path("benchmark/peer-60", peer.SixtyView.as_view()),
    ]
