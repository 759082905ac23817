"""Dashboard pages: webhooks and the signature debugger."""
