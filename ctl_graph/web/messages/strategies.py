"""Strategies and areas, collaborations and projects, national clusters: what their pages say."""

from typing import Final

from ctl_graph.errors import Message

STRATEGIES: Final[dict[str, Message]] = {
    "cluster": Message("Cluster", "Cluster"),
    # a portrait
    "described.facts": Message("In breve", "At a glance"),
    "described.notes": Message("Note e risultati", "Notes and results"),
    "described.rest": Message("Che cos'altro si dice", "What else is said"),
    # strategies
    "strategies": Message("Strategia S3", "S3 strategy"),
    "strategies.title": Message(
        "La strategia di specializzazione intelligente (S3)", "The smart specialisation strategy (S3)"
    ),
    "strategies.lead": Message(
        "In quali aree di ogni periodo della strategia regionale sta ciascun cluster, e chi lo dice: il cluster, la "
        "Regione, o noi perché il tema è lo stesso.",
        "In which areas of each period of the regional strategy each cluster stands, and who says so: the cluster, "
        "the Region, or we, because the theme is the same.",
    ),
    "strategies.none": Message(
        "Nessuna strategia di specializzazione è pubblicata.", "No specialisation strategy is published."
    ),
    "matrix.legend": Message("Come si legge", "How to read it"),
    "matrix.caption": Message(
        "Cluster e aree nel periodo {first}–{last}", "Clusters and areas in the period {first}–{last}"
    ),
    "matrix.counts": Message(
        "{areas} aree. Legami: {stated} detti dal cluster o dalla Regione (●), {weaker} di cui una fonte mostra solo "
        "l'interesse (◐), {matched} accostati da noi (○). Per {none} caselle non c'è nessuna fonte (–).",
        "{areas} areas. Ties: {stated} stated by the cluster or the Region (●), {weaker} of which a source shows only "
        "an interest (◐), {matched} matched by us (○). For {none} cells there is no source (–).",
    ),
    "matrix.basis.stated": Message("dichiarato", "stated"),
    "matrix.basis.stated.means": Message(
        "lo dice il cluster stesso, o un documento della Regione",
        "the cluster itself says so, or a document of the Region",
    ),
    "matrix.basis.weaker": Message("solo trattato", "only dealt with"),
    "matrix.basis.weaker.means": Message(
        "una fonte mostra un interesse per il tema, ma non una specializzazione",
        "a source shows an interest in the theme, but no specialisation",
    ),
    "matrix.basis.thematic-match": Message("accostato per tema", "matched by theme"),
    "matrix.basis.thematic-match.means": Message(
        "l'accostamento è nostro: il tema è lo stesso, ma nessuna fonte lo afferma",
        "the match is ours: the theme is the same, but no source states it",
    ),
    "matrix.none": Message("nessuna fonte", "no source"),
    "matrix.none.means": Message(
        "nessuna fonte lega il cluster all'area: non vuol dire che non se ne occupi",
        "no source ties the cluster to the area: it does not mean that it has nothing to do with it",
    ),
    "across": Message("Da un periodo all'altro", "From one period to the other"),
    "across.lead": Message(
        "Quali aree di un periodo corrispondono a quali del successivo: gli accostamenti sono nostri.",
        "Which areas of one period correspond to which of the next: the matches are ours.",
    ),
    "across.table": Message("Tabella delle corrispondenze", "Table of matches"),
    "across.none": Message(
        "Nessuna corrispondenza fra aree di periodi diversi è pubblicata.",
        "No match between areas of different periods is published.",
    ),
    "across.before": Message("Area del periodo prima", "Area of the period before"),
    "across.after": Message("Area del periodo dopo", "Area of the period after"),
    "across.match": Message("Corrispondenza", "Match"),
    "across.note": Message("Perché", "Why"),
    "match.exactMatch": Message("la stessa", "the same"),
    "match.closeMatch": Message("quasi la stessa", "almost the same"),
    "match.broadMatch": Message("più ampia", "wider"),
    "match.narrowMatch": Message("più stretta", "narrower"),
    "match.relatedMatch": Message("affine", "related"),
    "strategy.areas": Message("Le aree, e i cluster in ciascuna", "The areas, and the clusters in each"),
    "strategies.both": Message("Tutti i periodi, uno accanto all'altro", "All periods, side by side"),
    "area.clusters": Message("I cluster in quest'area", "The clusters in this area"),
    "area.none": Message("Nessuna fonte lega un cluster a quest'area.", "No source ties a cluster to this area."),
    "area.before": Message("Prima:", "Before:"),
    "area.after": Message("Dopo:", "After:"),
    "area.matches": Message("Lo stesso tema in altri elenchi", "The same theme in other lists"),
    "area.alone": Message(
        "Nessuna area dell'altro periodo le corrisponde.", "No area of the other period corresponds to it."
    ),
    # collaborations and projects
    "collaborations": Message("Collaborazioni e progetti", "Collaborations and projects"),
    "collaborations.lead": Message(
        "Progetti, accordi, reti e incontri di cui parlano le fonti, i più recenti per primi, con le date come le "
        "stampano.",
        "Projects, agreements, networks and meetings that the sources speak of, the latest first, with the dates as "
        "they print them.",
    ),
    "collaborations.kind": Message("Genere", "Kind"),
    "collaborations.country": Message("Paese dei partner", "Country of the partners"),
    "collaborations.choose": Message("Mostra", "Show"),
    "collaborations.total.one": Message("Ce n'è una sola.", "There is one."),
    "collaborations.total": Message("Sono {total}.", "There are {total}."),
    "collaborations.counted": Message(
        "Ci sono anche i progetti a cui nessun cluster partecipa in proprio, ma di cui le fonti dicono il legame con "
        "i cluster o con i loro membri.",
        "There are also projects in which no cluster itself takes part, but whose link with the clusters or their "
        "members the sources tell.",
    ),
    "collaborations.whose_country": Message(
        "Il Paese è quello di un partner, o della controparte dove una fonte nomina solo il Paese.",
        "The country is that of a partner, or of the counterpart where a source names only the country.",
    ),
    "collaborations.on_the_map": Message("Le stesse, contate Paese per Paese", "The same ones, country by country"),
    "collaborations.undated": Message("Senza data", "Without a date"),
    "collaborations.start": Message("dal {day}", "from {day}"),
    "collaborations.start.month": Message("da {day}", "from {day}"),
    "collaborations.end": Message("fino al {day}", "until {day}"),
    "collaborations.end.month": Message("fino a {day}", "until {day}"),
    "collaborations.attested": Message("attestata:", "attested:"),
    "collaboration.project": Message(
        "Questa pagina è del partenariato: chi lavora insieme. Il progetto che svolge, con tempi e finanziamenti, è",
        "This page is about the consortium: who works together. The project that it carries out, with its times and "
        "money, is",
    ),
    "project.consortium": Message(
        "Questa pagina è del progetto: tempi, bando e finanziamenti. Il partenariato che lo svolge è",
        "This page is about the project: its times, call and money. The consortium that carries it out is",
    ),
    "parties": Message("Chi partecipa", "Who takes part"),
    "parties.total.one": Message("Una sola partecipazione nota.", "One participation is known."),
    "parties.total": Message(
        "{total} partecipazioni note: possono essere di più.", "{total} participations are known: there may be more."
    ),
    "parties.table": Message("Tabella di chi partecipa", "Table of who takes part"),
    "parties.who": Message("Chi", "Who"),
    "parties.role": Message("Ruolo", "Role"),
    "parties.country": Message("Paese", "Country"),
    "parties.unsaid": Message("non detto", "not said"),
    "parties.all": Message("Tutte le {total} partecipazioni", "All {total} participations"),
    "parties.none": Message("Nessuna fonte nomina chi vi partecipa.", "No source names who takes part."),
    "programme.carried_out": Message("Che cosa vi si svolge", "What is carried out in it"),
    "programme.none": Message(
        "Nessun progetto pubblicato è di questo programma.", "No published project is of this programme."
    ),
    # national clusters
    "national.lead": Message(
        "A quale cluster nazionale contribuisce ciascun cluster della regione: dove lo dice una fonte, dove una fonte "
        "dice un altro legame, e dove siamo noi ad accostarli per tema.",
        "To which national cluster each cluster of the region contributes: where a source says so, where a source says "
        "another tie, and where it is we who match them by theme.",
    ),
    "national.caption": Message(
        "I cluster nazionali, con i cluster della regione", "The national clusters, with the clusters of the region"
    ),
    "national.cluster": Message("Cluster nazionale", "National cluster"),
    "national.regional": Message("Cluster della regione", "Clusters of the region"),
    "national.basis.stated": Message("vi contribuisce", "contributes to it"),
    "national.basis.related": Message("ha un altro legame", "has another tie"),
    "national.basis.thematic": Message("stesso tema", "same theme"),
    "national.none": Message(
        "Nessun cluster della regione gli è legato, per quanto se ne sa.",
        "No cluster of the region is tied to it, as far as is known.",
    ),
    "national.no_clusters": Message("Nessun cluster nazionale è pubblicato.", "No national cluster is published."),
    "national.alone": Message("Senza un cluster nazionale", "Without a national cluster"),
}
