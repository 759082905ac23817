"""What operators see from outside: probes, metrics, the access log, errors and traces."""
