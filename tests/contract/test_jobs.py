"""A job is enqueued by name: every name must have a task, in the tree as it stands."""

import ast

from tests.contract.source import calls, modules, text_of, tree

KIT = "huntaze.kit."


def test_every_enqueued_name_has_a_task_and_can_be_read_from_the_source() -> None:
    known = modules()
    enqueued: dict[str | None, list[str]] = {}
    tasks: set[str | None] = set()
    for name, path in known.items():
        if name.startswith(KIT):
            continue
        module = tree(path)
        for call in calls(module, "enqueue"):
            job = next((word.value for word in call.keywords if word.arg == "name"), None) or call.args[1]
            enqueued.setdefault(text_of(job, module, known), []).append(f"{name}:{call.lineno}")
        tasks |= {text_of(call.args[0], module, known) for call in calls(module, "Task") if call.args}
    assert None not in enqueued, f"not a constant name: {enqueued.get(None)}"
    assert {name: where for name, where in enqueued.items() if name not in tasks} == {}


def test_a_name_is_followed_through_constants_and_imports() -> None:
    known = modules()
    here = ast.parse(
        "from huntaze.kit.live import CHANNEL as C\nNAME: str = 'a.b'\nOTHER = NAME\nCOMPUTED = NAME + 'c'"
    )
    found = [text_of(ast.Name(name), here, known) for name in ("NAME", "OTHER", "C", "COMPUTED", "MISSING")]
    assert found == ["a.b", "a.b", "huntaze_live", None, None]
