"""Dashboard pages of a partner's generated images."""
