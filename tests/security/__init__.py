"""The whole product as somebody hostile meets it."""
