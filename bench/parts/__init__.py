"""What several benchmarks share: a running site, sample files, an API client."""
