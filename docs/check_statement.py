"""Check a statement offline: python check_statement.py KEYS STATEMENT [ENTRIES]

KEYS is a saved copy of /.well-known/signing-keys.json, STATEMENT a .json or .pdf file, and ENTRIES
the .jsonl file of the same month. It needs the Python package "cryptography".
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

keys, data, *entries = (Path(name).read_bytes() for name in sys.argv[1:])
if data.startswith(b"%PDF"):
    signed, _, end = data.rpartition(b"%Ed25519 ")
    (kid, signature), facts = end.decode().split(), None
else:
    kid, signature = map(json.loads(data)["signature"].get, ("kid", "value"))
    facts = json.loads(data)["statement"]
    signed = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
[x] = (key["x"] for key in json.loads(keys)["keys"] if key["kid"] == kid)
key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "="))
key.verify(base64.urlsafe_b64decode(signature + "=="), signed)  # raises InvalidSignature
if facts:
    moved = sum(row["points"] for row in facts["credits"] + facts["days"])
    assert facts["opening"] + moved == facts["closing"], "the balances do not add up"
if facts and entries:
    state = facts["chains"]["ledger"]["before"]
    for line in entries[0].splitlines():
        state = hashlib.sha256(state.encode() + b"\n" + line).hexdigest()
    assert state == facts["chains"]["ledger"]["after"], "the entries are not those of the statement"
print("The statement is genuine.")
