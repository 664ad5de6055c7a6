"""A text that must not be seen: masked wherever it is shown, opened only by name."""

import hmac
from typing import NoReturn, Self

_MASK = "***"


class Secret:
    """A token, key or password. `reveal()` is the only way to its text.

    `repr`, `str` and `format` show a mask; pickling raises TypeError, and so do JSON encoders, which know no such
    type. Two secrets are compared in constant time, and a secret never equals a plain text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Every call is a place that a reviewer should look at."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return _MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(
            self._text.encode("utf-8", "surrogatepass"), other._text.encode("utf-8", "surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: reveal it where it is needed, seal it where it is stored")
