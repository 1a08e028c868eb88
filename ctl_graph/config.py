"""The settings: one frozen value, read once, passed to whoever needs it.

A setting comes from a TOML file (`ctl-graph.toml` in the folder where the command runs, or the file
that `CTL_GRAPH_CONFIG` names), then from the environment: `CTL_GRAPH_` and its name in capitals.
The help texts feed the documentation, and a test keeps the two equal.
"""

import hashlib
import math
import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ctl_graph.errors import ConfigError

PREFIX: Final = "CTL_GRAPH_"
# As https://eur-lex.europa.eu/eli/dec_impl/2018/1523/oj has them.
STATUSES: Final = ("full", "partial", "none")
FILE: Final = "ctl-graph.toml"
_NOT_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})')
_ADDRESS: Final = re.compile(r"[^\s:]+:[0-9]{1,5}|\[[0-9a-fA-F:]+\]:[0-9]{1,5}")
_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _setting(help: str, default: Any = MISSING) -> Any:
    return field(metadata={"help": help}) if default is MISSING else field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Config:
    """All settings. Paths are resolved against the folder of the settings file; in the environment, of the command.

    Raises:
        ConfigError: a setting is missing, unknown, or not of its kind (from `load`).
    """

    base_iri: str = _setting("namespace of the data: the IRIs of our things begin with it; ends with /")
    ontology: Path = _setting("folder of the vocabulary, its alignments and its shapes")
    data: Path = _setting("folder of the tables and schemes")
    releases: Path = _setting("folder where releases are kept")
    endpoint: str = _setting("ask this SPARQL endpoint instead of a release of ours; empty: the release", "")
    title_it: str = _setting("name of the site, in Italian", "CTL Graph")
    title_en: str = _setting("name of the site, in English", "CTL Graph")
    publisher: str = _setting("who publishes, as every page says", "CTL Graph")
    authority: str = _setting("public body for whose publication nobody should take the site, as every page says", "")
    identifier: str = _setting(
        "identifier of the publisher in catalogues, with which those of the datasets begin: for a public body in "
        "Italy its IPA code, for a firm its VAT number",
        "ctl-graph",
    )
    territory: str = _setting(
        "IRI of the territory that the data are about, from NUTS or the EU's table of places; empty: none", ""
    )
    territory_name: str = _setting("name of that territory, as catalogues show it", "")
    boundaries: str = _setting(
        "file of GeoJSON with the region's provinces, for the map, from where the server runs; empty: Lombardy's", ""
    )
    contact: str = _setting("address (mailto: or https:) to report an error or ask for a correction", "")
    accessibility_status: str = _setting(
        "how far the site meets EN 301 549, as its accessibility statement says: full, partial or none; empty: the "
        "publisher has not assessed it",
        "",
    )
    accessibility_date: str = _setting(
        "day of the accessibility statement (2026-11-27); empty: the publisher has not dated it",
        "",
    )
    accessibility_contact: str = _setting(
        "address (mailto: or https:) to report what is not accessible; empty: that of `contact`", ""
    )
    trusted_hosts: str = _setting("host names that the server answers for, separated by blanks; empty: every one", "")
    proxies: int = _setting("how many proxies of ours stand before the server", 0)
    hold: int = _setting("each server process holds a store of at most so many quads in memory", 500_000)
    query_seconds: float = _setting("how long a visitor's query may take", 10.0)
    query_memory: int = _setting("how much memory a visitor's query may use, in megabytes", 512)
    query_answer: int = _setting("how long the answer to a visitor's query may be, in megabytes", 64)
    query_rows: int = _setting("how many rows, or triples, the answer to a visitor's query may have", 1_000_000)
    query_workers: int = _setting("how many visitors' queries run at once in each server process", 2)
    query_queue: int = _setting("how many visitors' queries may wait for a worker", 8)
    query_budget: float = _setting(
        "how many seconds of work one client may ask for in a minute; 0: as many as it likes", 30.0
    )
    federation: str = _setting("endpoints that a query may name in SERVICE, separated by blanks; empty: none", "")
    state: str = _setting(
        "folder where the processes of a running server keep what they count together; empty: one of their own in the "
        "system's temporary folder",
        "",
    )
    metrics: str = _setting(
        "internal address (host:port) where Prometheus reads the server's figures; empty: nowhere", ""
    )
    logs: str = _setting("how the server logs: json, or text for a terminal", "json")
    allow_unconfined: bool = _setting(
        "serve visitors' queries although the machine can confine them neither by seccomp nor by Landlock", False
    )

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings file, then the environment over it."""
        path = path or Path(environ.get(PREFIX + "CONFIG", FILE))
        written = _read_file(path) if path.exists() or PREFIX + "CONFIG" in environ else {}
        known = {setting.name: setting for setting in fields(cls)}
        for name in written:
            if name not in known:
                raise ConfigError(f"{path}: there is no setting {name!r}; the settings are {', '.join(known)}")
        values = {name: _value(setting, written, environ, path) for name, setting in known.items()}
        config = cls(**values)
        config._check()
        return config

    def _check(self) -> None:
        if not _is_web_address(self.base_iri) or not self.base_iri.endswith("/") or set(self.base_iri) & set("?#"):
            raise ConfigError(f"base_iri: {self.base_iri!r} is not an absolute http(s) address ending with /")
        if self.endpoint and not _is_web_address(self.endpoint):
            raise ConfigError(f"endpoint: {self.endpoint!r} is not an http(s) address")
        for endpoint in self.federation.split():
            if not _is_web_address(endpoint):
                raise ConfigError(f"federation: {endpoint!r} is not an http(s) address")
        if self.metrics and not _ADDRESS.fullmatch(self.metrics):
            raise ConfigError(f"metrics: {self.metrics!r} is not a host and a port, like 127.0.0.1:9464")
        if self.logs not in ("json", "text"):
            raise ConfigError(f"logs: {self.logs!r} is neither json nor text")
        self._check_shown()
        self._check_numbers()

    def _check_shown(self) -> None:
        """What pages show, and the catalogue: there each address is an IRI."""
        for name in ("contact", "accessibility_contact"):
            address = getattr(self, name)
            if address and not _is_mail_address(address) and not _is_web_address(address):
                raise ConfigError(f"{name}: {address!r} is neither mailto: and a mail address, nor an http(s) address")
        if self.accessibility_status not in ("", *STATUSES):
            known = ", ".join(STATUSES)
            raise ConfigError(f"accessibility_status: {self.accessibility_status!r} is none of {known}")
        if self.accessibility_date and not _is_day(self.accessibility_date):
            raise ConfigError(f"accessibility_date: {self.accessibility_date!r} is not a day like 2026-11-27")
        if self.territory and not _is_web_address(self.territory):
            raise ConfigError(f"territory: {self.territory!r} is not an http(s) address")
        if not self.identifier or _NOT_IN_IRI.search(self.identifier):
            raise ConfigError(
                f"identifier: {self.identifier!r} is empty, or holds blanks or signs that no IRI can hold"
            )
        for name in ("title_it", "title_en", "publisher"):
            if not getattr(self, name).strip():
                raise ConfigError(f"{name} is empty: leave it out, or say what pages and catalogues are to show")

    def _check_numbers(self) -> None:
        for name in ("query_seconds", "query_memory", "query_answer", "query_rows", "query_workers"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"{name}: {getattr(self, name)} is not above zero")
        for name in ("proxies", "hold", "query_queue", "query_budget"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError(f"{name}: {getattr(self, name)} is below zero, or no number")


def state_folder(config: Config) -> Path:
    """The folder that the processes of a running server share, made where it is not there yet: ours, and closed to all
    others.

    Without the setting it has a name in the system's temporary folder that follows from where the releases are, so that
    the processes of one server agree on it.

    Raises:
        ConfigError: it cannot be made, or it belongs to somebody else or is open to them.
    """
    name = hashlib.sha256(os.fsencode(config.releases.absolute())).hexdigest()[:16]
    ours = Path(tempfile.gettempdir()).resolve() / f"ctl-graph-{os.getuid()}-{name}"
    folder = Path(config.state).resolve() if config.state else ours
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ConfigError(f"state: {folder} cannot be a folder of ours: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ConfigError(f"state: {folder} is not a folder of this user's that is closed to all others (mode 0700)")
    return folder


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not _NOT_IN_IRI.search(text)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_mail_address(text: str) -> bool:
    return text.startswith("mailto:") and "@" in text and not _NOT_IN_IRI.search(text)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _value(setting: Field[Any], written: Mapping[str, Any], environ: Mapping[str, str], path: Path) -> Any:
    name, variable = setting.name, PREFIX + setting.name.upper()
    if variable in environ:
        return _cast(setting, environ[variable], variable, Path())
    if name in written:
        return _cast(setting, written[name], f"{path}: {name}", path.parent)
    if setting.default is MISSING:
        raise ConfigError(
            f"the setting {name} is missing: write it in {path} or set {variable} ({setting.metadata['help']})"
        )
    return setting.default


def _cast(setting: Field[Any], value: Any, where: str, folder: Path) -> Any:
    assert isinstance(setting.type, type)
    try:
        if setting.type is bool:
            return _TRUTH[str(value).lower()]
        if isinstance(value, list | dict) or (setting.type is Path and not value):
            raise ValueError(value)
        return (folder / str(value)).resolve() if setting.type is Path else setting.type(str(value))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {value!r} is not of the kind {setting.type.__name__}") from error
