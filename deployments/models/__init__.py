"""Websites, their deployments, takedowns and domains."""

from deployments.models.deployments import Deployment, DeploymentQuerySet
from deployments.models.domains import SiteDomain
from deployments.models.takedowns import Takedown
from deployments.models.websites import Website

__all__ = ["Deployment", "DeploymentQuerySet", "SiteDomain", "Takedown", "Website"]
