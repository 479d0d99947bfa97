"""The benchmarks: ratios within one run, never times that are asserted."""
