"""Fakes of services that deployments use."""
