"""The routing benchmarks: ``python -m benchmarks SET`` solves public instances, costs them again and keeps results."""
