"""Which ports a demo takes."""

import socket

from huntaze.commands.failure import CommandFailed

_TRIED = 50


def choose(host: str, asked: int | None, kept: int | None, usual: int, *, but: int | None = None) -> int:
    """The port asked for (0: any), else the one of the last start, else the usual one, else the next that is free.

    Raises CommandFailed when the port that was asked for is taken. `but` is spoken for.
    """
    if asked is not None:
        port = free(host, asked)
        if port is None or port == but:
            raise CommandFailed(f"port {asked} is taken", "choose another, or 0 for any that is free")
        return port
    candidates: list[int] = [*range(usual, usual + _TRIED)] if kept is None else [kept, *range(usual, usual + _TRIED)]
    for candidate in candidates:
        if candidate != but and free(host, candidate) is not None:
            return candidate
    raise CommandFailed(f"ports {usual} to {usual + _TRIED - 1} are all taken", "choose one with --port")


def free(host: str, port: int) -> int | None:
    """`port` (0: any) if nobody listens on it, else None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server will do: an address that only lingers from the last run is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def answers(port: int, path: str) -> bool:
    """Whether a GET on this machine is answered with 200, by hand: an HTTP client would double our memory."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as asking:
            asking.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            return asking.recv(16).split()[1:2] == [b"200"]
    except OSError:
        return False
