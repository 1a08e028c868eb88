"""What the search, the vocabulary and the lists of sources say."""

from typing import Final

from ctl_graph.errors import Message

FINDING: Final[dict[str, Message]] = {
    # the search
    "search.title": Message("Cerca «{words}»", "Search for “{words}”"),
    "search.description": Message(
        "Cerca cluster, organizzazioni, progetti, aree, competenze e fonti per nome, sigla o luogo.",
        "Search clusters, organisations, projects, areas, competences and sources by name, acronym or place.",
    ),
    "search.what": Message(
        "Nome, sigla, nome di prima, luogo o campo di lavoro", "Name, acronym, former name, place or field of work"
    ),
    "search.results": Message("Risultati", "Results"),
    "search.all": Message(
        "{total} cose hanno un nome. Ecco tutte:", "{total} things have a name. Here are all of them:"
    ),
    "search.chosen": Message("Filtri scelti", "Filters chosen"),
    "search.remove": Message("Togli il filtro", "Remove the filter"),
    "search.facets": Message("Restringi la ricerca", "Narrow the search down"),
    "search.facet.type": Message("Che cosa è", "What it is"),
    "search.facet.cluster": Message("Cluster", "Cluster"),
    "search.facet.area": Message(
        "Area di specializzazione, propria o dei suoi cluster", "Area of specialisation, its own or of its clusters"
    ),
    "search.facet.discussed": Message("Area S3 di cui si è solo parlato", "S3 area that was only dealt with"),
    "search.facet.province": Message("Provincia della sede", "Province of the seat"),
    "search.facet.more": Message("altri {total}", "{total} more"),
    "search.narrow": Message("Applica i filtri", "Apply the filters"),
    "search.role.former": Message("nome di prima:", "former name:"),
    "search.role.acronym": Message("sigla:", "acronym:"),
    "search.role.slug": Message("nel suo indirizzo:", "in its address:"),
    "search.role.other": Message("anche:", "also:"),
    "search.clusters": Message("Cluster:", "Clusters:"),
    "search.clusters.more": Message("e altri {total}", "and {total} more"),
    "search.clusters.more.one": Message("e un altro", "and one more"),
    "search.field": Message("lavora su:", "works on:"),
    "search.mentioned": Message(
        "Non è nel suo nome: è nella sua descrizione o in un suo identificativo.",
        "It is not in its name: it is in its description or in one of its identifiers.",
    ),
    "search.identifier": Message("identificativo", "identifier"),
    "search.by.area": Message("Cerca per area S3", "Look by S3 area"),
    "search.by.domain": Message("Cerca per dominio tecnologico dei cluster", "Look by technology domain of clusters"),
    "search.by.theme": Message("Cerca per tema delle competenze", "Look by theme of competences"),
    "search.near": Message("Forse cercavi", "Perhaps you meant"),
    "search.help": Message("Come continuare", "How to go on"),
    "search.help.words": Message(
        "Prova con una parola sola, o con l'inizio di una parola: gli accenti e le maiuscole non contano.",
        "Try a single word, or the beginning of one: accents and capitals do not matter.",
    ),
    "search.help.chosen": Message("Togli uno dei filtri scelti.", "Remove one of the filters chosen."),
    "search.help.all": Message("Scorri tutto ciò che ha un nome", "Browse all that has a name"),
    "search.help.questions": Message("Guarda le domande già pronte", "See the ready-made questions"),
    "search.help.lists": Message(
        "Hai un elenco di nomi? Si riconosce tutto in una volta", "Have you a list of names? It is matched in one go"
    ),
    "search.suggested": Message("{total} suggerimenti", "{total} suggestions"),
    "search.suggested.none": Message("Nessun suggerimento", "No suggestions"),
    # sources
    "sources": Message("Fonti", "Sources"),
    "sources.lead": Message(
        "I documenti da cui sono tratti i dati: atti, siti, elenchi, articoli. Di ciascuno si legge che cosa dice.",
        "The documents that the data were taken from: acts, websites, lists, articles. Each can be read statement by "
        "statement.",
    ),
    "sources.ours": Message("Tabelle e schemi di chi pubblica", "Tables and schemes of the publisher"),
    "sources.ours.text": Message(
        "Non vengono da fuori: sono le classificazioni con cui i dati sono ordinati, e il metodo.",
        "They do not come from outside: they are the classifications that put the data in order, and the method.",
    ),
    "sources.words": Message("Titolo o editore", "Title or publisher"),
    "sources.year": Message("Anno", "Year"),
    "sources.any_year": Message("tutti", "any"),
    "sources.filter": Message("Filtra", "Filter"),
    "sources.all": Message("Togli i filtri", "Remove the filters"),
    "sources.count": Message("{total} fonti", "{total} sources"),
    "sources.count.one": Message("Una fonte", "One source"),
    "sources.none": Message("Nessuna fonte è così.", "No source is like this."),
    "sources.title": Message("Documento", "Document"),
    "sources.date": Message("Data", "Date"),
    "sources.only": Message("Solo qui", "Only here"),
    "sources.only.of": Message("{total} affermazioni solo in: {title}", "{total} statements only in: {title}"),
    "sources.explained": Message(
        "«Affermazioni» sono quelle tratte dal documento; «solo qui», quelle che nessun'altra fonte fa. Chi ne ha zero "
        "è citato da altri dati senza dire nulla di suo.",
        "“Statements” are those taken from the document; “only here”, those that no other source makes. One with none "
        "is cited by other data and says nothing of its own.",
    ),
    "source.description": Message(
        "Che cosa dice «{title}» dei cluster tecnologici, affermazione per affermazione.",
        "What “{title}” says of the technology clusters, statement by statement.",
    ),
    "source.only.count": Message("{total} di queste solo qui", "{total} of these only here"),
    "source.only.count.one": Message("una di queste solo qui", "one of these only here"),
    "source.confidence": Message("Quanto è affidabile", "How reliable it is"),
    "source.things": Message("{total} cose", "{total} things"),
    "source.things.one": Message("una cosa", "one thing"),
    "source.described": Message("Scheda", "Record"),
    "source.described.link": Message("Tutto ciò che si sa del documento", "All that is known of the document"),
    "source.whole": Message("Tutto il grafo di questa fonte, in Turtle", "The whole graph of this source, in Turtle"),
    "source.which": Message("Quali affermazioni", "Which statements"),
    "source.everything": Message("Tutto ciò che dice", "All that it says"),
    "source.only": Message("Ciò che dice solo lei", "What only it says"),
    "graphs.description": Message(
        "I grafi con nome dei dati: uno per fonte, con quante affermazioni vi stanno e dove si scarica intero.",
        "The named graphs of the data: one for each source, with how much it holds and where to get it.",
    ),
    "graphs.sources": Message("Le fonti, per titolo, editore e anno", "The sources, by title, publisher and year"),
    "graph.shapes": Message("Le forme SHACL", "The SHACL shapes"),
    "graph.shapes.lead": Message(
        "Che cosa deve valere perché un'affermazione accettata sia pubblicata.",
        "What must hold for an accepted statement to be published.",
    ),
    # the vocabulary
    "def.of_kind": Message("{total} termini, con la definizione.", "{total} terms, with what they mean."),
    "def.of_kind.one": Message("Un termine, con la definizione.", "One term, with what it means."),
    "def.version": Message("Versione", "Version"),
    "def.prior": Message("La versione di prima è", "The version before it is"),
    "def.first": Message("È la prima versione pubblicata.", "It is the first version that was published."),
    "def.terms": Message("Termini", "Terms"),
    "def.use": Message("Come si usa", "How to use it"),
    "def.use.text": Message(
        "Ogni termine è un indirizzo che porta alla sua pagina, e ai programmi nei formati RDF. I termini nuovi stanno "
        "accanto a quelli di W3C e UE (ORG, SKOS, PROV, ELI), che si riusano dove ci sono.",
        "Every term is an address that leads to its page, and programs to its RDF. New terms stand beside those of W3C "
        "and the EU (ORG, SKOS, PROV, ELI), which are reused where there are any.",
    ),
    "def.cite": Message("Come si cita:", "How to cite it:"),
    "def.diagram": Message("Il diagramma delle classi", "The diagram of the classes"),
    "def.diagram.text": Message(
        "Ogni riquadro è una classe, con le proprietà che portano ad altre. La linea continua con il triangolo va alla "
        "classe più larga, quella tratteggiata da una proprietà alla classe del suo valore. I riquadri punteggiati "
        "sono classi di altri vocabolari. Le stesse cose sono negli elenchi che seguono.",
        "Each box is a class, with the properties that lead to others. A solid line with a triangle goes to the wider "
        "class, a dashed one from a property to the class of its value. Dotted boxes are classes of other "
        "vocabularies. The lists below say the same.",
    ),
    "def.diagram.open": Message(
        "Apri il diagramma da solo: ogni nome porta alla sua pagina.",
        "Open the diagram by itself: each name leads to its page.",
    ),
    "def.diagram.alt": Message(
        "Le classi del vocabolario e come sono collegate; gli elenchi che seguono dicono lo stesso in parole",
        "The classes of the vocabulary and how they are linked; the lists below say the same in words",
    ),
    "def.history": Message("La storia delle versioni", "The history of the versions"),
    "def.history.text": Message(
        "Dentro una versione maggiore nessun termine è tolto o cambia significato.",
        "Within a major version no term is removed or given another meaning.",
    ),
    "def.tree": Message("Le classi, dalla più larga alla più stretta", "The classes, from the widest to the narrowest"),
    "def.tree.text": Message(
        "Chi sta sotto è un caso particolare di chi sta sopra.", "What stands below is a special case of what is above."
    ),
    "def.with_definitions": Message("Con le definizioni", "With their definitions"),
    "def.kind.Class": Message("Classe", "Class"),
    "def.kind.ObjectProperty": Message("Proprietà che collega cose", "Property that links things"),
    "def.kind.DatatypeProperty": Message("Proprietà con un valore", "Property with a value"),
    "def.kind.AnnotationProperty": Message("Annotazione", "Annotation"),
    "def.deprecated": Message("Questo termine non si usa più.", "This term is no longer to be used."),
    "def.relations": Message("Nel vocabolario", "In the vocabulary"),
    "def.relation.super": Message("Caso particolare di", "Special case of"),
    "def.relation.sub": Message("Casi particolari", "Special cases"),
    "def.relation.domain": Message("La hanno cose di classe", "What has it is of the class"),
    "def.relation.domain_of": Message("Proprietà di cose come questa", "Properties of things like this"),
    "def.relation.range": Message("Il suo valore è di classe o tipo", "Its value is of the class or type"),
    "def.relation.range_of": Message(
        "Proprietà che portano a cose come questa", "Properties that lead to things like this"
    ),
    "def.relation.inverse": Message("Inversa", "Inverse"),
    "def.relation.disjoint": Message("Mai insieme a", "Never together with"),
    "def.examples": Message("Esempi dai dati", "Examples from the data"),
    "def.all": Message("Tutte e {total}, in elenco", "All {total}, as a list"),
    "def.all.one": Message("È l'unica: l'elenco", "It is the only one: the list"),
    "def.uses": Message("Tutte le {total} volte in cui si usa, in SPARQL", "All {total} uses of it, in SPARQL"),
    "def.uses.one": Message("L'unica volta in cui si usa, in SPARQL", "Its only use, in SPARQL"),
    "def.query": Message("La domanda in SPARQL", "The question in SPARQL"),
    "def.unused": Message("Nessun dato accettato lo usa, per ora.", "No accepted data use it so far."),
    "def.questions": Message("Domande che lo usano", "Questions that use it"),
    "def.alignments": Message("Che cosa gli somiglia altrove", "What is like it elsewhere"),
    "def.shapes": Message("Che cosa deve valere", "What must hold"),
    "def.shapes.text": Message(
        "Sono le regole (forme SHACL) con cui si controlla ogni edizione, con l'avviso che riceve chi cura i dati.",
        "These are the rules (SHACL shapes) that every release is held against, with what a curator is told.",
    ),
    "def.in_first": Message(
        "C'è dalla versione {version}, che è la prima.", "It has been there since version {version}, the first."
    ),
    "def.in_version": Message(
        "C'è nella versione {version}; prima di questa c'era", "It is in version {version}; before it was"
    ),
    "def.statements": Message("Tutte le affermazioni sul termine", "All statements about the term"),
    "yes": Message("sì", "yes"),
    "no": Message("no", "no"),
    # disagreements
    "disagreements.about": Message("Di che cosa", "About what"),
    "disagreements.words": Message(
        "Quello che dice ogni fonte è annotato in breve da chi l’ha letta, a volte in inglese: non è una citazione.",
        "What each source says is noted in short by who read it: it is no quotation.",
    ),
    "disagreements.not": Message("Che cosa non è una discordanza", "What is not a disagreement"),
    "disagreements.not.text": Message(
        "Due numeri di date diverse, o di data ignota, non si contraddicono: quanti soci ha un cluster cambia nel "
        "tempo, e ogni conteggio resta com’è, con la sua data e la sua fonte, fra le osservazioni. Non si "
        "contraddicono nemmeno due date di cui una è più precisa: un giorno, e il mese in cui cade.",
        "Two numbers of different dates, or of no known date, do not contradict each other: how many members a cluster "
        "has changes in time, and each count stays as it is, with its date and its source, among the observations. Nor "
        "do two dates of which one is more precise: a day, and the month that it falls in.",
    ),
    "disagreements.all": Message("Tutte", "All"),
    "disagreements.who": Message("Chi lo dice", "Who says so"),
    "disagreements.when": Message("Quando", "When"),
    "disagreements.choice": Message("Scelta", "Choice"),
    "disagreements.not_preferred": Message("non preferita", "not preferred"),
    "disagreements.open": Message("non deciso", "undecided"),
    "disagreements.why": Message("Perché:", "Why:"),
    # questions
    "questions.description": Message(
        "Le domande più frequenti sui cluster tecnologici, per tema, ciascuna con la risposta e i dati da scaricare.",
        "The most frequent questions about the technology clusters, by theme, each with its answer and its data.",
    ),
    "questions.themes": Message("Temi", "Themes"),
    "theme.clusters": Message("I cluster e il loro riconoscimento", "The clusters and their recognition"),
    "theme.members": Message("Chi aderisce, e dove ha sede", "Who belongs to them, and where"),
    "theme.firms": Message("Piccole imprese e start-up", "Small firms and start-ups"),
    "theme.collaborations": Message("Collaborazioni e accordi", "Collaborations and agreements"),
    "theme.strategies": Message("Strategie e programmi", "Strategies and programmes"),
    "theme.competences": Message("Competenze, filiere, eccellenze", "Competences, value chains, excellences"),
    "theme.sources": Message("Fonti e discordanze", "Sources and disagreements"),
    "theme.data": Message("Le cifre del sito", "The figures of this site"),
    "theme.other": Message("Altre domande", "Other questions"),
    "question.who_says": Message("Chi lo dice", "Who says so"),
    "question.sources": Message("le fonti", "the sources"),
    "question.listed": Message("l’elenco, con le fonti", "the list, with its sources"),
    "question.download": Message("Scarica in {format}", "Download as {format}"),
    # the data
    "data.explained": Message(
        "Le affermazioni accettate sono {accepted}. N-Quads e TriG ne hanno {quads}: ripetono ciascuna nel grafo "
        "di ogni fonte che la fa, e hanno anche quelle non accettate, il vocabolario e le regole.",
        "{accepted} statements are accepted. N-Quads and TriG have {quads}, because they repeat each in the graph of "
        "every source that makes it, and have those not accepted, the vocabulary and the rules, too.",
    ),
    "data.holds": Message("Che cosa contiene", "What it holds"),
    "data.holds.quads": Message("tutto, fonte per fonte", "everything, source by source"),
    "data.holds.accepted": Message("le affermazioni accettate", "the accepted statements"),
    "data.tables": Message("Tabelle per un foglio di calcolo", "Tables for a spreadsheet"),
    "data.tables.text": Message(
        "Una riga per ogni cosa: si scarica con un clic, in CSV, con le sole affermazioni accettate.",
        "One row for each thing: a click downloads it, in CSV, with accepted statements only.",
    ),
    "data.tables.sources": Message(
        "Le fonti non stanno in queste tabelle, ma nella pagina di ogni cosa e, affermazione per affermazione, nella "
        "risposta a:",
        "The sources are not in these tables, but on the page of each thing and, statement by statement, in the answer "
        "to:",
    ),
    "data.tables.questions": Message(
        "Anche la risposta a ogni domanda si scarica così:", "The answer to each question is downloaded so, too:"
    ),
    "data.by_subject": Message(
        "Gli stessi dati per argomento, anche in CSV:", "The same data by subject, in CSV as well:"
    ),
    "data.where_from": Message("Da dove vengono:", "Where they come from:"),
    "data.harvest": Message("Raccogliere e tenere aggiornato", "Harvest and keep up to date"),
    "data.harvest.text": Message(
        "I cataloghi leggono DCAT-AP e DCAT-AP_IT; le biblioteche OAI-PMH; chi tiene una copia segue le modifiche, "
        "cosa per cosa.",
        "Catalogues read DCAT-AP and DCAT-AP_IT; libraries OAI-PMH; whoever keeps a copy follows the changes, thing by "
        "thing.",
    ),
    "data.dcat": Message("Il catalogo in DCAT-AP e DCAT-AP_IT", "The catalogue in DCAT-AP and DCAT-AP_IT"),
    "data.link": Message("Collegare i propri dati", "Link your own data"),
    "data.link.text": Message(
        "Ogni cosa ha un identificativo stabile, scritto sulla sua pagina: si mette nei propri dati, o in una pagina "
        "web come qui sotto. Chi ha un elenco di nomi trova gli identificativi con il servizio di riconciliazione.",
        "Every thing has a stable identifier, which stands on its page: put it into your own data, or into a web page "
        "as below. Whoever has a list of names finds the identifiers with the reconciliation service.",
    ),
    "dataset.licence": Message("Licenza", "Licence"),
    "dataset.publisher": Message("Chi pubblica", "Publisher"),
    "dataset.older": Message("Versioni precedenti", "Older versions"),
    "dataset.no_older": Message("Non ce ne sono altre conservate.", "No others are kept."),
    # what search engines read
    "class.description": Message(
        "{name}: l'elenco di ciò che i dati descrivono.", "{name}: the list of what the data describe."
    ),
    "clusters.description": Message(
        "I cluster tecnologici riconosciuti dalla Regione, con ambito, sede e quanti aderenti sono noti.",
        "The technology clusters that the Region recognises, with domain, seat and how many members are known.",
    ),
    "method.description": Message(
        "Che cosa è accettato e perché, come si leggono date e cifre, i limiti dei dati, come chiedere una correzione.",
        "What is accepted and why, how to read dates and figures, the limits of the data, how to ask for a correction.",
    ),
}
