"""One file per experiment; base.py is where every field is born."""
