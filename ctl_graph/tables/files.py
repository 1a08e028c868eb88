"""CSV files as they come: bytes → records that know their line. What Excel does to a file is recognised and named."""

import codecs
import csv
import errno
import io
import os
from pathlib import Path
from typing import Final, NamedTuple

from csvw.metadata import Dialect

from ctl_graph.errors import Finding, Severity
from ctl_graph.tables.wording import finding

MAX_BYTES: Final = 64 * 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """The content of a regular file of at most `MAX_BYTES`; raises OSError for anything else."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is not a regular file")
    if path.stat().st_size > MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return path.read_bytes()


class Record(NamedTuple):
    """The texts of one record, and the line where it begins."""

    line: int
    texts: list[str]


class File:
    """One CSV file: bytes → records with their lines; what is odd about it is a finding."""

    def __init__(self, path: Path, shown: str, dialect: Dialect) -> None:
        self.path = path
        self.shown = shown
        self.dialect = dialect
        self.found: list[Finding] = []

    def note(
        self, code: str, it: str, en: str, line: int | None = None, severity: Severity = Severity.VIOLATION
    ) -> None:
        self.found.append(finding(self.shown, code, it, en, line, severity=severity))

    def records(self) -> tuple[list[str], list[Record]]:
        """The header (empty without one) and the records below it."""
        try:
            raw = read_bytes(self.path)
        except FileNotFoundError:
            self.note("missing-file", "il file non c'è", "the file does not exist")
            return [], []
        except OSError as error:
            self.note("missing-file", f"il file non si legge: {error.strerror}", f"cannot be read: {error.strerror}")
            return [], []
        text = self._decode(raw)
        if not text.strip():
            self.note("empty-file", "il file è vuoto: manca anche l'intestazione", "the file is empty, header and all")
            return [], []
        records = self._split(text)
        skipped = self.dialect.skipRows
        count = self.dialect.headerRowCount if self.dialect.header else 0
        header = records[skipped].texts if count and len(records) > skipped else []
        return header, records[skipped + count :]

    def _decode(self, raw: bytes) -> str:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.note(
                "not-utf-8",
                "il file è in UTF-16 («Testo Unicode» di Excel): salvarlo come «CSV UTF-8»",
                "the file is in UTF-16 (Excel's “Unicode text”): save it as “CSV UTF-8”",
            )
            return raw.decode("utf-16", errors="replace")
        if raw.startswith(codecs.BOM_UTF8):
            raw = raw[len(codecs.BOM_UTF8) :]
            self.note(
                "bom",
                "il file comincia con un BOM (lo scrive Excel): è stato riconosciuto e ignorato",
                "the file begins with a BOM (Excel writes it): recognised and ignored",
                severity=Severity.INFO,
            )
        encoding = self.dialect.python_encoding
        try:
            return raw.decode(encoding)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            line = raw.count(b"\n", 0, start) + 1
            guess = raw[start : start + 1].decode("cp1252", errors="replace")
            self.note(
                "not-utf-8",
                f"il file non è in UTF-8: sembra Windows-1252 (Excel italiano), dove il byte "
                f"{raw[start]:#04x} è «{guess}»; salvarlo come «CSV UTF-8»",
                f"the file is not in UTF-8: it seems to be Windows-1252 (Excel), where the byte "
                f"{raw[start]:#04x} is “{guess}”; save it as “CSV UTF-8”",
                line,
            )
            return raw.decode("cp1252", errors="replace")

    def _delimiter(self, text: str) -> str:
        """The delimiter of the file: that of the dialect, unless the first line clearly has another."""
        declared: str = self.dialect.delimiter
        first = text.partition("\n")[0]
        for other, it, en in ((";", "dal punto e virgola", "semicolons"), ("\t", "da tabulazioni", "tabs")):
            if declared not in first and other in first and self.dialect.header:
                self.note(
                    "delimiter",
                    f"le colonne sono separate {it}, non da «{declared}»: file salvato da Excel italiano",
                    f"the columns are separated by {en}, not by “{declared}”: the file was saved by an Italian Excel",
                    1,
                )
                return other
        return declared

    def _split(self, text: str) -> list[Record]:
        dialect = self.dialect
        try:
            reader = csv.reader(
                io.StringIO(text, newline=""),
                delimiter=self._delimiter(text),
                quotechar=dialect.quoteChar or None,
                doublequote=dialect.doubleQuote,
                escapechar=None if dialect.doubleQuote else "\\",
                skipinitialspace=dialect.skipInitialSpace,
                quoting=csv.QUOTE_MINIMAL if dialect.quoteChar else csv.QUOTE_NONE,
                strict=True,
            )
        except (TypeError, ValueError) as error:
            self.note("dialect", f"il dialetto non è utilizzabile: {error}", f"the dialect cannot be used: {error}")
            return []
        records: list[Record] = []
        while True:
            line = reader.line_num + 1
            try:
                texts = next(reader)
            except StopIteration:
                return records
            except csv.Error as error:
                self.note(
                    "csv",
                    f"da questa riga il file non si legge come CSV ({error}): controllare le virgolette",
                    f"from this line on the file is not CSV ({error}): check the quotation marks",
                    line,
                )
                return records
            if self._is_record(texts):
                records.append(Record(line, [dialect.trimmer(text) for text in texts[dialect.skipColumns :]]))

    def _is_record(self, texts: list[str]) -> bool:
        prefix = self.dialect.commentPrefix
        if prefix and texts and texts[0].startswith(prefix):
            return False
        return any(texts) or not self.dialect.skipBlankRows
