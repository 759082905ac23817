"""Dashboard pages: API keys, whitelists, team, request log, audit trail."""
