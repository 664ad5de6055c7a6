"""How a command gives up on something that could be foreseen."""


class CommandFailed(Exception):
    """Printed as it is, without a traceback; `status` is the exit status (2: asked or set up wrongly)."""

    def __init__(self, what: str, remedy: str = "", status: int = 1) -> None:
        super().__init__(f"{what}\n  → {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy
        self.status = status
