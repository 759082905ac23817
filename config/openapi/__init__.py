"""The OpenAPI description of the public API, generated from its views and their declarations."""
