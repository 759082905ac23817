"""Pages of the dashboard: deployments of a partner."""
