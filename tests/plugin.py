"""The pytest plugin of this suite: its environment, its tiers and how far properties search.

Loaded by `-p` in pyproject.toml, because Django's settings are read before any conftest is.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from config.local.postgres import data_dir
from tests.daily import thin_out
from tests.groups import sort_groups

#: What only `--all` runs, unless it is asked for by file, by test or by `-m`; and what starts a
#: server for itself.
LATER = ("kills", "e2e", "slow")
DAY = 24 * 60 * 60
#: By UTC and in India, where the partners of most tests are, in seconds of the day.
MIDNIGHTS = (0, DAY - 5.5 * 60 * 60)
#: Seconds that a test which looks at the date may take, on a busy machine too.
LONGEST_TEST = 20
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
    # Most tests are one transaction, which a busy machine may leave idle for a minute.
    os.environ["DB_IDLE_TIMEOUT"] = "1h"


def pytest_configure(config: pytest.Config) -> None:
    _register_profiles()
    if not config.getoption("hypothesis_profile", None):
        hypothesis_settings.load_profile("full" if config.getoption("all") else "daily")


def _register_profiles() -> None:
    """No deadline and no complaint about slowness: how fast a machine is proves nothing.

    `daily` and `full` try the same examples in every run, `--hypothesis-profile=search` others.
    """
    base = hypothesis_settings(
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    quick = [Phase.explicit, Phase.generate]  # without shrinking a failure is reported sooner
    hypothesis_settings.register_profile(
        "daily", base, max_examples=15, stateful_step_count=30, phases=quick, derandomize=True
    )
    hypothesis_settings.register_profile(
        "full", base, max_examples=60, stateful_step_count=30, derandomize=True
    )
    hypothesis_settings.register_profile("search", base, max_examples=500, stateful_step_count=30)


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


def pytest_runtest_setup() -> None:
    """Let no day end during a test of today's rows: they would be yesterday's when it looks."""
    now = time.time()
    left = min((midnight - now) % DAY for midnight in MIDNIGHTS)
    if left < LONGEST_TEST:
        time.sleep(left)


@pytest.hookimpl(trylast=True)  # after pytest, which sorts by parameters of fixtures
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _leave_later_out(config, items)
    if hasattr(config, "workerinput"):  # a process of xdist
        sort_groups(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Have xdist hand out groups; its own, by a marker, do nothing with pytest 9.2."""
    from tests.distribution import GroupScheduling

    config.option.loadscopereorder = False  # they are sorted already
    return GroupScheduling(config, log)


def _leave_later_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the later tests, unless only they were requested."""
    if config.getoption("all") or config.getoption("markexpr"):
        return
    here = config.invocation_params.dir
    named = [here / arg.partition("::")[0] for arg in config.args if ".py" in arg]
    kept = [item for item in items if item.path in named or not _is_later(item)]
    if _runs_everything(config):
        kept = thin_out(kept)
    if kept and len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def _runs_everything(config: pytest.Config) -> bool:
    """Return whether no file, folder or word was named."""
    paths = {(config.invocation_params.dir / arg).resolve() for arg in config.args}
    return paths == {(config.rootpath / "tests").resolve()} and not config.getoption("keyword")


def _is_later(item: pytest.Item) -> bool:
    starts_server = "own_server" in getattr(item, "fixturenames", ())
    return starts_server or any(item.get_closest_marker(name) for name in LATER)
