"""The network, cut off: this process and its children see a loopback interface and nothing else.

Linux: a network namespace of its own (as an ordinary user inside a user namespace that keeps the user's id, since
initdb refuses to be root). Where the kernel does not allow that, a guard inside Python refuses what is not loopback,
here and in Python children.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from ipaddress import ip_address
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
GUARD = Path(__file__).parent / "support" / "guard"


def cut_off() -> str:
    """Cut the network; how it was done: `namespace` or `guard`. Call it before any thread is started."""
    if sys.platform == "linux" and _threads() == 1 and _leave_the_network():
        _raise_loopback()
        return "namespace"
    refuse_strangers()
    # Python children read sitecustomize.py from here, which refuses strangers too.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(GUARD), *filter(None, [os.environ.get("PYTHONPATH")])])
    return "guard"


def refuse_strangers() -> None:
    """From now on this process raises on every connection that leaves the machine. Cannot be taken back."""
    sys.addaudithook(_audit)


def _threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def _leave_the_network() -> bool:
    """Into a network namespace with nothing in it; False if this machine forbids it."""
    uid, gid = os.geteuid(), os.getegid()
    flags = _CLONE_NEWNET if uid == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        return False
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    return True


def _raise_loopback() -> None:
    """`ip link set lo up` for machines that have no `ip`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", answer, 16)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


def _audit(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = str(args[1][0])
    elif event == "socket.getaddrinfo" and args[0] is not None:
        host = args[0].decode() if isinstance(args[0], bytes) else str(args[0])
    else:
        return
    if not _is_here(host):
        raise PermissionError(f"tests reach only this machine, not {host}")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
