"""`huntaze demo`: database, simulator, pages and worker under one small parent, ready to be tried."""

from huntaze.commands.demo.run import Wishes, run

__all__ = ["Wishes", "run"]
