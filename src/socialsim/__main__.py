"""``python -m socialsim``: run the simulator, or print what it imitates."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run; gives the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["fire"]:
        from socialsim.fire.__main__ import main as fire

        return fire(given[1:])
    options = _parser().parse_args(given)
    if options.command == "coverage":
        from socialsim.coverage import report

        print(report("json" if options.json else "markdown" if options.markdown else "people"))
        return 0
    from socialsim.server import serve

    try:
        serve(options.host, options.port, options.seed, options.state)
    except OSError as error:
        print(f"socialsim: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="socialsim", description="A simulator of Meta's and TikTok's APIs.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8421, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="read at start, written at a clean end")
    commands = parser.add_subparsers(dest="command")
    table = commands.add_parser("coverage", help="print what is imitated, and on what authority")
    forms = table.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true")
    forms.add_argument("--markdown", action="store_true", help="as docs/look-up/simulator-coverage.md")
    commands.add_parser("fire", help="send signed webhooks to a receiver (fire --help)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
