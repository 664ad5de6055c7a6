"""Asking what is really so: ledger, containers, counts, deliveries."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Endpoints, answer
from socialsim.core import Core
from socialsim.kernel.clock import iso
from socialsim.meta.model import Container
from socialsim.meta.publishing.states import status_code


class Truth:
    """Read-only views of the world."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/truth", {"GET": self.rows}),
            ("/_sim/truth/containers", {"GET": self.containers}),
            ("/_sim/truth/media", {"GET": self.media}),
            ("/_sim/truth/comments", {"GET": self.comments}),
            ("/_sim/calls", {"GET": self.calls, "DELETE": self.clear_calls}),
            ("/_sim/calls/log", {"GET": self.transcript}),
            ("/_sim/deliveries", {"GET": self.deliveries}),
            ("/_sim/accounts", {"GET": self.accounts}),
            ("/_sim/people", {"GET": self.people}),
        ]

    async def rows(self, request: Request) -> Response:
        """The ledger."""
        query = request.query_params
        rows = self._core.services.ledger.read(
            since=int(query.get("since", "0")), kind=query.get("kind", ""), account_id=query.get("accountId", "")
        )
        return answer({"rows": rows})

    async def containers(self, request: Request) -> Response:
        """Containers with the instant each became ready, whether or not anybody asked."""
        account_id = request.query_params.get("accountId", "")
        containers = self._core.meta.world.containers.values()
        chosen = [self._container(c) for c in containers if account_id in {"", c.account_id}]
        return answer({"containers": chosen})

    def _container(self, container: Container) -> dict[str, object]:
        return {
            "id": container.id,
            "accountId": container.account_id,
            "kind": container.kind,
            "createdAt": container.created_at,
            "finishedAt": container.ready_at,
            "status": status_code(container, self._core.services.clock.epoch()),
            "mediaId": container.media_id,
            "publishedAt": container.published_at,
            "error": container.failure,
            "caption": container.caption,
            "children": container.children,
            "requestId": container.request_id,
            "reads": container.reads,
        }

    async def media(self, request: Request) -> Response:
        """Published media, newest last, past ones too."""
        world = self._core.meta.world
        account = world.accounts[request.query_params["accountId"]]
        return answer({"media": [world.media[media_id] for _, media_id in (*account.timeline, *account.stories)]})

    async def comments(self, request: Request) -> Response:
        """Comments of one medium with their replies, oldest first."""
        world = self._core.meta.world
        media = world.media[request.query_params["mediaId"]]
        out: list[object] = []
        for _, comment_id in media.comments:
            comment = world.comments[comment_id]
            out.append(comment)
            out.extend(world.comments[reply_id] for _, reply_id in comment.replies)
        return answer({"comments": out})

    async def calls(self, request: Request) -> Response:
        """How often each endpoint was asked, of all accounts or of one."""
        book, account_id = self._core.services.calls, request.query_params.get("accountId", "")
        counts = book.of_accounts.get(account_id, Counter()) if account_id else book.counts
        return answer({"total": sum(counts.values()), "byEndpoint": counts})

    async def clear_calls(self, request: Request) -> Response:
        """Count from zero."""
        self._core.services.calls.clear()
        return await self.calls(request)

    async def transcript(self, request: Request) -> Response:
        """The newest calls, secrets masked."""
        limit = int(request.query_params.get("limit", "100"))
        return answer({"calls": self._core.services.calls.transcript(limit)})

    async def deliveries(self, request: Request) -> Response:
        """Webhooks and their attempts."""
        return answer({"deliveries": list(self._core.services.postman.log.values())})

    async def accounts(self, request: Request) -> Response:
        """Instagram accounts with Page and people."""
        world = self._core.meta.world
        owners: dict[str, list[str]] = {}
        for person in world.people.values():
            for page_id in person.roles:
                owners.setdefault(page_id, []).append(person.id)
        return answer(
            {
                "accounts": [
                    {
                        "accountId": account.id,
                        "username": account.username,
                        "name": account.name,
                        "personal": account.personal,
                        "pageId": account.page_id,
                        "userIds": owners.get(account.page_id, []),
                        "media": len(account.timeline),
                        "followers": account.followers,
                    }
                    for account in world.accounts.values()
                ]
            }
        )

    async def people(self, request: Request) -> Response:
        """Facebook users."""
        now = iso(self._core.services.clock.epoch())
        return answer({"now": now, "people": list(self._core.meta.world.people.values())})
