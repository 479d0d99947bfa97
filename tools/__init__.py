"""The set-up of a checkout: what `make` does, in Python of the standard library alone."""
