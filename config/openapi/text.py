"""What the description says of the API as a whole."""

VERSION = "2.2.0"
DESCRIPTION = """\
Manage merchant accounts, connect integrations, deploy shops, and generate and enhance images.

Requests and responses are JSON. Send your key in the `X-API-Key` header, or as
`Authorization: Bearer`. Every error has `success: false`, a `message` for people and a stable
`code` for programs.

Paths work with and without a trailing slash. Unknown members of a body are ignored. More members
may be added to responses and events at any time.

Errors that come before any endpoint: 404 `route_not_found`, 405 `method_not_allowed`, 408
`request_timeout`, 429 `too_many_connections`, and `malformed_http` with 400, 414, 417, 431 or 501.
"""
#: The groups of endpoints in their order.
GROUPS = {
    "Accounts": "The accounts of your merchants.",
    "Integrations": "Connections between accounts and other services.",
    "Auto-login": "Links that sign a merchant in.",
    "Deployments": "Shops: build, publish, roll back.",
    "Domains": "The merchants' own domains.",
    "Events": "What was sent to your webhooks, and what they missed.",
    "Webhooks": "The URLs that get events.",
    "Images": "Generate and enhance images, paid with points.",
    "Keys": "The key of the request.",
}
