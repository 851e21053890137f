"""Benchmarks: ratios against something simple, measured side by side in one run."""
