"""Parts of the deployment harness: see `benchmarks.deploy_harness`."""
