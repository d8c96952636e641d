"""What people look settings up in, written from the models."""
