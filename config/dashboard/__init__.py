"""Pages of the dashboard that show more than one app."""
