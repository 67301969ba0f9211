"""The page of a suite: the paper's tables and figures, audited."""
