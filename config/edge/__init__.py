"""Holds the connections of clients, so that only a complete request takes a thread."""
