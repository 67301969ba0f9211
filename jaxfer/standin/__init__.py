"""Stand-in faces: procedural people who make the eight expressions by AU."""
