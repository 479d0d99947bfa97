"""The command ``roundtable``: its groups of commands, and what they share."""
