"""Reports: reads only, one module each."""
