"""The pytest plugin of this suite: its environment, its tiers and how far properties search.

Loaded by `-p` in pyproject.toml, because Django's settings are read before any conftest is.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Generator
from itertools import chain

import pytest
from hypothesis import HealthCheck, Phase, is_hypothesis_test
from hypothesis import settings as hypothesis_settings

from config.local.postgres import data_dir

#: What only `--all` runs, unless it is asked for by file, by test or by `-m`.
LATER = ("kills", "e2e", "slow")
#: What would point the tests at a real installation.
REAL = ("ENVIRONMENT", "ENV_FILE", "DJANGO_SETTINGS_MODULE")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all", action="store_true", help="also the tests marked kills, e2e and slow, at full size"
    )
    use_test_environment()  # no other hook comes before Django's settings for certain


def use_test_environment() -> None:
    """Keep what tests write out of the development installation: a data folder of their own."""
    for name in REAL:
        os.environ.pop(name, None)
    data = data_dir()
    if not data.name.endswith("-test"):  # a worker of xdist, or pytest started by a test
        data = data.with_name(f"{data.name}-test")
    os.environ["SHOPIQ_DATA"] = str(data)


def pytest_configure(config: pytest.Config) -> None:
    _register_profiles()
    if not config.getoption("hypothesis_profile", None):
        hypothesis_settings.load_profile("full" if config.getoption("all") else "daily")


def _register_profiles() -> None:
    """No deadline and no complaint about slowness: how fast a machine is proves nothing."""
    base = hypothesis_settings(
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    quick = [Phase.explicit, Phase.generate]  # without shrinking a failure is reported sooner
    hypothesis_settings.register_profile(
        "daily", base, max_examples=25, stateful_step_count=30, phases=quick
    )
    hypothesis_settings.register_profile("full", base, max_examples=400, stateful_step_count=30)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from walking through all modules and tests again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Name the group of `--dist loadgroup` before xdist reads it."""
    if hasattr(item.config, "workerinput"):  # a process of xdist
        item.add_marker(pytest.mark.xdist_group(_group_of(item)))


@pytest.hookimpl(trylast=True)  # after pytest, which sorts by parameters of fixtures
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _leave_later_out(config, items)
    if hasattr(config, "workerinput"):
        _sort_groups(items)


@pytest.hookimpl(trylast=True)  # after xdist, which appends the group
def pytest_collection_finish(session: pytest.Session) -> None:
    """Report tests by ids that can be pasted."""
    for item in session.items:
        for group in item.iter_markers("xdist_group"):
            plain = item.nodeid.removesuffix(f"@{group.args[0]}")
            item._nodeid = plain  # type: ignore[attr-defined]


def _group_of(item: pytest.Item) -> str:
    """Keep files together, and tests that share a server or many rows; long tests stand alone."""
    fixtures = getattr(item, "fixturenames", ())
    for shared in ("web_server", "s3_endpoint"):
        if shared in fixtures:
            return shared
    if _stands_alone(item):
        return item.nodeid
    file = item.nodeid.partition("::")[0]
    return file.rpartition("/")[0] if "committed" in fixtures else file


def _stands_alone(item: pytest.Item) -> bool:
    searches = is_hypothesis_test(getattr(item, "obj", None))
    return searches or any(item.get_closest_marker(name) for name in ("kills", "slow"))


def _sort_groups(items: list[pytest.Item]) -> None:
    """Sort them as xdist shall hand them out."""
    groups: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        groups[_group_of(item)].append(item)
    ordered = sorted(groups.values(), key=_turn_of)
    items[:] = chain.from_iterable(ordered)


def _turn_of(group: list[pytest.Item]) -> tuple[int, int]:
    """Begin with what takes long, or it would keep one process busy when the others have ended.

    That is what runs at full size, then what drives a browser, starts servers or makes many rows.
    """
    if any(_stands_alone(item) for item in group):
        return 0, 0
    starts = {"page", "browser", "own_server", "web_server", "committed"}
    takes_long = any(starts & set(getattr(item, "fixturenames", ())) for item in group)
    return 1 if takes_long else 2, -len(group)


def _leave_later_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the later tests, unless only they were requested."""
    if config.getoption("all") or config.getoption("markexpr"):
        return
    here = config.invocation_params.dir
    named = [here / arg.partition("::")[0] for arg in config.args if ".py" in arg]
    kept = [item for item in items if item.path in named or not _is_later(item)]
    if kept and len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def _is_later(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in LATER)
