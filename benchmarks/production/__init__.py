"""A production installation on this machine, and what callers see while operators work on it."""
