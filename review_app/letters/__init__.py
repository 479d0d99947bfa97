"""Printed letters: drawn from the link key at the moment of printing, and kept nowhere."""
