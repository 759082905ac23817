"""Pages of the dashboard: webhooks and their signatures."""
