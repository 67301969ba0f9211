"""From arrays to numbers, one kind of metric per file."""
