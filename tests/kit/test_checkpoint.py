import signal
import subprocess
import sys

import pytest

from huntaze.kit.checkpoint import Checkpoints

WALK = """
import sys
from huntaze.kit.checkpoint import Checkpoints
points = Checkpoints(sys.argv[1] if len(sys.argv) > 1 else None)
for step in range(3):
    for name in ("publish.intent", "publish.answered"):
        points.reach(name)
        print(step, name, flush=True)
"""


def _walk(*kill_at: str) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, "-c", WALK, *kill_at], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_the_process_dies_when_the_wanted_checkpoint_is_first_reached() -> None:
    code, lines = _walk("publish.answered")
    assert code == -signal.SIGKILL
    assert lines == ["0 publish.intent"]


def test_the_process_dies_at_the_nth_reach() -> None:
    code, lines = _walk("publish.intent:3")
    assert code == -signal.SIGKILL
    assert lines[-1] == "1 publish.answered"


def test_without_a_wanted_checkpoint_nothing_is_killed() -> None:
    code, lines = _walk()
    assert code == 0
    assert len(lines) == 6


@pytest.mark.parametrize("kill_at", ["", ":2", "link:", "link:0", "link:-1", "link:x", "link:²"])
def test_a_malformed_checkpoint_is_refused(kill_at: str) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        Checkpoints(kill_at)
