"""The network is cut: from here, from a child, from a server that a child starts."""

import asyncio
import os
import socket
import subprocess
import sys

import pytest

from tests import netless

OUTSIDE = "192.0.2.1"  # set aside for documentation: nobody answers there
CONNECT = f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=3)"


def test_this_process_reaches_nobody_outside() -> None:
    with pytest.raises(OSError) as refused, socket.create_connection((OUTSIDE, 80), timeout=3):
        pass
    assert not isinstance(refused.value, TimeoutError)  # refused here, not merely unanswered there


def test_a_child_process_reaches_nobody_outside() -> None:
    child = subprocess.run([sys.executable, "-c", CONNECT], capture_output=True, text=True, check=False)
    assert child.returncode != 0
    assert "Network is unreachable" in child.stderr or "tests reach only this machine" in child.stderr


def test_a_child_of_another_program_reaches_nobody_outside(network_cut_by: str) -> None:
    if network_cut_by != "namespace":
        pytest.skip("this machine forbids network namespaces; the guard knows Python only")
    child = subprocess.run(["bash", "-c", f"echo > /dev/tcp/{OUTSIDE}/80"], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in child.stderr


async def test_this_machine_is_reached() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", f"import socket; print(socket.create_connection(('127.0.0.1', {port})).recv(9))"),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await child.communicate()
    assert out == b"b'hello'\n"


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        (f"socket.create_connection(('{OUTSIDE}', 80), timeout=3)", True),
        ("socket.getaddrinfo('example.com', 80)", True),
        ("socket.create_connection(('::1', 1), timeout=3)", False),
        ("socket.getaddrinfo('localhost', 80)", False),
    ],
)
def test_where_namespaces_are_forbidden_a_guard_refuses_strangers(call: str, refused: bool) -> None:
    code = f"import socket; from tests import netless; netless.refuse_strangers(); {call}"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ("tests reach only this machine" in child.stderr) is refused


def test_children_of_a_guarded_run_are_guarded_too() -> None:
    code = "import socket; socket.getaddrinfo('example.com', 80)"
    child = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(netless.GUARD)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tests reach only this machine" in child.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; a user's own run proves it")
def test_an_ordinary_user_can_cut_the_network_too_and_stays_who_he_is() -> None:
    # PR_SET_DUMPABLE (4): who has just laid down root's rights may not write his own maps without it. Everything is
    # imported before, since Python itself may lie where only root can read.
    code = (
        "import ctypes, encodings.idna, os, socket; from tests import netless;"
        "os.setgid(65534); os.setuid(65534); ctypes.CDLL(None).prctl(4, 1);"
        f"print(netless.cut_off(), os.geteuid(), flush=True); {CONNECT.partition('; ')[2]}"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.stdout in ("namespace 65534\n", "guard 65534\n")
    assert "Network is unreachable" in child.stderr or "tests reach only this machine" in child.stderr
