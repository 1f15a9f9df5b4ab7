"""Benchmarks: each figure beside an anchor that ran in the same minutes on the same machine, as a ratio."""
