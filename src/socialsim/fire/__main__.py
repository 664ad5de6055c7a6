"""``python -m socialsim fire``: fire and print the ledger as one line of JSON."""

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from socialsim.fire import Ledger, Shot, at_rate, fire, meta_shots, tiktok_shots


def parser() -> argparse.ArgumentParser:
    """Its command line."""
    made = argparse.ArgumentParser(prog="socialsim fire", description="Send signed webhooks to a receiver.")
    made.add_argument("url", help="the receiver, as http://host:port/path")
    made.add_argument("--secret-file", type=Path, required=True, help="holds the secret that signs")
    made.add_argument("--platform", choices=("meta", "tiktok"), default="meta")
    made.add_argument("--account", default="17841400000000001", help="Instagram account id, or TikTok open_id")
    made.add_argument("--client-key", default="simck0000000001", help="of TikTok's envelope")
    made.add_argument("--requests", type=int, default=1000)
    made.add_argument("--events", type=int, default=1, help="comments in one request (Meta)")
    made.add_argument("--prefix", default="fire-", help="begins the id of every event")
    made.add_argument("--connections", type=int, default=64, help="at most that many at a time")
    made.add_argument("--rate", type=float, help="requests a second, answered or not; without it, as fast as they go")
    made.add_argument("--burst", type=int, default=1, help="with --rate: so many at once")
    made.add_argument("--duplicates", type=float, default=0.0, help="share that is sent a second time, 0 to 1")
    made.add_argument("--shuffle", action="store_true", help="in another order")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--ledger", type=Path, help="where the acknowledged ids are written, one a line")
    return made


def main(arguments: Sequence[str]) -> int:
    """Exit status 0, or 1 if an answer was not 200."""
    options = parser().parse_args(arguments)
    shots = _again(_shots(options), options.duplicates, options.seed, shuffle=options.shuffle)
    if options.rate:
        ledger = at_rate(
            options.url, shots, options.rate, burst=options.burst, connections=options.connections, seed=options.seed
        )
    else:
        ledger = fire(options.url, shots, options.connections)
    if options.ledger is not None:
        options.ledger.write_text("".join(f"{one}\n" for one in ledger.acknowledged))
    print(json.dumps(_found(ledger, len(shots))))
    return 0 if set(ledger.statuses) <= {200} else 1


def _shots(options: argparse.Namespace) -> list[Shot]:
    secret = options.secret_file.read_text().strip()
    if options.platform == "tiktok":
        return tiktok_shots(
            options.url, options.client_key, secret, options.account, options.requests,
            prefix=options.prefix, sent_at=int(time.time()),
        )  # fmt: skip
    return meta_shots(
        options.url, secret, options.account, options.requests, prefix=options.prefix, events=options.events
    )


def _again(shots: list[Shot], share: float, seed: int, *, shuffle: bool) -> list[Shot]:
    """With some of them twice, and mixed."""
    dice = random.Random(seed)
    sent = shots + [shot for shot in shots if dice.random() < share]
    if shuffle or share:
        dice.shuffle(sent)
    return sent


def _found(ledger: Ledger, sent: int) -> dict[str, object]:
    return {
        "sent": sent,
        "statuses": {str(status): count for status, count in sorted(ledger.statuses.items())},
        "acknowledged": len(ledger.acknowledged),
        "seconds": round(ledger.seconds, 4),
        "per_second": round(ledger.rate(), 1),
        "p50_ms": round(ledger.percentile(0.5) * 1000, 2),
        "p99_ms": round(ledger.percentile(0.99) * 1000, 2),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
