"""What out-of-fold scores amount to: the entries of results.json."""
