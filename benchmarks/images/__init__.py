"""Judge the pictures of the local provider: `python -m benchmarks.images`."""
