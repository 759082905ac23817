"""Pages of the dashboard: images made for a partner."""
