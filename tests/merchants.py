"""Accounts for tests, and a client with a partner's management key."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

BASE = "/api/v2/third-party/"
#: Well-formed, and of nothing.
UNKNOWN_ID = "0" * 24

#: The documentation's example (API docs, "Account Model").
EXAMPLE: dict[str, Any] = {
    "email": "sarah@novaretail.com",
    "mobileNumber": {"value": "9876543210", "countryCode": 91},
    "firstName": "Sarah",
    "lastName": "Mitchell",
    "businessName": "Nova Retail",
    "typeOfBusiness": "Retail",
    "businessCategory": "Fashion & Clothing",
    "address": {
        "addLineOne": "42 Commerce Street",
        "city": "Mumbai",
        "state": "Maharashtra",
        "country": "India",
        "pincode": "400001",
    },
}


def merchant(number: int = 0, **fields: Any) -> dict[str, Any]:
    """Return a body for createAccount, different for each number."""
    return {
        "email": f"merchant{number}@example.com",
        "mobileNumber": {"value": f"{9_000_000_000 + number}", "countryCode": 91},
        **fields,
    }


class PartnerServer:
    """Sends JSON with one key, in process, from one thread."""

    def __init__(self, key: str) -> None:
        self.key = key
        # One for all calls: each new one would read the middlewares and all static files again.
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(BASE + path, query, headers={"x-api-key": self.key})

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, body)

    def delete(self, path: str, body: Any = None) -> Any:
        return self.send("DELETE", path, body)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Without a body there is no Content-Type either."""
        content = b"" if body is None else json.dumps(body)
        return self._client.generic(
            method,
            BASE + path,
            content,
            content_type="" if body is None else "application/json",
            headers={"x-api-key": self.key, **headers},
        )

    def create(self, number: int = 0, **fields: Any) -> str:
        """Create an account and return its id."""
        response = self.post("createAccount", merchant(number, **fields))
        assert response.status_code == 201, response.content
        return str(response.json()["accountId"])

    def read(self, account_id: str) -> dict[str, Any]:
        data: dict[str, Any] = self.get(f"getAccount/{account_id}").json()["data"]
        return data
