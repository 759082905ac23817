"""What each group of staff may do with sites and deployments."""

from config.admin.permissions import OPERATIONS, SUPPORT, allow, view

allow((SUPPORT, OPERATIONS), *view("deployments", "website", "deployment", "takedown"))
allow((SUPPORT, OPERATIONS), "deployments.retry_deployment", "deployments.rebuild_website")
allow(OPERATIONS, "deployments.cancel_deployment", "deployments.take_down_website")
