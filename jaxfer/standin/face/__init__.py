"""One drawn face: who it is, what it does, and how it is photographed."""
