"""The demo: Northern Bridge's chain, made by the real path. Only the answers are invented."""
