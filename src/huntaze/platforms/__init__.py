"""What a platform promises (contract), how it fails (errors), and who is there (registry)."""
