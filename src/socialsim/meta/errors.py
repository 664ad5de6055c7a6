"""Meta's error envelope and the errors of the fact sheet as data (instagram.md §3.7, §8.3)."""

import re
from dataclasses import dataclass

from socialsim.kernel.wire import Answer, json_answer


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the error tables."""

    code: int
    subcode: int | None
    message: str
    title: str = ""
    advice: str = ""
    type: str = "OAuthException"
    status: int = 400
    transient: bool = False


_UNCLEAN = re.compile(r"[\x00-\x1f\x7f]")
"""What a header may not carry, and a message that quotes the request might."""


class GraphError(Exception):
    """Raised by an operation, answered as Meta's envelope."""

    def __init__(self, problem: Problem, message: str = "") -> None:
        super().__init__(message or problem.message)
        self.problem = problem


def envelope(problem: Problem, message: str, trace: str) -> Answer:
    """``{"error": {…}}`` with the status of the problem (instagram.md §8.3)."""
    error: dict[str, object] = {"message": message, "type": problem.type, "code": problem.code}
    if problem.subcode is not None:
        error |= {"error_subcode": problem.subcode, "is_transient": problem.transient}
    if problem.title:
        error |= {"error_user_title": problem.title, "error_user_msg": problem.advice}
    error["fbtrace_id"] = trace
    answer = json_answer({"error": error}, problem.status)
    text = _UNCLEAN.sub(" ", message.encode("ascii", "replace").decode()).replace('"', "'")
    if problem.type == "OAuthException":
        answer.headers.append((b"www-authenticate", f'OAuth "Facebook Platform" "invalid_request" "{text}"'.encode()))
    return answer


def bad_parameter(message: str) -> GraphError:
    """Code 100: the request itself is wrong."""
    return GraphError(PARAMETER, f"(#100) {message}")


def no_permission(permission: str) -> GraphError:
    """Code 10: the person has not granted it."""
    return GraphError(PERMISSION, f"(#10) This endpoint requires the '{permission}' permission or feature.")


PARAMETER = Problem(100, None, "(#100) Invalid parameter")
PERMISSION = Problem(10, None, "(#10) Application does not have permission for this action")
PAGE_PERMISSION = Problem(
    200, None, "(#200) Requires ads_management or ads_read, or a direct role on the Page", status=403
)
PAGE_ROLE = Problem(200, None, "(#200) The user does not have a sufficient role on the Page")
UNKNOWN_PATH = Problem(2500, None, "Unknown path components")
NO_TOKEN = Problem(2500, None, "An active access token must be used to query information about the current user.")
NOT_VISIBLE = Problem(
    100,
    33,
    "Unsupported request. The object does not exist, cannot be loaded due to missing permissions, or does not "
    "support this operation.",
    type="GraphMethodException",
)
TOKEN_INVALID = Problem(190, None, "Invalid OAuth access token - Cannot parse access token")
TOKEN_SUBCODES = {
    458: "Error validating access token: The user has not authorized the application.",
    459: "Error validating access token: The user must log in at facebook.com to clear a checkpoint.",
    460: "Error validating access token: The session was invalidated because the user changed the password.",
    463: "Error validating access token: The session has expired.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: The user no longer has a role on this Page.",
}
DATA_ACCESS_OVER = Problem(190, None, "The person has not used this app for 90 days: data access has expired.")
PROOF_WRONG = Problem(100, None, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException")
PROOF_MISSING = Problem(
    100, None, "API calls from the server require an appsecret_proof argument", type="GraphMethodException"
)
CLIENT_UNKNOWN = Problem(101, None, "Error validating application. Cannot get application info.")
SECRET_WRONG = Problem(1, None, "Error validating client secret.")
CODE_INVALID = Problem(100, None, "Invalid verification code format.")
CODE_EXPIRED = Problem(100, 36007, "This authorization code has expired.")
CODE_REDIRECT = Problem(
    100,
    36008,
    "Error validating verification code. The redirect_uri must be identical to the one used in the login dialog.",
)
CODE_USED = Problem(100, 36009, "This authorization code has been used.")

FETCH_FAILED = Problem(
    9004,
    2207052,
    "Only photo or video can be accepted as media type.",
    "Media download has failed",
    "The media could not be fetched from this URI. It must be public and answer directly.",
)
DOWNLOAD_SLOW = Problem(
    -2, 2207003, "Timeout", "Download timed out", "It takes too long to download the media.", transient=True
)
IMAGE_TOO_LARGE = Problem(
    36000, 2207004, "The image is too large", "Image too large", "The image is larger than 8 MiB."
)
IMAGE_FORMAT = Problem(
    36001, 2207005, "The image format is not supported", "Unsupported format", "Only JPEG images are accepted."
)
IMAGE_ASPECT = Problem(
    36003,
    2207009,
    "The aspect ratio is not supported",
    "Invalid aspect ratio",
    "The image must be between 4:5 and 1.91:1.",
)
CAPTION_LONG = Problem(
    36004,
    2207010,
    "The caption was too long",
    "Caption too long",
    "At most 2,200 characters, 30 hashtags and 20 mentions.",
)
VIDEO_FORMAT = Problem(352, 2207026, "The video format is not supported", "Unsupported video", "Use MP4 or MOV.")
UNKNOWN_MEDIA_TYPE = Problem(100, 2207023, "Unknown media type", "Unknown media type", "The media type is not known.")
CAROUSEL_COUNT = Problem(
    100, 2207028, "Invalid number of carousel items", "Carousel", "A carousel has between 2 and 10 items."
)
TAGS_TOO_MANY = Problem(100, 2207040, "Too many user tags", "Too many tags", "At most 20 tags.")
PRODUCT_TAG_ON_VIDEO = Problem(
    100, 2207035, "Product tag positions are not allowed on videos", "Product tags", "No positions on videos."
)
PRODUCT_TAG_POSITION = Problem(
    100, 2207036, "Product tag positions are required for photos", "Product tags", "Photos need positions."
)
PRODUCT_UNKNOWN = Problem(
    100, 2207037, "Invalid product tag", "Product tags", "A product of the tags does not exist or is not approved."
)
THUMB_OFFSET = Problem(
    1,
    2207057,
    "The thumbnail offset is not valid",
    "Invalid thumbnail offset",
    "The thumbnail offset must be at least 0 and less than the duration of the video.",
)
VIDEO_ALONE = Problem(
    100, 2207089, "A carousel video cannot be published alone", "Not publishable", "Use REELS for a single video."
)
CONTAINER_UNKNOWN = Problem(
    24,
    2207008,
    "The requested resource does not exist",
    "Media not found",
    "The container does not exist or has expired.",
)
MEDIA_UNKNOWN = Problem(
    24, 2207006, "The requested resource does not exist", "Media not found", "The media could not be found."
)
NOT_READY = Problem(
    9007,
    2207027,
    "Media ID is not available",
    "Media not ready",
    "The media is not ready to be published. Please wait a moment.",
)
QUOTA = Problem(
    9, 2207042, "Application request limit reached", "Limit reached", "The daily publishing limit is reached."
)
CONTAINER_FAILED = Problem(
    -1, 2207032, "Create media fail", "Could not create media", "Please try again later.", transient=True
)
RESTRICTED = Problem(
    25, 2207050, "The account is restricted", "Account restricted", "Log in to Instagram and follow the instructions."
)
_WAIT = "Wait a bit and try again."
APP_LIMIT = Problem(4, None, "(#4) Application request limit reached")
USER_LIMIT = Problem(17, None, "(#17) User request limit reached")
PAGE_LIMIT_OF_USER = Problem(32, None, "(#32) Page request limit reached")
CUSTOM_LIMIT = Problem(613, None, "(#613) Calls to this api have exceeded the rate limit.")
PAGES_LIMIT = Problem(80001, None, f"(#80001) There have been too many calls to this Page account. {_WAIT}")
INSTAGRAM_LIMIT = Problem(80002, None, f"(#80002) There have been too many calls to this Instagram account. {_WAIT}")
MESSENGER_LIMIT = Problem(80006, None, f"(#80006) There have been too many calls to this Messenger account. {_WAIT}")
TOO_MANY_CONTAINERS = Problem(
    9, 2207042, "Container limit reached", "Limit reached", "At most 400 containers in 24 hours."
)
PUBLISHING_AUTHORIZATION = Problem(200, None, "(#200) The Page needs Page Publishing Authorization to be completed")
TWO_FACTOR = Problem(200, None, "(#200) Two-factor authentication must be completed to publish for this Page")
LOCATION = Problem(100, None, "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
