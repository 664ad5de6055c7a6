"""What each Graph API can do: method and path of everything that is imitated."""

from socialsim.meta.community import engagement, mentions
from socialsim.meta.community.comments import CommentDesk
from socialsim.meta.login import instagram_tokens, removal, tokens
from socialsim.meta.messaging import table as messaging
from socialsim.meta.messaging.threads import Threads
from socialsim.meta.operations import Operations
from socialsim.meta.publishing import audio, containers, publish
from socialsim.meta.reading import edges, identity, oembed
from socialsim.meta.reading.hashtags import Hashtags, recently_searched
from socialsim.meta.webhooks import account_switch, subscriptions
from socialsim.meta.webhooks.stories import StoryWatch


def facebook(comments: CommentDesk, threads: Threads, stories: StoryWatch) -> Operations:
    """graph.facebook.com."""
    return {
        **_both(comments, stories),
        **_pages(),
        **_discovery(),
        **messaging.operations(threads, "{page}"),
        ("GET", "ig_audio"): audio.search,
        ("GET", "{ig}"): edges.account,
        ("GET", "{ig}", "scheduled_media"): publish.scheduled,
        ("POST", "{ig}", "mentions"): mentions.answering(comments),
        ("POST", "{ig}", "likes"): engagement.like,
        ("DELETE", "{ig}", "likes"): engagement.unlike,
        ("GET", "{ig}", "collaboration_invites"): edges.collaboration_invites,
        ("POST", "{ig}", "collaboration_invites"): engagement.answer_invitation,
        ("GET", "{ig}", "collaborative_media"): edges.collaborative_media,
        ("GET", "{ig}", "connected_threads_user"): edges.none_of_them,
        ("GET", "{ig}", "upcoming_events"): edges.none_of_them,
        ("GET", "{c}", "insights"): edges.no_insights,
        ("DELETE", "{m}"): publish.delete,
        ("GET", "{m}", "collaborators"): edges.collaborators,
        ("GET", "{m}", "boost_ads_list"): edges.boost_ads_list,
    }


def instagram(comments: CommentDesk, threads: Threads, stories: StoryWatch) -> Operations:
    """graph.instagram.com: no Pages, no discovery, no hashtags, no deletion of media (instagram.md §0.1)."""
    return {
        **_both(comments, stories),
        **messaging.operations(threads, "{ig}"),
        ("GET", "access_token"): instagram_tokens.exchange,
        ("GET", "refresh_access_token"): instagram_tokens.refresh,
        ("GET", "{ig}"): identity.account,
        ("GET", "{ig}", "subscribed_apps"): account_switch.subscriptions,
        ("POST", "{ig}", "subscribed_apps"): account_switch.subscribe,
        ("DELETE", "{ig}", "subscribed_apps"): account_switch.unsubscribe,
    }


def _both(comments: CommentDesk, stories: StoryWatch) -> Operations:
    """Accounts, media, publishing and comments: what either login can do."""
    return {
        ("GET", "{ig}", "media"): edges.media_of_account,
        ("POST", "{ig}", "media"): containers.create,
        ("POST", "{ig}", "media_publish"): stories.watching(comments.announcing(publish.publish)),
        ("GET", "{ig}", "content_publishing_limit"): publish.limit,
        ("GET", "{ig}", "stories"): edges.stories,
        ("GET", "{ig}", "insights"): edges.insights_of_account,
        ("GET", "{ig}", "live_media"): edges.live_media,
        ("GET", "{ig}", "tags"): edges.tags,
        ("GET", "{c}"): edges.container,
        ("GET", "{m}"): edges.medium,
        ("POST", "{m}"): publish.change,
        ("GET", "{m}", "insights"): edges.insights_of_media,
        ("GET", "{comment}", "insights"): edges.no_insights,
        ("GET", "{m}", "children"): edges.children,
        ("GET", "{m}", "comments"): edges.comments,
        ("POST", "{m}", "comments"): comments.create,
        ("GET", "{comment}"): edges.comment,
        ("POST", "{comment}"): comments.change,
        ("DELETE", "{comment}"): comments.delete,
        ("GET", "{comment}", "replies"): edges.replies,
        ("POST", "{comment}", "replies"): comments.reply,
    }


def _pages() -> Operations:
    """People, apps, portfolios and Pages."""
    return {
        ("GET", "oauth", "access_token"): tokens.access_token,
        ("POST", "oauth", "access_token"): tokens.access_token,
        ("GET", "debug_token"): tokens.debug_token,
        ("GET", "{user}"): edges.person,
        ("GET", "{user}", "permissions"): tokens.permissions,
        ("DELETE", "{user}", "permissions"): removal.revoke,
        ("GET", "{user}", "accounts"): edges.accounts,
        ("GET", "{user}", "businesses"): edges.businesses,
        ("GET", "{biz}"): edges.portfolio,
        ("GET", "{biz}", "owned_pages"): edges.owned_pages,
        ("GET", "{biz}", "client_pages"): edges.client_pages,
        ("GET", "{app}", "subscriptions"): subscriptions.app_subscriptions,
        ("POST", "{app}", "subscriptions"): subscriptions.subscribe_app,
        ("DELETE", "{app}", "subscriptions"): subscriptions.unsubscribe_app,
        ("GET", "{page}"): edges.page,
        ("GET", "{page}", "permissions"): tokens.permissions,
        ("GET", "{page}", "subscribed_apps"): subscriptions.page_subscriptions,
        ("POST", "{page}", "subscribed_apps"): subscriptions.subscribe_page,
        ("DELETE", "{page}", "subscribed_apps"): subscriptions.unsubscribe_page,
    }


def _discovery() -> Operations:
    """What others publish."""
    hashtags = Hashtags()
    return {
        ("GET", "ig_hashtag_search"): hashtags.search,
        ("GET", "{hashtag}"): hashtags.node,
        ("GET", "{hashtag}", "recent_media"): hashtags.recent,
        ("GET", "{hashtag}", "top_media"): hashtags.top,
        ("GET", "instagram_oembed"): oembed.oembed,
        ("GET", "{ig}", "recently_searched_hashtags"): recently_searched,
    }
