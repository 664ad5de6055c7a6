"""What the documents say is true of the product."""
