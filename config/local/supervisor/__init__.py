"""Runs the platform's processes and its embedded database on one machine."""
