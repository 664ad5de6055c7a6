"""A valid call for every endpoint of Meta that publishes, answers, hides, deletes, likes or writes messages."""

import json
from collections.abc import Mapping

from socialsim.kernel.pictures import CLIP_PATH
from tests.socialsim.parts import IG, PAGE
from tests.socialsim.staging import FACEBOOK, INSTAGRAM, Recipe, Shot, Stage

# --- Publishing --------------------------------------------------------------------------------------------------


def _container(stage: Stage, host: str) -> Shot:
    picture = f"{stage.sim.url}/_sim/pictures/sea-recipe.jpg?w=320&h=400"
    return stage.graph("POST", host, f"{IG}/media", "container.created", image_url=picture, caption=f"n {stage.next()}")


def _publish(stage: Stage, host: str) -> Shot:
    container = stage.made(_container(stage, host))
    return stage.graph("POST", host, f"{IG}/media_publish", "media.published", creation_id=container)


def _upload(stage: Stage, host: str) -> Shot:
    form = {"media_type": "REELS", "upload_type": "resumable"}
    container = stage.made(stage.graph("POST", FACEBOOK, f"{IG}/media", "container.created", **form))
    film = CLIP_PATH.read_bytes()
    headers = {"authorization": f"OAuth {stage.token(FACEBOOK)}", "offset": "0", "file_size": str(len(film))}
    url = stage.url(host, f"ig-api-upload/v26.0/{container}")
    return Shot("POST", url, "upload.received", content=film, headers=headers)


def _comments_switch(stage: Stage, host: str) -> Shot:
    return stage.graph("POST", host, stage.medium(), "media.changed", comment_enabled="false")


def _delete_medium(stage: Stage, host: str) -> Shot:
    return stage.graph("DELETE", host, stage.medium(), "media.deleted")


# --- Community ---------------------------------------------------------------------------------------------------


def _write(stage: Stage, host: str) -> Shot:
    return stage.graph("POST", host, f"{stage.medium()}/comments", "comment.created", message="bonjour")


def _reply(stage: Stage, host: str) -> Shot:
    return stage.graph("POST", host, f"{stage.comment()}/replies", "comment.created", message="merci")


def _hide(stage: Stage, host: str) -> Shot:
    return stage.graph("POST", host, stage.comment(), "comment.hidden", hide="true")


def _delete_comment(stage: Stage, host: str) -> Shot:
    return stage.graph("DELETE", host, stage.comment(), "comment.deleted")


def _answer_mention(stage: Stage, host: str) -> Shot:
    about = {"accountId": IG, "username": f"fan.{stage.next()}", "text": "see @atelier.maya"}
    medium = str(stage.sim.post("/_sim/act/mention", about)["mediaId"])
    return stage.graph("POST", host, f"{IG}/mentions", "comment.created", media_id=medium, message="seen")


def _like(stage: Stage, host: str) -> Shot:
    return stage.graph("POST", host, f"{IG}/likes", "media.liked", media_id=stage.medium())


def _unlike(stage: Stage, host: str) -> Shot:
    medium = stage.medium()
    stage.fire(stage.graph("POST", host, f"{IG}/likes", "media.liked", media_id=medium))
    return stage.graph("DELETE", host, f"{IG}/likes", "media.unliked", media_id=medium)


def _answer_invitation(stage: Stage, host: str) -> Shot:
    about = {"accountId": IG, "username": f"fan.{stage.next()}", "text": "together"}
    medium = str(stage.sim.post("/_sim/act/invite", about)["mediaId"])
    form = {"media_id": medium, "accept": "true"}
    return stage.graph("POST", host, f"{IG}/collaboration_invites", "collaboration.accepted", **form)


# --- Inbox -------------------------------------------------------------------------------------------------------


def _writer(stage: Stage) -> str:
    """Somebody who has just written, by the id the account knows them by."""
    body = {"accountId": IG, "username": f"fan.{stage.next()}", "text": "hello"}
    return str(stage.sim.post("/_sim/act/message", body)["personId"])


def _node(host: str) -> str:
    return PAGE if host == FACEBOOK else IG


def _message(stage: Stage, host: str) -> Shot:
    form = {"recipient": json.dumps({"id": _writer(stage)}), "message": json.dumps({"text": "hi"})}
    return stage.graph("POST", host, f"{_node(host)}/messages", "message.sent", **form)


def _attachment(stage: Stage, host: str) -> Shot:
    picture = f"{stage.sim.url}/_sim/pictures/sea-inbox.jpg?w=320&h=400"
    message = {"attachment": {"type": "image", "payload": {"url": picture, "is_reusable": True}}}
    form = {"message": json.dumps(message), "platform": "instagram"}
    return stage.graph("POST", host, f"{_node(host)}/message_attachments", "attachment.uploaded", **form)


def _profile(stage: Stage, host: str) -> Shot:
    breakers = [{"call_to_actions": [{"question": "Open?", "payload": "open"}], "locale": "default"}]
    form = {"platform": "instagram", "ice_breakers": json.dumps(breakers)}
    return stage.graph("POST", host, f"{_node(host)}/messenger_profile", "profile.changed", **form)


def _clear_profile(stage: Stage, host: str) -> Shot:
    path = f"{_node(host)}/messenger_profile"
    return stage.graph("DELETE", host, path, "profile.changed", platform="instagram", fields="ice_breakers")


def _flow(stage: Stage, host: str) -> Shot:
    flow = {"message": {"text": "Welcome"}}
    form = {
        "name": f"flow {stage.next()}",
        "welcome_message_flow": json.dumps([flow]),
        "eligible_platforms": '["instagram"]',
    }
    return stage.graph("POST", host, f"{_node(host)}/welcome_message_flows", "flow.changed", **form)


def _delete_flow(stage: Stage, host: str) -> Shot:
    flow = stage.made(_flow(stage, host), "flow_id")
    return stage.graph("DELETE", host, f"{_node(host)}/welcome_message_flows", "flow.deleted", flow_id=flow)


def _moderate(stage: Stage, host: str) -> Shot:
    form = {"actions": '["BLOCK_USER"]', "user_ids": json.dumps([{"id": _writer(stage)}])}
    return stage.graph("POST", host, f"{_node(host)}/moderate_conversations", "conversation.moderated", **form)


_GRAPH: Mapping[str, Recipe] = {
    "POST /{ig}/media": _container,
    "POST /{ig}/media_publish": _publish,
    "POST /{m}": _comments_switch,
    "POST /{m}/comments": _write,
    "POST /{comment}": _hide,
    "DELETE /{comment}": _delete_comment,
    "POST /{comment}/replies": _reply,
}


def _inbox(owner: str) -> dict[str, Recipe]:
    return {
        f"POST /{owner}/messages": _message,
        f"POST /{owner}/message_attachments": _attachment,
        f"POST /{owner}/messenger_profile": _profile,
        f"DELETE /{owner}/messenger_profile": _clear_profile,
        f"POST /{owner}/welcome_message_flows": _flow,
        f"DELETE /{owner}/welcome_message_flows": _delete_flow,
        f"POST /{owner}/moderate_conversations": _moderate,
    }


RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    FACEBOOK: {
        **_GRAPH,
        **_inbox("{page}"),
        "DELETE /{m}": _delete_medium,
        "POST /{ig}/mentions": _answer_mention,
        "POST /{ig}/likes": _like,
        "DELETE /{ig}/likes": _unlike,
        "POST /{ig}/collaboration_invites": _answer_invitation,
    },
    INSTAGRAM: {**_GRAPH, **_inbox("{ig}")},
    "rupload.facebook.com": {"POST /ig-api-upload/{c}": _upload},
}
