"""What each group of staff may do with sites and deployments."""

from config.admin.permissions import OPERATIONS, SUPPORT, allow, view

allow((SUPPORT, OPERATIONS), *view("deployments", "website", "deployment", "takedown"))
