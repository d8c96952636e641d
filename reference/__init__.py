"""What people and editors look settings up in, written from the models: a page, and a schema for stack files."""
