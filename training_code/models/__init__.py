"""The model as files that others load."""
