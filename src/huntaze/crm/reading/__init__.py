"""The mirror is read: lists a page at a time, by the pages and by programs."""
