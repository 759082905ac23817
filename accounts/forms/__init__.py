"""Forms for sign-in, teams and API keys."""
