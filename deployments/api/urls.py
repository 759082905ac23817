from django.urls import re_path

from deployments.api import views

urlpatterns = [
    re_path(r"^createAndDeploy/?$", views.CreateAndDeployView.as_view()),
    re_path(r"^deployments/?$", views.ListDeploymentsView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/?$", views.DeploymentView.as_view()),
    re_path(r"^events/?$", views.ListEventsView.as_view()),
]
