"""Backups: a dump of the database, with what is needed to know that it can be used.

A backup is a folder with `database.dump`, `manifest.json` and a list of the objects in each bucket.
It holds no keys: keep them elsewhere, or anyone with the backup can read it.
"""
