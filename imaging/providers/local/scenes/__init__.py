"""The families of composition."""
