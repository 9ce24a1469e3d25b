"""A scored corpus as one page for people."""
