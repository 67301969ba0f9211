"""What changed between two runs, and where that began."""
