"""`python -m bench prove WHAT [--only FIGURE]` and `python -m bench NAME --json OUT`."""

import argparse
import json
import sys
from pathlib import Path

from bench.prove import NoSuchFigure, prove


def main() -> int:
    """0 when every figure is met, 1 when one is not, 2 when there is no such thing."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure, and hold against the targets.")
    parser.add_argument("name", help="prove, or a subject such as main-job")
    parser.add_argument("what", nargs="?", help="the subject, after prove")
    parser.add_argument("--only", help="one figure of it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the lines there too, as one list")
    options = parser.parse_args()
    what = options.what if options.name == "prove" else options.name
    if what is None:
        parser.error("prove what?")
    try:
        lines = prove(what, options.only, options.seed)
    except NoSuchFigure as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if options.json is not None:
        options.json.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if all(line["ok"] for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
