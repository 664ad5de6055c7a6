"""Plain-SQL revisions, forward only: NNNN_name.sql."""
