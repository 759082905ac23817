"""Loopback servers that speak the protocols of the remote image providers, strictly."""
