"""Websites, their deployments, takedowns and domains."""

from deployments.models.domains import SiteDomain
from deployments.models.shops import Deployment, DeploymentQuerySet, Takedown, Website

__all__ = ["Deployment", "DeploymentQuerySet", "SiteDomain", "Takedown", "Website"]
