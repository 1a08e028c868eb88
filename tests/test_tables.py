"""Tables of a curator: what is read, what is said to be wrong and where, and which quads come out."""

import json
import socket
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, BNode, Literal, URIRef

from ctl_graph import tables
from ctl_graph.errors import Finding, Severity, SourceError

BASE = "https://example.org/"
ID = "https://example.org/id/"
NAME = "http://www.w3.org/2004/02/skos/core#prefLabel"
Metadata = dict[str, Any]
Write = Callable[..., Path]


def column(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "titles": {"it": f"Il {name}", "und": name},
        "propertyUrl": BASE + "def/" + name,
        **properties,
    }


def described(*columns: dict[str, Any], **schema: Any) -> Metadata:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "it"}],
        "tableSchema": {"aboutUrl": ID + "{id}", "columns": list(columns), **schema},
    }


ID_COLUMN = column("id", suppressOutput=True, required=True, datatype={"base": "string", "format": "[a-z0-9-]+"})
STATEMENT = (
    ID_COLUMN,
    column("name", propertyUrl=NAME, lang="it"),
    column("source", suppressOutput=True, required=True),
    column("confidence", suppressOutput=True),
    column("accepted", suppressOutput=True, required=True, datatype={"base": "boolean", "format": "yes|no"}),
    column("reason", suppressOutput=True),
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table and its metadata; the text may be bytes. Gives the path of the metadata."""

    def write_table(text: str | bytes | None, metadata: Metadata | str, name: str = "things") -> Path:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        if text is not None:
            (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        path = folder / f"{name}.csv-metadata.json"
        written = metadata if isinstance(metadata, str) else json.dumps({"url": f"{name}.csv", **metadata})
        path.write_text(written, encoding="utf-8")
        return path

    return write_table


def found(*paths: Path) -> list[Finding]:
    return tables.findings([tables.read(path) for path in paths])


def brief(findings: Sequence[Finding]) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.place.line, one.place.column) for one in findings]


def said(path: Path, accepted: str | None = None) -> list[tables.Quad]:
    return [quad for row in tables.read(path).rows for quad in tables.quads(row, accepted)]


# ------------------------------------------------------------------------------------------ quads


def test_a_row_becomes_quads_in_the_graph_of_its_source_and_in_the_accepted_one(write: Write) -> None:
    metadata = described(*STATEMENT) | {tables.GRAPH_URL: BASE + "graph/{source}"}
    path = write(
        "id,name,source,confidence,accepted,reason\na,Uno,s1,high,yes,\nb,Due,s2,low,no,low-confidence\n", metadata
    )
    one, two = (URIRef(ID + slug) for slug in "ab")
    assert found(path) == []
    assert said(path, BASE + "graph/accepted") == [
        (one, URIRef(NAME), Literal("Uno", lang="it"), BASE + "graph/s1", "name"),
        (one, URIRef(NAME), Literal("Uno", lang="it"), BASE + "graph/accepted", "name"),
        (two, URIRef(NAME), Literal("Due", lang="it"), BASE + "graph/s2", "name"),
    ]


def test_a_table_knows_its_path_its_columns_and_its_rows(write: Write) -> None:
    table = tables.read(write("id,name\na,Uno\n", described(ID_COLUMN, column("name"))))
    assert (table.path.name, [one.name for one in table.columns]) == ("things.csv", ["id", "name"])
    (row,) = table.rows
    assert (row.path, row.line, row.value("name"), row.accepted) == ("data/things.csv", 2, "Uno", None)


def test_lines_are_counted_as_an_editor_counts_also_after_quoted_newlines(write: Write) -> None:
    path = write('id,name\r\na,"Uno\r\ne mezzo"\r\nb,Due\r\n', described(ID_COLUMN, column("name")))
    assert [row.line for row in tables.read(path).rows] == [2, 4]


@pytest.mark.parametrize(
    ("datatype", "text", "lexical", "type"),
    [
        ("integer", "007", "007", "integer"),
        ("decimal", "1.10", "1.10", "decimal"),
        ({"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}, "1.234,50", "1234.50", "decimal"),
        ({"base": "decimal", "format": "#0.0%"}, "12.5%", "0.125", "decimal"),
        ("number", "1e3", "1e3", "double"),
        ("boolean", "1", "true", "boolean"),
        ({"base": "boolean", "format": "sì|no"}, "sì", "true", "boolean"),
        ("date", "2014-05-31", "2014-05-31", "date"),
        ({"base": "date", "format": "d/M/yyyy"}, "1/5/2014", "2014-05-01", "date"),
        ({"base": "dateTime", "format": "dd.MM.yyyy HH:mm"}, "01.05.2014 09:30", "2014-05-01T09:30:00", "dateTime"),
        ({"base": "time", "format": "HH:mmX"}, "09:30+02", "09:30:00+02:00", "time"),
        ({"base": "time", "format": "HHmm"}, "0930", "09:30:00", "time"),
        ("gYear", "2014", "2014", "gYear"),
        ("duration", "P1Y2M", "P1Y2M", "duration"),
        ("anyURI", "http://a.it/è", "http://a.it/è", "anyURI"),
        ("hexBinary", "0fB7", "0fB7", "hexBinary"),
    ],
)  # fmt: skip
def test_typed_cells_keep_their_lexical_form(write: Write, datatype: Any, text: str, lexical: str, type: str) -> None:
    path = write(f'id,value\na,"{text}"\n', described(ID_COLUMN, column("value", datatype=datatype)))
    (quad,) = said(path)
    assert found(path) == []
    assert isinstance(quad.object, Literal)
    assert (str(quad.object), str(quad.object.datatype)) == (lexical, f"http://www.w3.org/2001/XMLSchema#{type}")


@pytest.mark.parametrize(
    ("base", "iri"),
    [
        ("json", "http://www.w3.org/ns/csvw#JSON"),
        ("html", str(RDF.HTML)),
        ("xml", str(RDF.XMLLiteral)),
    ],
)
def test_markup_has_a_datatype_of_its_own(write: Write, base: str, iri: str) -> None:
    path = write("id,value\na,[1]\n", described(ID_COLUMN, column("value", datatype=base)))
    assert [str(quad.object.datatype) for quad in said(path) if isinstance(quad.object, Literal)] == [iri]


def test_lists_are_several_triples_or_one_rdf_list(write: Write) -> None:
    columns = (ID_COLUMN, column("tags", separator=";"), column("steps", separator=";", ordered=True))
    quads = said(write("id,tags,steps\na,x;y,p;q\n", described(*columns)))
    assert [str(quad.object) for quad in quads if quad.column == "tags"] == ["x", "y"]
    firsts = [str(quad.object) for quad in quads if quad.predicate == RDF.first]
    assert (firsts, quads[-1].object) == (["p", "q"], RDF.nil)


def test_empty_null_and_default(write: Write) -> None:
    columns = (ID_COLUMN, column("a", null="-"), column("b", default="x"), column("c"))
    quads = said(write("id,a,b,c\na,-,,\n", described(*columns)))
    assert [(quad.column, str(quad.object)) for quad in quads] == [("b", "x")]


def test_virtual_columns_say_more_and_are_silent_without_the_cell_they_need(write: Write) -> None:
    columns = (
        ID_COLUMN,
        column("part_of", valueUrl=ID + "{part_of}"),
        {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "org:Organization"},
        {"virtual": True, "aboutUrl": ID + "{part_of}", "propertyUrl": "dc:hasPart", "valueUrl": ID + "{id}"},
    )
    path = write("id,part_of\na,\nb,a\n", described(*columns))
    assert found(path) == []
    assert [(quad.subject[-1], quad.predicate.rpartition("/")[2], quad.object[-1:]) for quad in said(path)] == [
        ("a", "22-rdf-syntax-ns#type", "n"),
        ("b", "part_of", "a"),
        ("b", "22-rdf-syntax-ns#type", "n"),
        ("a", "hasPart", "b"),
    ]


def test_without_a_template_the_subject_is_a_blank_node_for_each_row(write: Write) -> None:
    metadata = described(column("a"), column("b"))
    del metadata["tableSchema"]["aboutUrl"]
    subjects = [quad.subject for quad in said(write("a,b\n1,2\n3,4\n", metadata))]
    assert all(isinstance(subject, BNode) for subject in subjects)
    assert (subjects[0] == subjects[1], subjects[1] == subjects[2]) == (True, False)


def test_relative_templates_start_from_the_table_and_need_its_address(write: Write) -> None:
    metadata = described(ID_COLUMN, {"name": "name", "titles": "name"}, aboutUrl="#{id}")
    path = write("id,name\na,Uno\n", metadata)
    assert {one.code for one in found(path)} == {"bad-iri"}
    (row,) = tables.read(path, base=BASE).rows
    (quad,) = tables.quads(row)
    assert (quad.subject, quad.predicate) == (URIRef(BASE + "things.csv#a"), URIRef(BASE + "things.csv#name"))


def test_a_table_without_output_says_nothing(write: Write) -> None:
    assert said(write("id,name\na,Uno\n", described(ID_COLUMN, column("name")) | {"suppressOutput": True})) == []


# ---------------------------------------------------------------------------------------- findings


@pytest.mark.parametrize(
    ("properties", "text", "code"),
    [
        ({"datatype": "integer"}, "12.5", "datatype"),
        ({"datatype": "integer"}, "1_000", "datatype"),
        ({"datatype": "integer"}, "２０１４", "datatype"),
        ({"datatype": "byte"}, "300", "datatype"),
        ({"datatype": "decimal"}, "1e999999999", "datatype"),
        ({"datatype": "date"}, "2014-02-30", "datatype"),
        ({"datatype": "date"}, "31/05/2014", "date-format"),
        ({"datatype": "date"}, "31/02/2014", "datatype"),
        ({"datatype": {"base": "date", "format": "yyyy-MM-dd"}}, "2014-01-01 circa", "datatype"),
        ({"datatype": "gYear"}, "14", "datatype"),
        ({"datatype": "anyURI"}, "http://a b", "datatype"),
        ({"datatype": "json"}, "{", "datatype"),
        ({"datatype": "xml"}, "<a>", "datatype"),
        ({"datatype": {"base": "boolean", "format": "yes|no"}}, "si", "format"),
        ({"datatype": {"base": "string", "format": "^(a|b)$"}}, '"a\n"', "format"),
        ({"datatype": {"base": "string", "maxLength": 2}}, "abc", "length"),
        ({"datatype": {"base": "integer", "minimum": 1, "maximum": 9}}, "10", "range"),
        ({"datatype": {"base": "date", "minimum": "2000-01-01"}}, "1999-12-31", "range"),
        ({"required": True}, "", "required"),
        ({"valueUrl": ID + "{value}"}, "..", "bad-iri"),
        ({"valueUrl": "{+value}"}, "javascript:alert(1)", "bad-iri"),
        ({"valueUrl": "{+value}"}, "ctl:Cluster", "bad-iri"),
        ({"valueUrl": "{+value}"}, "http://", "bad-iri"),
        ({}, "a\x00b", "control-character"),
        ({}, "a\u202eb", "control-character"),
        ({}, "Universit\ufffd", "control-character"),
        ({}, "a ", "blanks"),
    ],
)
def test_what_is_wrong_with_a_cell(write: Write, properties: dict[str, Any], text: str, code: str) -> None:
    path = write(f"id,value,other\na,{text},\n", described(ID_COLUMN, column("value", **properties), column("other")))
    (finding,) = found(path)
    assert (finding.code, str(finding.place)) == (code, "data/things.csv:2:value")
    assert finding.message.it != finding.message.en


def test_a_bad_identifier_is_said_once_and_where_it_stands(write: Write) -> None:
    columns = (
        column("id"),
        column("a"),
        column("b"),
        {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "org:Role"},
    )
    path = write("id,a,b\n..,x,y\n,x,y\n", described(*columns))
    assert brief(found(path)) == [("bad-iri", 2, "id"), ("empty-in-iri", 3, "id")]
    assert said(path) == []


def test_all_findings_come_at_once_in_the_order_of_lines(write: Write) -> None:
    columns = (ID_COLUMN, column("members", datatype="integer"), column("site", datatype="anyURI", required=True))
    path = write("id,members,site\nA!,molti,\nb,3\nc,4,http://c.it,5\nb,1,x\n", described(*columns, primaryKey="id"))
    assert brief(found(path)) == [  # nothing is said of the cells of a row that has too few or too many
        ("format", 2, "id"),
        ("datatype", 2, "members"),
        ("required", 2, "site"),
        ("cells", 3, None),
        ("cells", 4, None),
        ("duplicate-key", 5, "id"),
    ]


def test_a_duplicate_key_says_where_the_other_one_is(write: Write) -> None:
    path = write("id,name\na,Uno\nb,Due\na,Tre\n", described(ID_COLUMN, column("name"), primaryKey=["id"]))
    (finding,) = found(path)
    assert (finding.place.line, finding.message.it) == (4, "id «a»: è già alla riga 2")


def test_a_dangling_reference_names_the_file_and_the_nearest_value(write: Write) -> None:
    key = {"columnReference": "cluster", "reference": {"resource": "clusters.csv", "columnReference": "id"}}
    clusters = write("id,name\nafil,AFIL\nlgca,LGCA\n", described(ID_COLUMN, column("name")), "clusters")
    columns = (ID_COLUMN, column("cluster", separator=";"))
    members = write("id,cluster\nm1,afil;lgca\nm2,afli\n", described(*columns, foreignKeys=[key]), "members")
    (finding,) = found(members, clusters)
    assert str(finding.place) == "data/members.csv:3:cluster"
    assert finding.message.it == "«afli» non c'è in data/clusters.csv, colonna id; forse «afil»?"
    assert brief(found(members)) == [("foreign-key-target", None, None)]


def test_a_key_over_two_columns(write: Write) -> None:
    key = {
        "columnReference": ["id", "part"],
        "reference": {"resource": "others.csv", "columnReference": ["id", "part"]},
    }
    others = write("id,part\na,x\n", described(ID_COLUMN, column("part")), "others")
    things = write("id,part\na,x\na,y\n", described(ID_COLUMN, column("part"), foreignKeys=[key]))
    assert brief(found(things, others)) == [("dangling", 3, "id")]


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("id,name", []),
        ("id", ["missing-column"]),
        ("id,nome", ["unknown-column"]),
        ("id,name,extra", ["unknown-column"]),
        ("name,id", ["column-order"]),
        ("id,name,name", ["unknown-column"]),
    ],
)
def test_the_header_must_be_that_of_the_metadata(write: Write, header: str, codes: list[str]) -> None:
    path = write(header + "\n", described(ID_COLUMN, column("name")))
    assert sorted(one.code for one in found(path)) == codes


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        ("id,name\na,Università\n".encode("cp1252"), "not-utf-8", "Windows-1252"),
        ("id,name\na,Università\n".encode("utf-16"), "not-utf-8", "UTF-16"),
        ("id,name\na,Università\n".encode("utf-8-sig"), "bom", "BOM"),
        ("id;name\na;Università\n".encode(), "delimiter", "salvato da Excel italiano"),
        ("id\tname\na\tUniversità\n".encode(), "delimiter", "tabulazioni"),
    ],
)
def test_what_excel_does_to_a_file_is_named_and_the_rows_are_read(
    write: Write, raw: bytes, code: str, words: str
) -> None:
    path = write(raw, described(ID_COLUMN, column("name")))
    (finding,) = found(path)
    assert finding.code == code
    assert words in finding.message.it
    assert [row.value("name") for row in tables.read(path).rows] == ["Università"]


def test_excel_is_named_in_good_italian(write: Write) -> None:
    (semicolons,) = found(write("id;name\na;Uno\n", described(ID_COLUMN, column("name"))))
    assert semicolons.message.it.startswith("le colonne sono separate dal punto e virgola, non da «,»")
    (tabs,) = found(write("id\tname\na\tUno\n", described(ID_COLUMN, column("name"))))
    assert tabs.message.it.startswith("le colonne sono separate da tabulazioni, non da «,»")


def test_a_bom_is_no_error(write: Write) -> None:
    (finding,) = found(write(b"\xef\xbb\xbfid,name\n", described(ID_COLUMN, column("name"))))
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, ("missing-file", None, None)),
        (b"", ("empty-file", None, None)),
        (b"\n\n", ("empty-file", None, None)),
        (b'id,name\na,"Uno\n', ("csv", 2, None)),
        (b'id,name\na,"U"no\n', ("csv", 2, None)),
        (b"id,name\n,\n", ("blank-row", 2, None)),
    ],
)
def test_files_that_are_no_table(write: Write, raw: bytes | None, expected: tuple[str, int | None, None]) -> None:
    assert brief(found(write(raw, described(ID_COLUMN, column("name"))))) == [expected]


@pytest.mark.parametrize(
    ("accepted", "reason", "confidence", "expected"),
    [
        ("yes", "", "high", []),
        ("no", "undecided", "high", []),
        ("no", "", "high", ["reason-missing"]),
        ("no", "undecidid", "high", ["unknown-reason"]),
        ("yes", "rejected", "high", ["reason-unexpected"]),
        ("yes", "", "low", ["accepted-low"]),
        ("maybe", "", "high", ["format"]),
    ],
)
def test_what_is_accepted_is_said_with_a_reason(
    write: Write, accepted: str, reason: str, confidence: str, expected: list[str]
) -> None:
    text = f"id,name,source,confidence,accepted,reason\na,Uno,s,{confidence},{accepted},{reason}\n"
    assert [one.code for one in found(write(text, described(*STATEMENT)))] == expected


@pytest.mark.parametrize(
    ("start", "earliest", "latest", "expected"),
    [
        ("2014", "2014-01-01", "2014-12-31", []),
        ("2012-02", "2012-02-01", "2012-02-29", []),
        ("2014-05-31", "2014-05-31", "2014-05-31", []),
        ("2022-2024", "2022-01-01", "2024-12-31", []),
        ("2013-03/2014", "2013-03-01", "2014-12-31", []),
        ("autunno 2019", "2019-09-23", "2019-12-21", []),
        ("", "", "", []),
        ("2014", "2014-01-01", "2014-12-30", ["date-bounds"]),
        ("2014", "", "", ["date-bounds"]),
        ("", "2014-01-01", "2014-12-31", ["date-bounds"]),
        ("autunno 2019", "2019-12-21", "2019-09-23", ["date-order"]),
    ],
)
def test_bounds_are_those_of_the_date_as_stated(
    write: Write, start: str, earliest: str, latest: str, expected: list[str]
) -> None:
    columns = [column("start"), *(column(name, datatype="date") for name in ("start_earliest", "start_latest"))]
    text = f"id,start,start_earliest,start_latest\na,{start},{earliest},{latest}\n"
    assert [one.code for one in found(write(text, described(ID_COLUMN, *columns)))] == expected


# ----------------------------------------------------------------------------------------- wording

LEVELS, SLUG = "^(high|medium|low)$", "^[a-z0-9]+(-[a-z0-9]+)*$"
ROLES = "^(founder|founding-member|member|board-member|committee-member|chair|partner|host|party|author|sponsor)$"


@pytest.mark.parametrize(
    ("format", "text", "it"),
    [
        (LEVELS, "hihg", "uno fra high, medium, low; forse «high»?"),
        (LEVELS, "certo", "uno fra high, medium, low"),
        (LEVELS, "high ", "uno fra high, medium, low; c'è uno spazio in fondo: «high»"),
        (LEVELS, " high", "uno fra high, medium, low; c'è uno spazio all'inizio: «high»"),
        (LEVELS, "High", "uno fra high, medium, low; va scritto minuscolo: «high»"),
        ("(SME|StartUp)", "sme", "uno fra SME, StartUp; contano maiuscole e minuscole: «SME»"),
        ("^group/(ctl|ctn)$", "group/ctll", "uno fra group/ctl, group/ctn; forse «group/ctl»?"),
        (ROLES, "Chair ", "nell'elenco (11 valori); c'è uno spazio in fondo, va scritto minuscolo: «chair»"),
        (ROLES, "membro", "nell'elenco (11 valori); i più vicini: «member», «board-member», «founding-member»"),
    ],
)
def test_a_closed_list_is_said_in_words(write: Write, format: str, text: str, it: str) -> None:
    columns = (ID_COLUMN, column("value", datatype={"base": "string", "format": format}))
    (finding,) = found(write(f"id,value\na,{text}\n", described(*columns)))
    assert (finding.code, finding.message.it) == ("format", f"«{text}» non è {it}")


@pytest.mark.parametrize(
    ("format", "text", "it"),
    [
        (SLUG, "lac ", "lettere minuscole, cifre e trattini; c'è uno spazio in fondo: «lac»"),
        (SLUG, "LAC", "lettere minuscole, cifre e trattini; va scritto minuscolo: «lac»"),
        (SLUG, "l_c", "lettere minuscole, cifre e trattini"),
        (f"^(a|b)/{SLUG[1:]}", "lac", "a/ o b/ e poi lettere minuscole, cifre e trattini"),
        ("[0-9]{4}", "12", "[0-9]{4}"),
        ("[0-9]{4}", "2012 ", "[0-9]{4}; c'è uno spazio in fondo: «2012»"),
    ],
)
def test_a_slug_is_said_in_words(write: Write, format: str, text: str, it: str) -> None:
    columns = (ID_COLUMN, column("value", datatype={"base": "string", "format": format}))
    (finding,) = found(write(f"id,value\na,{text}\n", described(*columns)))
    assert (finding.code, finding.message.it) == ("format", f"«{text}» non ha la forma richiesta: {it}")


def test_yes_and_no_are_said_in_words(write: Write) -> None:
    columns = (ID_COLUMN, column("value", datatype={"base": "boolean", "format": "yes|no"}))
    (finding,) = found(write("id,value\na,YES\n", described(*columns)))
    assert finding.message.it == "«YES» non è né yes né no; va scritto minuscolo: «yes»"


STATED = r"^\d{4}(-\d{2}(-\d{2})?)?$"


@pytest.mark.parametrize("datatype", ["date", {"base": "date", "format": "yyyy-MM-dd"}, {"format": STATED}])
@pytest.mark.parametrize(
    ("text", "code", "it"),
    [
        ("01/03/2024", "date-format", "«01/03/2024» non è una data come 2014-05-31; forse 2024-03-01?"),
        ("1.3.2024", "date-format", "«1.3.2024» non è una data come 2014-05-31; forse 2024-03-01?"),
        ("31/02/2024", "datatype", "«31/02/2024»: questo giorno non esiste"),
    ],
)
def test_a_date_as_excel_writes_it_is_understood(write: Write, datatype: Any, text: str, code: str, it: str) -> None:
    (finding,) = found(write(f"id,value\na,{text}\n", described(ID_COLUMN, column("value", datatype=datatype))))
    assert (finding.code, finding.message.it) == (code, it)


def test_a_day_that_does_not_exist_is_said_in_the_right_form_too(write: Write) -> None:
    (finding,) = found(write("id,value\na,2023-02-29\n", described(ID_COLUMN, column("value", datatype="date"))))
    assert finding.message.it == "«2023-02-29»: questo giorno non esiste"


def test_a_column_of_dates_from_excel_is_one_finding_with_all_lines(write: Write) -> None:
    columns = [column("start"), *(column(name, datatype="date") for name in ("start_earliest", "start_latest"))]
    rows = [f"a{n},2024-03-01,0{n}/03/2024,2024-03-01\n" for n in range(1, 8)]
    rows[3:5] = ["a4,2024-03-01,2024-03-01,2024-03-01\n", "a5,2024-02,31/02/2024,2024-02-29\n"]
    path = write("id,start,start_earliest,start_latest\n" + "".join(rows), described(ID_COLUMN, *columns))
    summary, impossible = found(path)
    assert (summary.code, str(summary.place)) == ("date-format", "data/things.csv:2:start_earliest")
    assert "Così 5 date di questa colonna, alle righe 2-4, 7-8:" in summary.message.it
    assert "Formato celle → Personalizzato → aaaa-mm-gg" in summary.message.it
    assert "5 dates of this column, on lines 2-4, 7-8" in summary.message.en
    assert str(impossible.place) == "data/things.csv:6:start_earliest"


# ------------------------------------------------------------------------- one finding for one cause


def test_a_cell_that_is_wrong_is_said_once(write: Write) -> None:
    statement = described(*STATEMENT) | {tables.GRAPH_URL: BASE + "graph/{source}"}
    assert brief(found(write("id,name,source,confidence,accepted,reason\na,Uno,,high,yes,\n", statement))) == [
        ("required", 2, "source")
    ]
    reason = column("reason", suppressOutput=True, datatype={"base": "string", "format": "^(undecided|rejected)$"})
    closed = described(*STATEMENT[:-1], reason)
    assert brief(found(write("id,name,source,confidence,accepted,reason\na,Uno,s,high,no,undecidid\n", closed))) == [
        ("format", 2, "reason")
    ]


@pytest.mark.parametrize("written", ["afil ", "AFIL"])
@pytest.mark.parametrize(("datatype", "code"), [({"base": "string", "format": SLUG}, "format"), ("string", "dangling")])
def test_a_reference_with_a_slip_is_said_once_and_named(write: Write, written: str, datatype: Any, code: str) -> None:
    key = {"columnReference": "cluster", "reference": {"resource": "clusters.csv", "columnReference": "id"}}
    clusters = write("id\nafil\n", described(ID_COLUMN), "clusters")
    columns = (ID_COLUMN, column("cluster", datatype=datatype))
    members = write(f"id,cluster\nm1,{written}\n", described(*columns, foreignKeys=[key]), "members")
    (finding,) = found(members, clusters)
    assert finding.code == code
    slip = "c'è uno spazio in fondo" if written.endswith(" ") else "va scritto minuscolo"
    assert finding.message.it.endswith(f"; {slip}: «afil»")


def test_of_a_list_the_wrong_and_the_dangling_are_both_said(write: Write) -> None:
    key = {"columnReference": "cluster", "reference": {"resource": "clusters.csv", "columnReference": "id"}}
    clusters = write("id\nafil\n", described(ID_COLUMN), "clusters")
    cluster = column("cluster", separator=";", datatype={"base": "string", "format": SLUG})
    members = write("id,cluster\nm1,AFIL;none;afil\n", described(ID_COLUMN, cluster, foreignKeys=[key]), "members")
    assert brief(found(members, clusters)) == [("format", 2, "cluster"), ("dangling", 2, "cluster")]


def test_a_misspelt_header_names_the_column_that_belongs_there(write: Write) -> None:
    (finding,) = found(write("id,nmae\na,Uno\n", described(ID_COLUMN, column("name"))))
    assert finding.message.it == "la colonna «nmae» non è prevista: qui va «name»"


# ---------------------------------------------------------------------------------------- metadata


def test_broken_json_is_said_with_its_line_and_column(write: Write) -> None:
    with pytest.raises(SourceError) as refused:
        tables.read(write("id\n", '{\n  "url" "things.csv"\n}'))
    (finding,) = refused.value.findings
    assert (str(finding.place), finding.code) == ("data/things.csv-metadata.json:2", "json")
    assert "colonna 9" in finding.message.it


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"@context": "http://example.org/"}, "metadata"),
        ({"url": None}, "metadata"),
        ({"tables": []}, "metadata"),
        ({"url": "http://example.org/things.csv"}, "remote"),
        ({"url": "//example.org/things.csv"}, "remote"),
        ({"url": "file:///etc/passwd"}, "remote"),
        ({"url": "/etc/passwd"}, "remote"),
        ({"url": "../secret.csv"}, "remote"),
        ({"url": "%2e%2e/secret.csv"}, "remote"),
        ({"tableSchema": "http://example.org/schema.json"}, "remote"),
        ({"dialect": "https://example.org/dialect.json"}, "remote"),
        ({"@context": ["http://www.w3.org/ns/csvw", {"@base": "http://example.org/"}]}, "remote"),
        ({"tableSchema": {"columns": [{"name": "a", "datatype": {"base": "date", "length": 3}}]}}, "metadata"),
        ({"tableSchema": {"columns": [{"name": "a"}], "primaryKey": [["a"]]}}, "metadata"),
        ({"tableSchema": {"columns": [{"name": "a", "separator": [";"]}]}}, "metadata"),
    ],
)
def test_metadata_that_are_refused(write: Write, change: Metadata, code: str) -> None:
    with pytest.raises(SourceError) as refused:
        tables.read(write("id\n", described(ID_COLUMN) | change))
    assert [one.code for one in refused.value.findings] == [code]


@pytest.mark.parametrize(
    ("properties", "schema", "code"),
    [
        ({"propertyURL": "x"}, {}, "metadata"),
        ({"valueUrl": ID + "{value"}, {}, "template"),
        ({"valueUrl": ID + "{valu}"}, {}, "template"),
        ({"datatype": "strnig"}, {}, "metadata"),
        ({"datatype": {"base": "string", "@id": "http://e/ x"}}, {}, "bad-iri"),
        ({"datatype": {"base": "string", "format": "("}}, {}, "metadata"),
        ({}, {"primaryKey": "ids"}, "metadata"),
    ],
)
def test_metadata_that_are_wrong_are_said_to_be(
    write: Write, properties: Metadata, schema: Metadata, code: str
) -> None:
    path = write("id,value\na,b\n", described(ID_COLUMN, column("value", **properties), **schema))
    assert {(one.code, one.place.path) for one in found(path) if one.place.line is None} == {
        (code, "data/things.csv-metadata.json")
    }


def test_a_key_written_twice_is_said(write: Write) -> None:
    text = json.dumps({"url": "things.csv", **described(ID_COLUMN)})[:-1] + ', "url": "things.csv"}'
    assert brief(found(write("id\n", text))) == [("metadata", None, None)]


def test_missing_deep_and_nonsensical_metadata_are_refused(write: Write, tmp_path: Path) -> None:
    for text in ("[" * 100_000, "[]", '{"a": "\\ud800"}', "\ufeff"):
        with pytest.raises(SourceError):
            tables.read(write("id\n", text))
    with pytest.raises(SourceError):
        tables.read(tmp_path / "none.csv-metadata.json")


def test_two_tables_in_one_file_are_read_as_a_group_only(write: Write) -> None:
    context = "http://www.w3.org/ns/csvw"
    path = write("id\n", {"@context": context, "tables": [{"url": "things.csv"}, {"url": "things.csv"}], "url": None})
    with pytest.raises(SourceError):
        tables.read(path)


def test_a_dialect_that_cannot_be_used_is_said(write: Write) -> None:
    path = write("id\n", described(ID_COLUMN) | {"dialect": {"delimiter": ";;"}})
    assert brief(found(path)) == [("dialect", None, None)]


def test_no_socket_is_opened(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    remote = {"tableSchema": "http://example.org/schema.json"}
    with pytest.raises(SourceError):
        tables.read(write("id\n", described(ID_COLUMN) | remote))
    path = write("id,value\na,http://example.org/\n", described(ID_COLUMN, column("value", valueUrl="{+value}")))
    assert (found(path), len(said(path))) == ([], 1)


# -------------------------------------------------------------------------------------- properties

DATATYPES: list[Any] = [
    "string", "integer", "decimal", "double", "boolean", "date", "dateTime", "time", "gYear", "duration",
    "anyURI", "json", "xml", "html", "hexBinary", "base64Binary", "normalizedString", "unsignedByte",
    {"base": "date", "format": "d/M/yyyy"},
    {"base": "decimal", "format": "#,##0.0#"},
    {"base": "boolean", "format": "yes|no"},
    {"base": "string", "format": "[a-z]+", "minLength": 2},
    {"base": "double", "minimum": 0},
    {"base": "dateTime", "minimum": "2000-01-01T00:00:00"},
]  # fmt: skip
CELL = st.text(st.characters(codec="utf-8"), max_size=30) | st.from_regex(
    r"[-+0-9.,:/%eETZPYMD]{1,20}", fullmatch=True, alphabet=st.characters(codec="utf-8")
)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@settings(max_examples=150, deadline=None)
@given(CELL, st.sampled_from(DATATYPES), st.sampled_from([None, ";"]))
def test_any_cell_is_a_value_or_a_finding(
    tmp_path_factory: pytest.TempPathFactory, text: str, datatype: Any, separator: str | None
) -> None:
    folder = tmp_path_factory.mktemp("any")
    properties = {"datatype": datatype} | ({"separator": separator} if separator else {})
    metadata = described(ID_COLUMN, column("value", **properties)) | {"url": "t.csv"}
    (folder / "t.csv").write_text(f"id,value\na,{quoted(text)}\n", encoding="utf-8", newline="")
    (folder / "t.json").write_text(json.dumps(metadata), encoding="utf-8")
    table = tables.read(folder / "t.json")
    findings = tables.findings([table])
    (row,) = table.rows
    quads = list(tables.quads(row))
    assert all(one.message.it and one.message.en and "\n" not in one.line("it") for one in findings)
    assert len(quads) == len(row.cells["value"].values)
    if not findings and datatype != "html":  # rdflib wants HTML without a flaw; RDF takes any text
        assert all(isinstance(quad.object, Literal) and not quad.object.ill_typed for quad in quads)


@settings(max_examples=150, deadline=None)
@given(CELL, st.sampled_from([ID + "{value}", ID + "{+value}", "{+value}", ID + "x{?value}", "http://{value}/"]))
def test_no_cell_breaks_out_of_a_template(tmp_path_factory: pytest.TempPathFactory, text: str, template: str) -> None:
    folder = tmp_path_factory.mktemp("iri")
    metadata = described(ID_COLUMN, column("value", valueUrl=template)) | {"url": "t.csv"}
    (folder / "t.csv").write_text(f"id,value\na,{quoted(text)}\n", encoding="utf-8", newline="")
    (folder / "t.json").write_text(json.dumps(metadata), encoding="utf-8")
    for row in tables.read(folder / "t.json").rows:
        for quad in tables.quads(row):
            iri = str(quad.object)
            assert not set(iri) & set('<>"{}|\\^` \n\r\t')
            assert iri.isprintable()
            assert iri.partition(":")[0] in ("http", "https", "urn", "mailto", "tel", "geo")
            if template.startswith(ID):
                assert iri.startswith(ID)
                assert not {".", ".."} & set(iri.split("/"))
            if template == ID + "{value}":
                assert "/" not in iri.removeprefix(ID)


JUNK: list[Any] = [
    None, True, 0, -1, 1.5, "", "{", "{id}", "{+none}", "\x00", "\udc80", "http://e/", "_:b", ";;", "a" * 300,
    [], {}, [["a"]], {"a": 1}, {"base": "date"}, {"@value": 1}, {"columnReference": "id"},
]  # fmt: skip
PROPERTIES = [
    "aboutUrl", "datatype", "default", "lang", "null", "ordered", "propertyUrl", "required", "separator", "valueUrl",
    "name", "titles", "virtual", "suppressOutput", "url", "dialect", "tableSchema", "columns", "primaryKey",
    "foreignKeys", "@id", "@type", "@context", "tables", tables.GRAPH_URL,
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PROPERTIES), st.sampled_from(JUNK), st.integers(0, 2)), min_size=1, max_size=3)
)
def test_any_metadata_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, Any, int]]
) -> None:
    folder = tmp_path_factory.mktemp("metadata")
    first, metadata = column("id"), described(ID_COLUMN) | {"url": "t.csv"}
    metadata["tableSchema"]["columns"] = [first]
    for name, value, depth in changes:
        changed = (metadata, metadata["tableSchema"], first)[depth if isinstance(metadata["tableSchema"], dict) else 0]
        changed[name] = deepcopy(value)  # what is changed may have been put there by the change before
    (folder / "t.csv").write_text("id\na\n")
    (folder / "t.json").write_text(json.dumps(metadata))
    assert all(one.line("it") for one in read_or_refused(folder / "t.json"))


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://["},
        {"tableSchema": "http://["},
        {"@context": ["http://www.w3.org/ns/csvw", {"@base": "http://["}]},
        {
            "tableSchema": {
                "columns": [ID_COLUMN],
                "foreignKeys": [
                    {"columnReference": "id", "reference": {"resource": "http://[", "columnReference": "id"}}
                ],
            }
        },
    ],
)
def test_an_address_that_is_none_is_a_finding(write: Write, change: Metadata) -> None:
    with pytest.raises(SourceError) as error:
        tables.read_group(write("id\na\n", {**described(ID_COLUMN), **change}))
    assert [finding.code for finding in error.value.findings] == ["bad-iri"]


def test_a_number_too_long_for_anyone_is_a_finding(write: Write) -> None:
    with pytest.raises(SourceError) as error:
        tables.read_group(write("id\na\n", '{"url": ' + "1" * 5_000 + "}"))
    assert [finding.code for finding in error.value.findings] == ["json"]


def read_or_refused(metadata: Path) -> Sequence[Finding]:
    try:
        read = tables.read_group(metadata)
    except SourceError as refused:
        return refused.findings or pytest.fail("refused without a word")
    for table in read:
        for row in table.rows:
            assert all(quad.predicate for quad in tables.quads(row))
    return tables.findings(read)


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2), st.booleans())
def test_typed_values_come_back_as_they_went(
    tmp_path_factory: pytest.TempPathFactory, day: Any, whole: int, number: Any, flag: bool
) -> None:
    folder = tmp_path_factory.mktemp("typed")
    columns = [column("d", datatype="date"), column("i", datatype="integer"), column("n", datatype="decimal")]
    columns.append(column("b", datatype={"base": "boolean", "format": "yes|no"}))
    metadata = described(ID_COLUMN, *columns) | {"url": "t.csv"}
    text = f"id,d,i,n,b\na,{day.isoformat()},{whole},{number:f},{'yes' if flag else 'no'}\n"
    (folder / "t.csv").write_text(text, encoding="utf-8")
    (folder / "t.json").write_text(json.dumps(metadata), encoding="utf-8")
    table = tables.read(folder / "t.json")
    assert tables.findings([table]) == []
    values = [quad.object.toPython() for quad in tables.quads(table.rows[0]) if isinstance(quad.object, Literal)]
    assert values == [day, whole, number, flag]


def test_five_thousand_rows_are_quick(write: Write) -> None:
    columns = (
        *STATEMENT,
        column("start"),
        column("start_earliest", datatype="date"),
        column("start_latest", datatype="date"),
        column("cluster", valueUrl=ID + "cluster/{cluster}"),
        {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "org:Membership"},
        {"virtual": True, "aboutUrl": ID + "cluster/{cluster}", "propertyUrl": "org:has", "valueUrl": ID + "{id}"},
    )
    header = "id,name,source,confidence,accepted,reason,start,start_earliest,start_latest,cluster\n"
    lines = (f"m{n},Nome {n},s{n % 50},high,yes,,2014,2014-01-01,2014-12-31,c{n % 9}\n" for n in range(5000))
    path = write(header + "".join(lines), described(*columns, primaryKey=["id", "source"]))
    begun = time.process_time()
    table = tables.read(path)
    assert tables.findings([table]) == []
    assert sum(1 for row in table.rows for _ in tables.quads(row, BASE + "accepted")) == 5000 * 7 * 2
    assert time.process_time() - begun < 3
