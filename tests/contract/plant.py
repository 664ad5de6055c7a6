"""Run in a copy of the repository: plant each violation of stdin in turn, and print which contracts it breaks.

A process of its own, because the copy must be the only `huntaze` in sight.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

from importlinter import configuration as importlinter
from importlinter.application import use_cases


def broken(configuration: Path) -> list[str]:
    """The names of the contracts that the tree breaks as it is now."""
    options = use_cases.read_user_options(str(configuration))
    use_cases._register_contract_types(options)
    with contextlib.redirect_stdout(io.StringIO()):
        report = use_cases.create_report(options, cache_dir=None)
    if report.invalid_contract_options:
        raise SystemExit(f"contracts that cannot be read: {list(report.invalid_contract_options)}")
    return [contract.name for contract, check in report.get_contracts_and_checks() if not check.kept]


def main(copy: Path) -> None:
    """`copy` is the root of the copied repository; stdin has `[[file, line], …]`."""
    importlinter.configure()
    found = [broken(copy / "pyproject.toml")]
    for name, line in json.load(sys.stdin):
        path = copy / "src" / name
        before = path.read_text() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{before or ''}\n{line}\n")
        found.append(broken(copy / "pyproject.toml"))
        path.unlink() if before is None else path.write_text(before)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
