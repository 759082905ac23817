"""What the product costs, measured beside a floor and a peer in one run: `python -m benchmarks`."""
