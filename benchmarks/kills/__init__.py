"""Parts of the kill harness: see `benchmarks.kill_harness`."""
