"""Runs the platform's processes and the embedded database on one machine."""
