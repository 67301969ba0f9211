"""From scores to results.json, and what a report is drawn from."""
