"""Hash chains over append-only tables: each entry's hash covers the one before, per partner.

A *digest* is a signed row that adds a minute's entries to the chain of a partner. A job writes it a
minute or two after them, so that the entries themselves cost nothing more. `docs/ledger.md`
describes the format.
"""
