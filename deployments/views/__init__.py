"""Dashboard pages of deployments and merchants."""
