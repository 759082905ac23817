from django.urls import re_path

from deployments.api import domain_views, events, site_views, views

urlpatterns = [
    re_path(r"^createAndDeploy/?$", views.CreateAndDeployView.as_view()),
    re_path(r"^deployments/?$", views.ListDeploymentsView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/?$", views.DeploymentView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/rebuild/?$", site_views.RebuildView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/rollback/?$", site_views.RollbackView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/cancel/?$", site_views.CancelView.as_view()),
    re_path(r"^deployments/(?P<identifier>[^/]+)/domains/?$", domain_views.DomainsView.as_view()),
    re_path(
        r"^deployments/(?P<identifier>[^/]+)/domains/verify/?$",
        domain_views.VerifyDomainsView.as_view(),
    ),
    re_path(
        r"^deployments/(?P<identifier>[^/]+)/webhook/?$", events.DeploymentWebhookView.as_view()
    ),
    re_path(r"^events/?$", views.ListEventsView.as_view()),
    re_path(r"^events/(?P<event_id>[^/]+)/?$", events.EventView.as_view()),
]
