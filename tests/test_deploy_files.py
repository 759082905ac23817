"""What `deploy/` ships and no container engine starts here, checked by its own linters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import compose_spec
import yaml
from django.core.management import get_commands

from config.metrics import collectors
from tests.deploy_programs import DEPLOY, copy_image, program, run
from tests.environment import installation_environment

ROOT = Path(__file__).resolve().parents[1]
#: Of the development requirements.
BIN = Path(sys.executable).parent
#: What the Dockerfile runs, and the checks, in one process.
PREPARE = """
from manage import execute_from_command_line as manage
manage(["manage.py", "collectstatic", "--no-input"])
manage(["manage.py", "compilemessages"])
manage(["manage.py", "check", "--deploy"])
"""


def test_systemd_accepts_the_units() -> None:
    analyze = program("systemd-analyze")
    with TemporaryDirectory() as folder:
        units = []
        for path in sorted((DEPLOY / "systemd").iterdir()):
            text = path.read_text()
            # Programs and folders of an installation, which this machine does not have.
            text = re.sub(r"(?<=ExecStart=)/srv/\S+", "/bin/true", text)
            text = text.replace("file:/srv/shopiq", "file:/")
            units.append(Path(folder, path.name.replace("@", "@8000")))
            units[-1].write_text(text)
        done = subprocess.run(
            [analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False
        )
    ours = [line for line in done.stderr.splitlines() if "shopiq" in line]
    assert ours == []


def test_units_set_nothing_that_the_file_of_settings_may_have() -> None:
    """EnvironmentFile= wins over Environment=, wherever it stands."""
    listed = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for path in (DEPLOY / "systemd").glob("*.service"):
        lines = re.findall(r"^Environment=(.*)$", path.read_text(), re.MULTILINE)
        own = {word.partition("=")[0] for line in lines for word in line.split()}
        assert own & listed <= {"SHOPIQ_DATA"}, path.name


def test_hadolint_accepts_the_dockerfile() -> None:
    # Versions of Debian's packages come with the release of the base image.
    run(BIN / "hadolint", "--ignore", "DL3008", DEPLOY / "Dockerfile")


def test_shellcheck_accepts_the_script_of_the_roles() -> None:
    run(BIN / "shellcheck", DEPLOY / "sql/create-roles.sh")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_compose_follows_its_specification() -> None:
    parsed = compose_spec.PyCompose.from_json(json.dumps(compose()))
    parsed.validate()
    services = compose()["services"]
    named = {name for each in services.values() for name in each.get("depends_on", ())}
    assert named <= set(services)


def test_compose_sets_no_variable_that_its_example_leaves_out() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = (DEPLOY / "compose.env.example").read_text()
    assert asked <= set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_a_web_process_gets_more_time_to_stop_than_a_call_may_take() -> None:
    unit = (DEPLOY / "systemd/shopiq-web@.service").read_text()
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > 130
    assert int(compose["web-1"]["stop_grace_period"].removesuffix("s")) > 130


def test_the_proxy_uses_a_web_process_as_soon_as_it_is_back() -> None:
    """docs/upgrade.md restarts the next one then: each has to be tried by each call."""
    upstream = (DEPLOY / "shopiq-upstream.conf").read_text()
    servers = re.findall(r"^ *server .*", upstream, re.MULTILINE)
    assert len(servers) == 2
    assert all("max_fails=0" in server for server in servers)


def test_alerts_and_panels_ask_for_metrics_that_exist() -> None:
    exposed = set(re.findall(r'"(shopiq_\w+)"', (ROOT / "config/metrics.py").read_text()))
    source = "".join(path.read_text() for path in ROOT.glob("*/metrics.py"))
    source += (ROOT / "config/mail/metrics.py").read_text()
    source += (ROOT / "config/jobs/measures.py").read_text()
    exposed |= {f"shopiq_{name}" for name in re.findall(r'Sample\(\s*"(\w+)"', source)}
    exposed |= {"shopiq_backup_age_seconds", "shopiq_backup_verification_age_seconds"}
    exposed |= {"shopiq_database_up"}
    asked = set()
    for file in ("prometheus/alerts.yml", "grafana/shopiq.json"):
        asked |= set(re.findall(r"shopiq_\w+", (DEPLOY / file).read_text()))
    plain = {re.sub(r"_(?:count|sum|bucket|total)$", "", name) for name in asked}
    assert plain <= exposed
    assert len(collectors()) >= 7


def test_alerts_name_runbooks_that_exist() -> None:
    groups = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    for rule in groups[0]["rules"]:
        file, _, anchor = rule["annotations"]["runbook"].partition("#")
        headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)
        anchors = {
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
        }
        assert not anchor or anchor in anchors, anchor


def test_promtool_accepts_the_rules() -> None:
    promtool = program("promtool")
    run(promtool, "check", "config", DEPLOY / "prometheus/prometheus.yml")
    run(promtool, "test", "rules", "alerts_test.yml", cwd=DEPLOY / "prometheus")


def test_the_grafana_board_is_complete() -> None:
    board = json.loads((DEPLOY / "grafana/shopiq.json").read_text())
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])
    assert board["uid"] == "shopiq"


def test_the_image_has_all_that_the_application_reads() -> None:
    with TemporaryDirectory() as folder:
        copy_image(Path(folder))
        env = installation_environment() | {"ENV_FILE": str(DEPLOY / "container.env")}
        env |= {"STATIC_ROOT": f"{folder}/collected", "SHOPIQ_DATA": f"{folder}/data"}
        env["DJANGO_SETTINGS_MODULE"] = "config.settings"
        run(sys.executable, "-c", PREPARE, cwd=folder, env=env)


def test_the_image_does_not_run_as_root() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert text.index("USER 10001") < text.index('CMD ["gunicorn"')
    assert "--require-hashes" in text


def test_compose_names_only_files_that_exist() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./") and source != "./tls":
                assert (DEPLOY / source).exists(), source
    application = [services[name] for name in ("web-1", "web-2", "worker", "sweeper", "migrate")]
    assert all(each["read_only"] and each["cap_drop"] == ["ALL"] for each in application)


def test_the_guides_name_commands_settings_and_files_that_exist() -> None:
    names = ("production", "upgrade", "backup", "runbooks", "capacity", "retention")
    text = "\n".join((ROOT / f"docs/{name}.md").read_text() for name in names)
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
    settings = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    words = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", text))
    assert words - {"MALLOC_ARENA_MAX"} <= settings
    for path in re.findall(r"`((?:deploy|tests|config)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
