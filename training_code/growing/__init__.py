"""From tables to an estimator: grown in batches, on one host or several, and saved on the way."""
