"""What `benchmarks.abuse` does to a platform, and what honest callers see of it."""
