from django.urls import path

from config.front import views

urlpatterns = [
    path("", views.home, name="home"),
    path("status/", views.status, name="status"),
]
