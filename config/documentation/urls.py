from django.urls import path

from config.documentation import views

urlpatterns = [
    path("docs/", views.page, name="docs"),
    path("docs/search.json", views.search, name="docs-search"),
    path("docs/keys/", views.keys, name="docs-keys"),
    path("docs/<slug:name>.md", views.markdown, name="docs-markdown"),
    path("docs/<slug:name>/", views.page, name="docs-page"),
]
