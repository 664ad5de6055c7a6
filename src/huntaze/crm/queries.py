"""The statements of the room, named in ``queries.sql``."""

from huntaze.kit.db import Queries

Q = Queries(__package__)
