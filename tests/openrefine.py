"""OpenRefine itself, as its own pages drive it: a project of one column, matched and extended.

It is a program in Java with 150 libraries (Debian: `apt install openrefine`); OPENREFINE may name another folder of it.
What its pages do in the browser is in `tests/test_reconcilers.py` as the requests that they send.
"""

import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

FOLDER = Path(os.environ.get("OPENREFINE", "/usr/share/openrefine"))
_EVERY_ROW = json.dumps({"facets": [], "mode": "row-based"})
_LINES = json.dumps({"headerLines": 0, "encoding": "UTF-8", "guessCellValueTypes": False})


@contextmanager
def openrefine(folder: Path) -> Iterator["Refine"]:
    """A running OpenRefine, which keeps its projects in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"headless": "true", "webapp": "webapp", "port": port, "host": "127.0.0.1", "data_dir": folder}
    command = ["java", "-Xmx600M", "-Djava.awt.headless=true", *(f"-Drefine.{name}={told[name]}" for name in told)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-cp", "server/*", "com.google.refine.Refine"], cwd=FOLDER, stdout=log, stderr=log
        )
    try:
        yield Refine(port)
    finally:
        process.terminate()
        process.wait(timeout=30)


class Refine:
    def __init__(self, port: int) -> None:
        self._port = port
        deadline = time.monotonic() + 60
        while True:
            with suppress(OSError, ValueError, KeyError):
                self._token = self._call("get-csrf-token")["token"]
                return
            assert time.monotonic() < deadline, "OpenRefine does not start"
            time.sleep(0.5)

    def _request(self, command: str, body: bytes | None, kind: str) -> tuple[str, bytes]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST" if body else "GET", f"/command/core/{command}", body, {"Content-Type": kind})
            response = connection.getresponse()
            return response.getheader("Location", ""), response.read()
        finally:
            connection.close()

    def _call(self, command: str, **given: Any) -> Any:
        body = urlencode({**given, "csrf_token": self._token}).encode() if given else None
        return json.loads(self._request(command, body, "application/x-www-form-urlencoded")[1])

    def project(self, names: Sequence[str]) -> str:
        """The number of a new project with these names in `Column 1`."""
        fields = {"project-name": "names", "format": "text/line-based/*sv", "options": _LINES}
        border = uuid.uuid4().hex
        head = "".join(
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        file = f'--{border}\r\nContent-Disposition: form-data; name="project-file"; filename="names.csv"\r\n\r\n'
        body = "\r\n".join((head + file + "\n".join(names), f"--{border}--", "")).encode()
        command = f"create-project-from-upload?csrf_token={self._token}"
        location, _ = self._request(command, body, f"multipart/form-data; boundary={border}")
        return parse_qs(urlsplit(location).query)["project"][0]

    def guessed_types(self, project: str, service: str) -> list[str]:
        """The types that it would offer for the column."""
        answer = self._call("guess-types-of-column", project=project, columnName="Column 1", service=service)
        return [each["id"] for each in answer["types"]]

    def reconcile(self, project: str, service: str, manifest: Mapping[str, Any], type: Any = None) -> None:
        config = {
            "mode": "standard-service", "service": service, "type": type, "autoMatch": True, "columnDetails": [],
            "limit": 0, "identifierSpace": manifest["identifierSpace"], "schemaSpace": manifest["schemaSpace"],
        }  # fmt: skip
        given = {"columnName": "Column 1", "config": json.dumps(config), "engine": _EVERY_ROW}
        assert self._call("reconcile", project=project, **given)["code"] in ("pending", "ok")
        self._wait(project)

    def extend(
        self, project: str, service: str, manifest: Mapping[str, Any], properties: Sequence[Mapping[str, Any]]
    ) -> None:
        given = {
            "baseColumnName": "Column 1", "endpoint": service, "identifierSpace": manifest["identifierSpace"],
            "schemaSpace": manifest["schemaSpace"], "extension": json.dumps({"properties": properties}),
            "columnInsertIndex": "1", "engine": _EVERY_ROW,
        }  # fmt: skip
        assert self._call("extend-data", project=project, **given)["code"] in ("pending", "ok")
        self._wait(project)

    def _wait(self, project: str) -> None:
        deadline = time.monotonic() + 60
        while self._call(f"get-processes?project={project}")["processes"]:
            assert time.monotonic() < deadline, "OpenRefine does not end"
            time.sleep(0.2)

    def rows(self, project: str) -> list[list[Any]]:
        """The values of each row; in place of the first, its name and the id that it was matched to."""
        answer = self._call(f"get-rows?project={project}&start=0&limit=1000", engine=_EVERY_ROW)
        matched = {key: (recon.get("m") or {}).get("id") for key, recon in answer["pool"]["recons"].items()}
        rows = [row["cells"] for row in answer["rows"]]
        return [
            [(first["v"], matched[first["r"]]), *(each and each["v"] for each in others)] for first, *others in rows
        ]
