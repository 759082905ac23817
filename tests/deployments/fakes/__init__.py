"""What stands in for the outside in the tests of deployments."""
