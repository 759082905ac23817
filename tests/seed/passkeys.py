"""A passkey as a browser would have registered it; its private key does not exist."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User

_PRESENT_AND_VERIFIED = AuthenticatorData.FLAG(0x45)
"""User present, user verified, credential data included (WebAuthn, 6.1)."""


def add_passkey(user: User, name: str) -> Authenticator:
    return Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name, "credential": _credential(f"{name} of {user.email}".encode())},
    )


def _credential(identifier: bytes) -> dict[str, Any]:
    key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
        ec.generate_private_key(ec.SECP256R1()).public_key()
    )
    held = AttestedCredentialData.create(bytes(16), identifier, key)
    seen = AuthenticatorData.create(
        sha256(b"localhost").digest(), _PRESENT_AND_VERIFIED, 0, bytes(held)
    )
    attestation = AttestationObject.create("none", seen, {})
    asked = {"type": "webauthn.create", "challenge": "", "origin": "http://localhost"}
    return {
        "id": websafe_encode(identifier),
        "rawId": websafe_encode(identifier),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(asked).encode()),
            "attestationObject": websafe_encode(bytes(attestation)),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
