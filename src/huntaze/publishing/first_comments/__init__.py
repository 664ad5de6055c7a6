"""The first comment once its post is out: the worker sends it, people decide about it.

What a post itself knows of it (row, checks, SQL, the words for programs) stands in the room's `first_comment_*` files:
the post is built on those, and this package on the post.
"""
