"""The pure domain of Roundtable: no Flask, database, clock, environment or hidden randomness."""
