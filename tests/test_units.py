"""The units for systemd that ship: understood by systemd, and at one with the page and the program."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from serving import ROOT

from ctl_graph.config import PREFIX, Config

FOLDER = ROOT / "docs" / "deploy"
UNITS = sorted(FOLDER.glob("ctl-graph*.*"))
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
ANALYZE = shutil.which("systemd-analyze")


def said(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", (FOLDER / unit).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed (Debian: apt install systemd)")
def test_systemd_understands_them(tmp_path: Path) -> None:
    assert ANALYZE
    for unit in UNITS:
        text = re.sub(r"/opt/ctl-graph/\.venv/bin/\S+", sys.executable, unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    tried = subprocess.run([ANALYZE, "verify", "--man=no", *files], capture_output=True, text=True)
    ours = [line for line in tried.stderr.splitlines() if "ctl-graph" in line]
    assert (tried.returncode, ours) == (0, []), tried.stderr


def test_every_unit_is_installed_by_the_page() -> None:
    assert len(UNITS) == 3
    assert [unit.name for unit in UNITS if f"docs/deploy/{unit.name}" not in PAGE] == []


def test_what_runs_is_what_the_page_installs() -> None:
    for unit in ("ctl-graph.service", "ctl-graph-build.service"):
        assert said(unit, "User") == ["ctl-graph"]
        assert said(unit, "WorkingDirectory") == ["/opt/ctl-graph"]
        assert all(command.startswith("/opt/ctl-graph/.venv/bin/") for command in said(unit, "ExecStart(?:Post)?"))
    assert "useradd --system --home-dir /var/lib/ctl-graph --shell /usr/sbin/nologin ctl-graph" in PAGE
    known = {setting.upper() for setting in Config.__dataclass_fields__}
    named = re.findall(rf"{PREFIX}([A-Z_]+)=", PAGE + "".join(unit.read_text(encoding="utf-8") for unit in UNITS))
    assert len(named) > 5
    assert set(named) <= known


def test_the_confinement_of_queries_is_not_forbidden() -> None:
    """A process for queries is started by exec, speaks over a local socket, lowers its rank and adds a filter."""
    (filters,) = said("ctl-graph.service", "SystemCallFilter")
    assert {"@system-service", "seccomp", "landlock_restrict_self"} <= set(filters.split())
    assert {"AF_UNIX", "AF_INET"} <= set(said("ctl-graph.service", "RestrictAddressFamilies")[0].split())
    assert said("ctl-graph.service", "OOMPolicy") == ["continue"]
    assert said("ctl-graph.service", "NoNewPrivileges") == ["yes"]
    assert said("ctl-graph.service", "ProtectSystem") == ["strict"]
    assert said("ctl-graph.service", "MemoryDenyWriteExecute") == []
