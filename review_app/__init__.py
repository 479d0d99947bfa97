"""The shell of Roundtable: an ordinary Flask application around the pure packages ``surveys`` and ``reports``."""
