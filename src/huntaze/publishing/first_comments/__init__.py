"""The first comment of a post, whole: what it is to say, what became of it, sending it once, deciding about it.

The posts are built on this package; what it needs of them it asks through ``Posts``.
"""

from huntaze.publishing.first_comments.api import first_comment_router
from huntaze.publishing.first_comments.check import check_first_comment
from huntaze.publishing.first_comments.model import FirstCommentRow
from huntaze.publishing.first_comments.page import CommentCard, first_comment_cards
from huntaze.publishing.first_comments.send import COMMENT, FirstCommenting
from huntaze.publishing.first_comments.service import FirstComments
from huntaze.publishing.first_comments.store import begin, keep_text, of_publications
from huntaze.publishing.first_comments.view import FirstComment, first_comment_of
from huntaze.publishing.first_comments.web import first_comment_routes

__all__ = [
    "COMMENT",
    "CommentCard",
    "FirstComment",
    "FirstCommentRow",
    "FirstCommenting",
    "FirstComments",
    "begin",
    "check_first_comment",
    "first_comment_cards",
    "first_comment_of",
    "first_comment_router",
    "first_comment_routes",
    "keep_text",
    "of_publications",
]
