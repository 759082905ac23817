"""Pages of the dashboard: API keys, whitelists, team, request log, audit."""
