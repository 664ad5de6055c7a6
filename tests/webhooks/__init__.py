"""The intake, over real HTTP and PostgreSQL."""
