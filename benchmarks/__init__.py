"""Measure the product beside a floor and a peer in one run: `python -m benchmarks`."""
