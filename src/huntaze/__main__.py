"""The command line: what is asked is parsed here, and each command loads only what it needs."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from huntaze.commands.failure import CommandFailed

if TYPE_CHECKING:
    from huntaze.settings import Settings


_MOST_DIGITS = 18  # what the database holds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. What can be foreseen is said in words with a remedy, never as a traceback."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except CommandFailed as failure:
        print(f"huntaze: {failure}", file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our words has left; Python must not try to send them the rest at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "demo":
            from huntaze.commands import demo

            wishes = demo.Wishes(options.home, options.port, options.simulator_port, options.reset)
            return demo.run(os.environ, wishes)
        case "doctor":
            from huntaze.commands import doctor

            return doctor.run(os.environ, as_json=options.json)
        case _:
            from huntaze.commands.given import settings

            # Read before the rooms are loaded: what is wrong with them is said at once
            return _run_with(settings(os.environ), options)


def _run_with(given: "Settings", options: argparse.Namespace) -> int:
    match options.command:
        case "serve":
            from huntaze.commands import serve

            wanted = serve.Wanted(options.host, options.port, options.with_worker, not options.no_owner_link)
            return serve.run(given, wanted)
        case "work":
            from huntaze.commands import work

            return work.run(given, options.concurrency)
        case "migrate":
            from huntaze.commands import migrate

            return migrate.run(given)
        case "owner":
            from huntaze.commands import owner

            return owner.link(given)
        case "token":
            from huntaze.commands import token

            return token.create(given, options.name, options.workspace)
        case "import":
            from huntaze.commands import bulk

            return bulk.bring_in(given, options.file, options.workspace, options.key, dry_run=options.dry_run)
        case "export":
            from huntaze.commands import bulk

            return bulk.send_out(given, options.out, options.workspace, options.state)
        case "sync":
            from huntaze.commands import sync

            return sync.run(given, options.account, options.workspace)
        case "events":
            from huntaze.commands import events

            o = options
            filters = events.Filters(o.state, o.kind, o.platform, o.account, o.since, o.until)
            if o.what == "list":
                return events.listed(given, filters, o.limit, as_json=o.json)
            return events.replay(given, filters, o.ids)
        case "bench":
            from huntaze.commands import bench

            load = bench.Load(options.rate, options.seconds, options.events, options.connections, options.url)
            return bench.intake(given, load, as_json=options.json)
        case other:
            raise AssertionError(other)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    root = _Parser(prog="huntaze", description="Self-hosted publishing and engagement for Instagram.")
    root.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = _command(commands, "demo", "try everything on this machine, with a simulator of the platforms")
    demo.add_argument("--home", type=Path, help="folder of the demo's data (HUNTAZE_HOME)")
    demo.add_argument("--port", type=_port, help="of the pages (8420, or the next free one); 0 takes any")
    demo.add_argument("--simulator-port", type=_port, help="of the simulator (8421, or the next free one); 0 takes any")
    demo.add_argument("--reset", action="store_true", help="forget the data of an earlier demo first")

    serve = _command(commands, "serve", "serve pages, API and webhooks")
    serve.add_argument("--host", help="address to listen on (HUNTAZE_HOST)")
    serve.add_argument("--port", type=_port, help="port to listen on (HUNTAZE_PORT)")
    serve.add_argument("--with-worker", action="store_true", help="run a worker in the same process")
    serve.add_argument("--no-owner-link", action="store_true", help="print no link for making the first owner")

    work = _command(commands, "work", "do the jobs: publish, sync, drain webhooks")
    work.add_argument(
        "--concurrency", type=_positive, metavar="N", help="jobs at once; most of them wait for a network (2048)"
    )

    _command(commands, "migrate", "bring the database up to date")
    doctor = _command(commands, "doctor", "say what is set up, what is not, and what to do")
    doctor.add_argument("--json", action="store_true", help="one JSON object")

    owner = _command(commands, "owner", "the owner of this installation").add_subparsers(
        dest="what", required=True, metavar="{link}"
    )
    _command(owner, "link", "print a one-time address that signs the owner in, or makes the first owner")
    token = _command(commands, "token", "API keys").add_subparsers(dest="what", required=True, metavar="{create}")
    create = _command(token, "create", "make a key and print it, once")
    create.add_argument("name", metavar="NAME", help="what it is for")
    create.add_argument("--workspace", metavar="ID", help="of the workspace, if there are several")
    sync = _command(commands, "sync", "read accounts whole from their platforms, as every night")
    sync.add_argument("--account", metavar="ID", help="one account; without it, all of them")
    sync.add_argument("--workspace", metavar="ID", help="of the workspace, if there are several")
    _add_bulk(commands)
    _add_events(commands)
    _add_bench(commands)
    return root


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, says: str) -> "_Parser":
    """A command that says the same in the list of all and in its own help."""
    return commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")


_IMPORT = """Make the posts of a CSV file (UTF-8, with a comma or a semicolon). Each row is
made whole or not at all, and a running worker publishes it at its time. A row
without scheduledAt goes out at once, unless its draft is yes."""
_IMPORT_EXAMPLE = """the first row names the columns; account and type are needed:
  account,type,caption,media,scheduledAt,zone
  atelier.maya,IMAGE,"Market, early",https://example.org/sea.jpg,2027-05-02T18:30,Europe/Paris
  atelier.maya,CAROUSEL,Two proofs,https://example.org/1.jpg https://example.org/2.jpg,2027-05-03T09:00,Europe/Paris

the other columns are named when one is wrong, and explained in docs/do/publish.md"""


def _add_bulk(commands: "argparse._SubParsersAction[_Parser]") -> None:
    bring_in = commands.add_parser(
        "import",
        help="make the posts of a CSV file",
        description=_IMPORT,
        epilog=_IMPORT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bring_in.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
    bring_in.add_argument("--dry-run", action="store_true", help="check every row; make and fetch nothing")
    bring_in.add_argument(
        "--key",
        help="a name for the file: what was made under it is not made again, also after other rows were mended"
        " (without it, only the unchanged file is known again)",
    )
    send_out = commands.add_parser(
        "export",
        help="write the posts as a CSV file that can be imported",
        description="Write the posts, newest first, as a CSV file that `huntaze import` reads again.",
    )
    send_out.add_argument("--out", type=Path, metavar="FILE", help="file to write; without it, standard output")
    send_out.add_argument(
        "--state",
        action="append",
        help="only posts in this state (draft, scheduled, held, published, failed …); may be given several times",
    )
    for command in (bring_in, send_out):
        command.add_argument("--workspace", metavar="ID", help="of the workspace, if there are several")


def _add_events(commands: "argparse._SubParsersAction[_Parser]") -> None:
    events = _command(commands, "events", "what the networks sent here")
    whats = events.add_subparsers(dest="what", required=True, metavar="{list,replay}")
    index = _command(whats, "list", "print events, newest first")
    index.add_argument("--limit", type=_positive, default=50, help="how many at most (50)")
    index.add_argument("--json", action="store_true", help="one JSON object a line")
    again = _command(whats, "replay", "have events worked on again: the dead, unless others are named")
    again.add_argument("ids", nargs="*", type=_positive, metavar="ID", help="numbers of events; none: all that fit")
    for command in (index, again):
        command.add_argument(
            "--state", action="append", help="pending, done, unhandled, dead, dismissed or erased; may be repeated"
        )
        command.add_argument("--kind", help="as the network calls it, such as comments")
        command.add_argument("--platform", help="instagram or tiktok")
        command.add_argument("--account", metavar="REF", help="the account's id at the network")
        command.add_argument("--since", metavar="TIME", help="arrived then or later: 2027-05-02T18:30+02:00 (or UTC)")
        command.add_argument("--until", metavar="TIME", help="arrived before")


_BENCH = """Send signed deliveries of made-up comments to a web process of this installation, at
a rate and whatever it answers; hold every event that it acknowledged against the
database; take them all away again. They are of an account that nobody has: a worker
finds nothing to do for them, and nothing of them stays. It is real load on a real
installation: choose the hour."""


def _add_bench(commands: "argparse._SubParsersAction[_Parser]") -> None:
    whats = _command(commands, "bench", "measure what this installation takes").add_subparsers(
        dest="what", required=True, metavar="{intake}"
    )
    intake = whats.add_parser(
        "intake",
        help="webhooks: how fast they are acknowledged, and that none is lost",
        description=_BENCH,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    intake.add_argument("--rate", type=_positive, default=200, help="deliveries a second (200)")
    intake.add_argument("--seconds", type=_positive, default=10, help="for how long (10)")
    intake.add_argument("--events", type=_positive, default=1, help="comments in one delivery (1)")
    intake.add_argument("--connections", type=_positive, default=256, help="at most that many at a time (256)")
    intake.add_argument("--url", help="the web process (http://HUNTAZE_HOST:HUNTAZE_PORT)")
    intake.add_argument("--json", action="store_true", help="one JSON object")


class _Parser(argparse.ArgumentParser):
    """Says what is to be done about what was typed wrongly; argparse makes the parsers of the commands of it too."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n  → {self.prog} --help says what it takes\n")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: finding it costs more than parsing."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: object = None
    ) -> None:
        from importlib.metadata import version

        parser.exit(message=f"huntaze {version('huntaze')}\n")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535)")
    return int(text)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0 (of {_MOST_DIGITS} digits at most)")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
