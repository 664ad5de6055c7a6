"""Addresses that nobody may be led to: the table for media, webhooks and whatever else asks a stranger's address."""

from collections.abc import Sequence

from tests.kit.loopback import Names

NOT_OURS_TO_ASK: Sequence[tuple[str, str]] = (
    ("ftp://public.test/a", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://public.test/", "scheme"),
    ("//public.test/a", "scheme"),
    ("public.test/a", "scheme"),
    ("", "scheme"),
    ("http://", "url"),
    ("http://[::1", "url"),
    ("http://public.test:99999/", "port"),
    ("http://public.test:22/", "port"),
    ("https://public.test:8443/", "port"),
    ("http://me@public.test/", "userinfo"),
    ("http://me:word@public.test/", "userinfo"),
    ("http://public.test@127.0.0.1/", "userinfo"),
    ("http://2130706433/", "host"),
    ("http://0x7f000001/", "host"),
    ("http://0x7f.0.0.1/", "host"),
    ("http://017700000001/", "host"),
    ("http://0177.0.0.1/", "url"),
    ("http://127.1/", "host"),
    ("http://127.0.0.1.5/", "host"),
    ("http://[fe80::1%25eth0]/", "address"),
    ("http://127.0.0.1/", "address"),
    ("http://127.0.0.1./", "address"),
    ("http://0.0.0.0/", "address"),
    ("http://10.1.2.3/", "address"),
    ("http://172.16.0.1/", "address"),
    ("http://192.168.1.1/", "address"),
    ("http://100.64.0.1/", "address"),
    ("http://100.100.100.200/latest/meta-data", "address"),
    ("http://169.254.169.254/latest/meta-data", "address"),
    ("http://168.63.129.16/metadata", "address"),
    ("http://198.18.0.1/", "address"),
    ("http://192.0.0.192/", "address"),
    ("http://224.0.0.1/", "address"),
    ("http://240.0.0.1/", "address"),
    ("http://255.255.255.255/", "address"),
    ("http://[::]/", "address"),
    ("http://[::1]/", "address"),
    ("http://[fc00::1]/", "address"),
    ("http://[fd00:ec2::254]/", "address"),
    ("http://[fe80::1]/", "address"),
    ("http://[fec0::1]/", "address"),
    ("http://[ff02::1]/", "address"),
    ("http://[::ffff:127.0.0.1]/", "address"),
    ("http://[::ffff:8.8.8.8]/", "address"),
    ("http://[::127.0.0.1]/", "address"),
    ("http://[64:ff9b::7f00:1]/", "address"),
    ("http://[64:ff9b:1::a00:1]/", "address"),
    ("http://[2002:7f00:1::]/", "address"),
    ("http://[2001:0:7f00:1::]/", "address"),
    ("http://inside.test/", "address"),
    ("http://half.test/", "address"),
    ("http://INSIDE.test./", "address"),
)
"""Each with the code of its refusal."""


def names() -> Names:
    """The names that stand in the table."""
    return Names(
        {"public.test": [["93.184.216.34"]], "inside.test": [["10.0.0.7"]], "half.test": [["93.184.216.34", "::1"]]}
    )
