"""A valid call for every endpoint that changes anything, with the kind of ledger row it must leave."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import httpx2

from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import MAYA, TIKTOK_MAYA, SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Listener, Reply, Seen

FACEBOOK, INSTAGRAM = "graph.facebook.com", "graph.instagram.com"
TIKTOK, UPLOADS = "open.tiktokapis.com", ("open-upload.tiktokapis.com", "upload.us.tiktokapis.com")
BACK = "http://127.0.0.1/back"
APP_TOKEN = f"{SimulatorHandle.app_id}|{SimulatorHandle.app_secret}"
_KEY = {"client_key": "simck0000000001"}
_CLIENT = {**_KEY, "client_secret": "socialsim-tiktok-client-secret"}


@dataclass(frozen=True)
class Shot:
    """A request and what must stand in the ledger once it was taken: exactly one row of ``kind``."""

    method: str
    url: str
    kind: str
    form: Mapping[str, str | list[str]] = field(default_factory=dict)
    document: Mapping[str, object] | None = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Stage:
    """A simulator with fresh tokens for each shot. Whatever a recipe does to prepare is done before the fault."""

    def __init__(self, sim: SimulatorHandle, listener: Listener) -> None:
        self.sim = sim
        self.client = httpx2.Client(trust_env=False, verify=False, timeout=10)
        self._count = 0
        listener.answers["/hook"] = lambda seen: Reply(body=_challenge(seen))
        self.hook = f"{listener.url}/hook"
        self._media = [row["id"] for row in sim.get(f"/_sim/truth/media?accountId={IG}")["media"]]

    def next(self) -> int:
        """Counts shots and what they need, so that no two get the same thing."""
        self._count += 1
        return self._count

    def url(self, host: str, path: str) -> str:
        """An address on a host of the simulator."""
        return f"{self.sim.url}/{host}/{path.lstrip('/')}"

    def token(self, host: str) -> str:
        """A Page's, an account's or a creator's token, as the host wants it."""
        if host == FACEBOOK:
            return str(self.sim.tokens()["pages"][0]["pageToken"])
        if host == INSTAGRAM:
            return str(self.sim.instagram_tokens()["token"])
        return str(self.sim.tiktok_tokens()["accessToken"])

    def bearer(self, host: str) -> dict[str, str]:
        """As a header."""
        return {"authorization": f"Bearer {self.token(host)}"}

    def medium(self) -> str:
        """A medium of @atelier.maya that no shot has had yet."""
        return str(self._media.pop())

    def comment(self) -> str:
        """A follower's comment under one of its media."""
        return self.sim.comment(IG, self._media[0], f"fan.{self.next()}", "bonjour")

    def graph(self, method: str, host: str, path: str, kind: str, **form: str) -> Shot:
        """A form to a Graph API; DELETE and GET carry it in the query."""
        if method == "POST":
            return Shot(method, self.url(host, path), kind, form=form, headers=self.bearer(host))
        query = "&".join(f"{key}={value}" for key, value in form.items())
        return Shot(method, f"{self.url(host, path)}?{query}", kind, headers=self.bearer(host))

    def fire(self, shot: Shot) -> httpx2.Response:
        """Send it and take the answer as it comes."""
        return self.client.request(
            shot.method,
            shot.url,
            data=dict(shot.form) or None,
            json=shot.document,
            content=shot.content or None,
            headers=dict(shot.headers),
        )

    def made(self, shot: Shot, *path: str) -> str:
        """Send what prepares another shot; gives a word of its answer."""
        response = self.fire(shot)
        assert response.is_success, response.text
        found = response.json()
        for key in path or ("id",):
            found = found[key]
        return str(found)


def _challenge(seen: Seen) -> bytes:
    return seen.query.get("hub.challenge", [""])[0].encode()


Recipe = Callable[[Stage, str], Shot]
"""Given the stage and the host."""

# --- Meta: logging in --------------------------------------------------------------------------------------------


def _dialog(stage: Stage, host: str) -> Shot:
    form: dict[str, str | list[str]] = {
        "client_id": stage.sim.app_id,
        "redirect_uri": BACK,
        "scope": "instagram_basic",
        "user": MAYA,
        "permission": ["instagram_basic"],
        "page": [PAGE],
        "action": "continue",
    }
    return Shot("POST", stage.url(host, "v26.0/dialog/oauth"), "consent.given", form=form)


def _window(stage: Stage, host: str) -> Shot:
    scope = "instagram_business_basic"
    query = {
        "client_id": SimulatorHandle.instagram_app_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": scope,
    }
    form: dict[str, str | list[str]] = {"account": IG, "permission": [scope], "action": "allow"}
    return Shot("POST", f"{stage.url(host, 'oauth/authorize')}?{urlencode(query)}", "consent.given", form=form)


def _code(method: str) -> Recipe:
    def shot(stage: Stage, host: str) -> Shot:
        _, code = stage.sim.login(BACK, scope="instagram_basic")
        values = {
            "client_id": stage.sim.app_id,
            "client_secret": stage.sim.app_secret,
            "redirect_uri": BACK,
            "code": code,
        }
        url = stage.url(host, "oauth/access_token")
        if method == "GET":
            return Shot("GET", f"{url}?{urlencode(values)}", "token.issued")
        return Shot("POST", url, "token.issued", form=values)

    return shot


def _instagram_code(stage: Stage, host: str) -> Shot:
    _, code = stage.sim.instagram_login(BACK)
    form = {
        "client_id": SimulatorHandle.instagram_app_id,
        "client_secret": SimulatorHandle.instagram_app_secret,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": code,
    }
    return Shot("POST", stage.url(host, "oauth/access_token"), "token.issued", form=form)


def _instagram_exchange(stage: Stage, host: str) -> Shot:
    short = stage.made(_instagram_code(stage, "api.instagram.com"), "access_token")
    values = {
        "grant_type": "ig_exchange_token",
        "client_secret": SimulatorHandle.instagram_app_secret,
        "access_token": short,
    }
    return Shot("GET", f"{stage.url(host, 'access_token')}?{urlencode(values)}", "token.issued")


def _instagram_refresh(stage: Stage, host: str) -> Shot:
    token = stage.token(INSTAGRAM)
    stage.sim.post("/_sim/clock", {"advance": 86400 * 2})
    values = {"grant_type": "ig_refresh_token", "access_token": token}
    return Shot("GET", f"{stage.url(host, 'refresh_access_token')}?{urlencode(values)}", "token.issued")


def _revoke(stage: Stage, host: str) -> Shot:
    url = stage.url(host, f"{MAYA}/permissions/instagram_basic")
    return Shot(
        "DELETE", url, "permission.revoked", headers={"authorization": f"Bearer {stage.sim.tokens()['userToken']}"}
    )


# --- Meta: webhooks ----------------------------------------------------------------------------------------------


def _app_subscription(stage: Stage, host: str) -> Shot:
    form = {"object": "instagram", "callback_url": stage.hook, "fields": "comments", "verify_token": "v"}
    url = f"{stage.url(host, stage.sim.app_id)}/subscriptions?access_token={APP_TOKEN}"
    return Shot("POST", url, "subscription.changed", form=form)


def _app_unsubscription(stage: Stage, host: str) -> Shot:
    stage.fire(_app_subscription(stage, host))
    url = f"{stage.url(host, stage.sim.app_id)}/subscriptions?object=instagram&access_token={APP_TOKEN}"
    return Shot("DELETE", url, "subscription.changed")


def _switch(method: str, node: str) -> Recipe:
    def shot(stage: Stage, host: str) -> Shot:
        fields = {"subscribed_fields": "comments" if node == IG else "feed"} if method == "POST" else {}
        return stage.graph(method, host, f"{node}/subscribed_apps", "subscription.changed", **fields)

    return shot


# --- Meta: publishing --------------------------------------------------------------------------------------------


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


# --- Meta: community ---------------------------------------------------------------------------------------------


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


# --- Meta: inbox -------------------------------------------------------------------------------------------------


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


# --- TikTok ------------------------------------------------------------------------------------------------------


def _consent(stage: Stage, host: str) -> Shot:
    query = {**_KEY, "response_type": "code", "scope": "user.info.basic", "redirect_uri": BACK, "state": "s"}
    form: dict[str, str | list[str]] = {
        "action": "continue",
        "creator": TIKTOK_MAYA,
        "permission": ["user.info.basic"],
    }
    return Shot("POST", f"{stage.url(host, 'v2/auth/authorize/')}?{urlencode(query)}", "consent.given", form=form)


def _tiktok_code(stage: Stage, host: str) -> Shot:
    _, code = stage.sim.tiktok_login(BACK)
    form = {**_CLIENT, "grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
    return Shot("POST", stage.url(host, "v2/oauth/token/"), "token.issued", form=form)


def _tiktok_revoke(stage: Stage, host: str) -> Shot:
    form = {**_CLIENT, "token": stage.token(TIKTOK)}
    return Shot("POST", stage.url(host, "v2/oauth/revoke/"), "consent.removed", form=form)


def _tiktok(stage: Stage, path: str, kind: str, document: Mapping[str, object]) -> Shot:
    return Shot("POST", stage.url(TIKTOK, path), kind, document=document, headers=stage.bearer(TIKTOK))


def _file(size: int) -> dict[str, object]:
    return {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1}


def _post_info() -> dict[str, object]:
    return {"title": "by a recipe", "privacy_level": "SELF_ONLY", "brand_content_toggle": False}


def _direct(stage: Stage, host: str) -> Shot:
    document = {"post_info": _post_info(), "source_info": _file(CLIP_PATH.stat().st_size)}
    return _tiktok(stage, "v2/post/publish/video/init/", "job.started", document)


def _draft(stage: Stage, host: str) -> Shot:
    return _tiktok(stage, "v2/post/publish/inbox/video/init/", "job.started", {"source_info": _file(5000)})


def _photos(stage: Stage, host: str) -> Shot:
    pictures = [f"{stage.sim.url}/_sim/pictures/sea-{number}.jpg?w=720&h=900" for number in range(2)]
    document = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {**_post_info(), "description": "x"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": pictures},
    }
    return _tiktok(stage, "v2/post/publish/content/init/", "job.started", document)


def _cancel(stage: Stage, host: str) -> Shot:
    publish_id = stage.made(_photos(stage, host), "data", "publish_id")
    return _tiktok(stage, "v2/post/publish/cancel/", "job.cancelled", {"publish_id": publish_id})


def _chunk(stage: Stage, host: str) -> Shot:
    film = CLIP_PATH.read_bytes()
    address = urlsplit(stage.made(_direct(stage, TIKTOK), "data", "upload_url"))
    headers = {"content-type": "video/mp4", "content-range": f"bytes 0-{len(film) - 1}/{len(film)}"}
    return Shot("PUT", f"{stage.url(host, 'video/')}?{address.query}", "upload.received", content=film, headers=headers)


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
        "GET /oauth/access_token": _code("GET"),
        "POST /oauth/access_token": _code("POST"),
        "DELETE /{user}/permissions": _revoke,
        "POST /{app}/subscriptions": _app_subscription,
        "DELETE /{app}/subscriptions": _app_unsubscription,
        "POST /{page}/subscribed_apps": _switch("POST", PAGE),
        "DELETE /{page}/subscribed_apps": _switch("DELETE", PAGE),
        "DELETE /{m}": _delete_medium,
        "POST /{ig}/mentions": _answer_mention,
        "POST /{ig}/likes": _like,
        "DELETE /{ig}/likes": _unlike,
        "POST /{ig}/collaboration_invites": _answer_invitation,
    },
    INSTAGRAM: {
        **_GRAPH,
        **_inbox("{ig}"),
        "GET /access_token": _instagram_exchange,
        "GET /refresh_access_token": _instagram_refresh,
        "POST /{ig}/subscribed_apps": _switch("POST", IG),
        "DELETE /{ig}/subscribed_apps": _switch("DELETE", IG),
    },
    "api.instagram.com": {"POST /oauth/access_token": _instagram_code},
    "www.instagram.com": {"POST /oauth/authorize": _window},
    "www.facebook.com": {"POST /dialog/oauth": _dialog},
    "rupload.facebook.com": {"POST /ig-api-upload/{c}": _upload},
    TIKTOK: {
        "POST /v2/oauth/token/": _tiktok_code,
        "POST /v2/oauth/revoke/": _tiktok_revoke,
        "POST /v2/post/publish/video/init/": _direct,
        "POST /v2/post/publish/inbox/video/init/": _draft,
        "POST /v2/post/publish/content/init/": _photos,
        "POST /v2/post/publish/cancel/": _cancel,
    },
    "www.tiktok.com": {"POST /v2/auth/authorize/": _consent},
    **{host: {"PUT /video/": _chunk} for host in UPLOADS},
}

READS = frozenset(
    {
        "POST /v2/video/list/",
        "POST /v2/video/query/",
        "POST /v2/post/publish/creator_info/query/",
        "POST /v2/post/publish/status/fetch/",
    }
)
"""POSTs that change nothing."""
CHANGING_GETS = frozenset({"GET /oauth/access_token", "GET /access_token", "GET /refresh_access_token"})
"""GETs that do."""
