from django.urls import re_path

from imaging.api import operation_views, views

urlpatterns = [
    re_path(r"^create/?$", views.CreateView.as_view()),
    re_path(r"^enhance/?$", views.EnhanceView.as_view()),
    re_path(r"^usage/?$", views.UsageView.as_view()),
    re_path(r"^quote/?$", views.QuoteView.as_view()),
    re_path(r"^operations/?$", operation_views.ListOperationsView.as_view()),
    re_path(r"^operations/(?P<operation_id>[^/]+)/?$", operation_views.OperationView.as_view()),
    re_path(
        r"^operations/(?P<operation_id>[^/]+)/cancel/?$",
        operation_views.CancelOperationView.as_view(),
    ),
]
