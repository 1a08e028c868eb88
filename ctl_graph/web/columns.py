"""What the columns and parameters of stored questions are called on a page; a test finds any that is missing."""

from typing import Final

from ctl_graph.errors import Message

_WORDS: Final = """
about | di che cosa | about
accepted | accettate | accepted
acronym | sigla | acronym
act | atto | act
acts | atti certi | certain acts
address | indirizzo | address
agreement | accordo | agreement
aim | obiettivo o attività | objective or activity
approximate | approssimato | approximate
area | area | area
as_stated | come scritto | as printed
attested | attestato | attested
attested_end_unknown | attestato, fine ignota | attested, end unknown
awarded_by | conferito da | awarded by
basis | su che base | on what basis
beneficiary | destinatari | beneficiaries
class | classe | class
cluster | cluster | cluster
clusters | cluster | clusters
collaboration | collaborazione | collaboration
competence | competenza | competence
competences | competenze | competences
confidence | affidabilità | confidence
contributes_to | contribuisce a | contributes to
contribution | contributo | contribution
counted | che cosa si conta | what is counted
countries | Paesi | countries
country | Paese | country
date | data | date
disagreement | disaccordo | disagreement
domain | ambito | domain
evidence | prova | evidence
excellence | eccellenza | excellence
figure | cifra | figure
firm | impresa | firm
firms | imprese | firms
first_day | primo giorno | first day
first_known | prima notizia | first known
from | dal | from
graph | grafo | graph
group | gruppo | group
industrial | industriali | industrial
initiative | iniziativa | initiative
is | è | is
issued | del | issued
known | noti | known
language | lingua | language
large_firms | grandi imprese | large firms
later_area | area successiva | later area
led_by | guidata da | led by
level | livello | level
match | corrispondenza | match
maximum | massimo | maximum
member | aderente | member
minimum | minimo | minimum
name_en | nome inglese | English name
name_it | nome italiano | Italian name
national_cluster | cluster nazionale | national cluster
note | nota | note
number | numero | number
object | valore | value
only_here | solo qui | only here
organisation | organizzazione | organisation
organisations | organizzazioni | organisations
others | altri | others
partner | partner | partner
partners | partner | partners
party | parte | party
period_covers | il periodo comprende la data | the period covers the date
place | luogo | place
possible_acts | atti possibili | possible acts
predicate | proprietà | property
preferred | preferito | preferred
programme | programma | programme
property | proprietà | property
province | provincia | province
publisher | editore | publisher
recognition | riconoscimento | recognition
regional_clusters | cluster regionali | regional clusters
relation | relazione | relation
research_bodies | enti di ricerca | research bodies
role | ruolo | role
ror | ROR | ROR
scientific | scientifici | scientific
size | dimensione | size
size_unknown | dimensione ignota | size unknown
small_and_medium_firms | piccole e medie imprese | small and medium firms
small_firms_named | piccole imprese note | small firms named
source | fonte | source
source_title | titolo della fonte | title of the source
start_ups | start-up | start-ups
statements | affermazioni | statements
strategy | strategia | strategy
subject | cosa | thing
target | a che cosa | to what
theme | tema | theme
thing | cosa | thing
things | cose | things
title | titolo | title
to | al | to
topic | argomento | topic
type | tipo | type
undated | senza data | undated
universities | università | universities
unknown | ignoti | unknown
value | valore | value
value_chain | filiera | value chain
why | perché | why
wikidata | Wikidata | Wikidata
"""


def _headings() -> dict[str, Message]:
    lines = (line.split(" | ") for line in _WORDS.strip().splitlines())
    return {name: Message(italian, english) for name, italian, english in lines}


HEADINGS: Final = _headings()
_LABEL: Final = "_label"


def heading(column: str) -> Message:
    """What people call a column; a name that nobody gave a heading stands as it is."""
    plain = column.removesuffix(_LABEL)
    return HEADINGS.get(plain) or Message(plain.replace("_", " "), plain.replace("_", " "))


def repeats(column: str, columns: tuple[str, ...]) -> bool:
    """Whether the column only names what another column links to, which a page does by itself."""
    return column.endswith(_LABEL) and column.removesuffix(_LABEL) in columns
