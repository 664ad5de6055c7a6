"""Parameters that an endpoint would take, by the last word of its template: what malformed requests start from."""

from collections.abc import Mapping, Sequence

IG = "17841400000000001"
PICTURE = "http://127.0.0.1:9/a.jpg"
_SOON = "1789990000"

_MEDIA_FIELDS = "id,caption,media_type,children{id},comments.limit(1){id,text,replies{id}},insights.metric(reach)"
_APP = {"client_id": "700000000000001", "client_secret": "socialsim-meta-app-secret"}
_POST = {"caption": "#a @b", "collaborators": '["a"]', "location_id": "101000000000001"}
_FILM = "http://127.0.0.1:9/a.mp4"
_SOMEBODY = '{"id":"7000000000000001"}'

MORE: Mapping[str, Sequence[Mapping[str, str]]] = {
    "media": (
        {"image_url": PICTURE, **_POST, "user_tags": '[{"username":"a","x":0.5,"y":0.5}]', "alt_text": "a"},
        {"image_url": PICTURE, "is_carousel_item": "true", "product_tags": '[{"product_id":"1","x":0.1,"y":0.1}]'},
        {
            "media_type": "REELS",
            "video_url": _FILM,
            "cover_url": PICTURE,
            "thumb_offset": "10",
            "share_to_feed": "true",
            "trial_params": '{"graduation_strategy":"MANUAL"}',
            "audio_configuration": '{"audio_id":"1","audio_volume":1,"video_volume":0}',
        },
        {"media_type": "STORIES", "image_url": PICTURE, "user_tags": '[{"username":"a"}]'},
        {"media_type": "CAROUSEL", "children": "17900900000000001,17900900000000002", **_POST},
        {"media_type": "REELS", "upload_type": "resumable", "branded_content_sponsor_ids": "[1]"},
    ),
    "messages": (
        {
            "recipient": _SOMEBODY,
            "message": '{"text":"hi"}',
            "messaging_type": "MESSAGE_TAG",
            "tag": "HUMAN_AGENT",
            "reply_to": '{"mid":"m"}',
        },
        {"recipient": '{"comment_id":"17850000000000001"}', "message": '{"text":"hi"}'},
        {"recipient": _SOMEBODY, "sender_action": "react", "payload": '{"message_id":"m","reaction":"love"}'},
        {"recipient": _SOMEBODY, "message": f'{{"attachment":{{"type":"image","payload":{{"url":"{PICTURE}"}}}}}}'},
        {
            "recipient": _SOMEBODY,
            "message": '{"attachment":{"type":"template","payload":{"template_type":"button","buttons":[]}}}',
        },
    ),
    "access_token": (
        {**_APP, "grant_type": "fb_exchange_token", "fb_exchange_token": "x"},
        {"client_secret": "socialsim-instagram-app-secret", "grant_type": "ig_exchange_token"},
    ),
    "insights": ({"metric": "reach,views", "period": "lifetime"},),
    "welcome_message_flows": (
        {"name": "a", "welcome_message_flow": '[{"message":{"text":"a"}}]', "eligible_platforms": '["instagram"]'},
    ),
}
"""Other ways to call an endpoint of that word."""

META: Mapping[str, Mapping[str, str]] = {
    "access_token": {
        **_APP,
        "grant_type": "authorization_code",
        "code": "x",
        "redirect_uri": "http://127.0.0.1/cb",
    },
    "debug_token": {"input_token": "700000000000001|socialsim-meta-app-secret"},
    "accounts": {"fields": "id,name,access_token,tasks,instagram_business_account{id,username}", "limit": "2"},
    "subscriptions": {
        "object": "instagram",
        "callback_url": "http://127.0.0.1:9/hook",
        "fields": "comments",
        "verify_token": "x",
    },
    "subscribed_apps": {"subscribed_fields": "feed,messages"},
    "media": {"limit": "2", "since": _SOON, "until": "1790000000", "fields": _MEDIA_FIELDS},
    "media_publish": {"creation_id": "17900900000000001"},
    "content_publishing_limit": {"fields": "quota_usage,config", "since": _SOON},
    "insights": {
        "metric": "reach,views",
        "period": "day",
        "metric_type": "total_value",
        "breakdown": "follow_type",
        "timeframe": "this_week",
        "since": _SOON,
        "until": "1790000000",
    },
    "{m}": {"fields": "id,caption,comments{id,text},children{id},owner", "comment_enabled": "false"},
    "{comment}": {"fields": "id,text,replies{id},media{id},from,user", "hide": "true"},
    "{c}": {"fields": "id,status_code,status,copyright_check_status"},
    "{ig}": {
        "fields": "id,username,business_discovery.username(roue.libre){id,media.limit(2){id,caption}},"
        "mentioned_media.media_id(18000000000000001){id},mentioned_comment.comment_id(17850000000000001){id}",
    },
    "{page}": {"fields": "id,name,access_token,instagram_business_account{id}"},
    "{user}": {"fields": "id,name,accounts{id}"},
    "comments": {"message": "hi", "fields": "id,text", "limit": "2"},
    "replies": {"message": "hi", "fields": "id,text", "limit": "2"},
    "mentions": {"media_id": "18000000000000001", "comment_id": "17850000000000001", "message": "hi"},
    "likes": {"media_id": "18000000000000001", "comment_id": "17850000000000001"},
    "ig_hashtag_search": {"user_id": IG, "q": "coffee"},
    "recent_media": {"user_id": IG, "fields": "id,caption", "limit": "2"},
    "top_media": {"user_id": IG, "fields": "id,caption", "limit": "2"},
    "instagram_oembed": {"url": "https://www.instagram.com/p/abc/", "maxwidth": "320"},
    "ig_audio": {"audio_type": "music", "user_id": IG, "search_query": "a"},
    "collaboration_invites": {"media_id": "18000000000000001", "accept": "true"},
    "moderate_conversations": {"actions": '["BLOCK_USER"]', "user_ids": '[{"id":"1"}]'},
    "conversations": {
        "platform": "instagram",
        "fields": "id,updated_time,participants,messages.limit(20){id,created_time,from,to,message}",
        "user_id": "1",
        "limit": "2",
    },
    "messages": {"fields": "id,created_time,from,to,message", "limit": "2"},
    "message_attachments": {"message": '{"attachment":{"type":"image","payload":{"url":"http://127.0.0.1:9/a.jpg"}}}'},
    "messenger_profile": {
        "platform": "instagram",
        "ice_breakers": '[{"call_to_actions":[{"question":"a","payload":"b"}],"locale":"default"}]',
        "fields": '["ice_breakers"]',
    },
    "refresh_access_token": {"grant_type": "ig_refresh_token"},
    "oauth": {"client_id": "700000000000001", "redirect_uri": "http://127.0.0.1/cb", "scope": "instagram_basic"},
    "authorize": {"client_id": "700000000000001", "redirect_uri": "http://127.0.0.1/cb", "response_type": "code"},
}

_VIDEO = {"title": "a #b", "privacy_level": "SELF_ONLY", "disable_comment": True, "video_cover_timestamp_ms": 1}
_FILE = {"source": "FILE_UPLOAD", "video_size": 100, "chunk_size": 100, "total_chunk_count": 1}
_PULL = {"source": "PULL_FROM_URL", "video_url": "https://media.example.org/a.mp4"}
_PHOTOS = {
    "source": "PULL_FROM_URL",
    "photo_cover_index": 0,
    "photo_images": ["https://media.example.org/a.jpg", "https://media.example.org/b.jpg"],
}

TIKTOK: Mapping[str, Mapping[str, object]] = {
    "/v2/post/publish/video/init/": {"post_info": _VIDEO, "source_info": _FILE},
    "/v2/post/publish/inbox/video/init/": {"source_info": _PULL},
    "/v2/post/publish/content/init/": {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_VIDEO",
        "post_info": {**_VIDEO, "description": "x", "auto_add_music": True},
        "source_info": _PHOTOS,
    },
    "/v2/post/publish/status/fetch/": {"publish_id": "$PUBLISH"},
    "/v2/post/publish/cancel/": {"publish_id": "$PUBLISH"},
    "/v2/video/list/": {"cursor": 1790000000000, "max_count": 2},
    "/v2/video/query/": {"filters": {"video_ids": ["7500000000000000001"]}},
}

TIKTOK_FORMS: Mapping[str, Mapping[str, str]] = {
    "/v2/oauth/token/": {
        "client_key": "simck0000000001",
        "client_secret": "socialsim-tiktok-client-secret",
        "grant_type": "authorization_code",
        "code": "x",
        "refresh_token": "x",
        "redirect_uri": "http://127.0.0.1/cb",
        "code_verifier": "v" * 43,
    },
    "/v2/oauth/revoke/": {
        "client_key": "simck0000000001",
        "client_secret": "socialsim-tiktok-client-secret",
        "token": "x",
    },
    "/v2/auth/authorize/": {
        "client_key": "simck0000000001",
        "response_type": "code",
        "scope": "user.info.basic,video.publish",
        "redirect_uri": "http://127.0.0.1/cb",
        "state": "s",
    },
    "/v2/user/info/": {"fields": "open_id,display_name,username,follower_count"},
    "/v2/video/list/": {"fields": "id,title,create_time,cover_image_url"},
    "/v2/video/query/": {"fields": "id,title"},
    "/video/": {"upload_id": "$ID", "upload_token": "$TOKEN"},
}


def parameters_of(template: str) -> list[dict[str, str]]:
    """Sets of plain parameters that suit a template; at least one, which may be empty."""
    path = template.partition(" ")[2]
    if path in TIKTOK_FORMS:
        return [dict(TIKTOK_FORMS[path])]
    word = path.rstrip("/").rpartition("/")[2]
    return [dict(META.get(word, {})), *(dict(more) for more in MORE.get(word, ()))]


def document_of(template: str) -> dict[str, object]:
    """The JSON body that suits a template; empty where bodies are forms."""
    return dict(TIKTOK.get(template.partition(" ")[2], {}))
