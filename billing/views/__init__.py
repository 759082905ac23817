"""Dashboard pages: points, purchases, usage and billing settings."""
