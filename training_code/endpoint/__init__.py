"""What `inference.py` answers requests with; it travels with it in model.tar.gz, and imports nothing else of ours."""
