"""The report: the paper's numbers beside ours, as a page, figures, tables."""
