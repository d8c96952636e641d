"""From files to tables: found, read, checked, encoded, and split."""
