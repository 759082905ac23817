"""Pages of the dashboard: points, purchases, usage and billing settings."""
