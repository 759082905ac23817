"""The attacks of `benchmarks.abuse`, and the honest callers."""
