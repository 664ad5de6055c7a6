"""Errors of the inbox (instagram.md §5.4). Where the sheet names a subcode alone, the code is chosen here."""

from socialsim.meta.errors import GraphError, Problem

_OUTSIDE = {
    "en": "This message is sent outside of allowed window.",
    "fr": "Ce message a été envoyé en dehors de la période autorisée.",
    "de": "Diese Nachricht wurde außerhalb des zulässigen Zeitfensters gesendet.",
}
_WINDOW_OF_INSTAGRAM = Problem(10, 2534022, _OUTSIDE["en"], type="IGApiException", status=403)
_WINDOW_OVER = Problem(10, 2018278, _OUTSIDE["en"])
_WINDOW_NEVER_OPEN = Problem(10, 2018108, "This person has not written to the account.")
PERSON_UNKNOWN = Problem(100, 2534014, "The requested user cannot be found.")
COMMENT_NOT_ELIGIBLE = Problem(
    100, 2534025, "The comment is not eligible for a private reply, or was already replied to."
)
THREAD_GONE = Problem(100, 2534001, "The thread was archived or deleted by its owner.")
PRIVATE_REPLY_LIMIT = Problem(613, 2534013, "The limit of private replies is reached.")
PERSON_UNAVAILABLE = Problem(551, 1545041, "(#551) This person isn't available at the moment.")
ACCESS_SWITCHED_OFF = Problem(
    200, 2534041, "(#200) The owner does not allow access to messages in the settings of the Instagram app."
)
RATE = Problem(613, 2534040, "(#613) Calls to this API have exceeded the rate limit.")
SEVERAL_IMAGES = Problem(100, 2534068, "Several images in one message are not available for this account.")
ATTACHMENT_FETCH = Problem(100, 2018008, "Failed to fetch the file from the url.")
ATTACHMENT_TYPE = Problem(100, 2018047, "Upload attachment failure: the type of the file does not match.")
ATTACHMENT_UNKNOWN = Problem(100, 2018074, "Invalid attachment id.")
ATTACHMENT_SIZE = Problem(100, 2018109, "The attachment exceeds the allowed size.")
ATTACHMENT_SLOW = Problem(100, 2018294, "Fetching the attachment took longer than 75 seconds.")
NO_CONSENT = Problem(230, None, "(#230) User consent is required to access user profile.")
PAGE_TOKEN_NEEDED = Problem(210, None, "(#210) A page access token is required to request this resource.")
OTHER_APP_OWNS = Problem(10, None, "(#10) Another app is in control of this conversation.")
MESSAGE_DELETED = Problem(
    100, 33, "Unsupported request. The message was deleted and cannot be loaded.", type="GraphMethodException"
)


def outside_window(language: str, *, by_instagram: bool, ever_wrote: bool) -> GraphError:
    """Instagram Login answers 403 in the caller's language, as was seen live; Facebook Login has codes of its own."""
    if by_instagram:
        return GraphError(_WINDOW_OF_INSTAGRAM, f"(#10) {_OUTSIDE[language]}")
    if not ever_wrote:
        return GraphError(_WINDOW_NEVER_OPEN, f"(#10) {_WINDOW_NEVER_OPEN.message}")
    return GraphError(_WINDOW_OVER, f"(#10) {_OUTSIDE[language]}")
