"""What the worker runs: a few lines each, then a service."""
