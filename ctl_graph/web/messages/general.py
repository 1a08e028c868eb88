"""What the frame of every page says, and all pages that have no file of their own here."""

from typing import Final

from ctl_graph.errors import Message

GENERAL: Final[dict[str, Message]] = {
    # the frame of every page
    "skip": Message("Vai al contenuto", "Skip to the content"),
    "menu": Message("Menu", "Menu"),
    "menu.close": Message("Chiudi il menu", "Close the menu"),
    "here": Message("In questa pagina", "On this page"),
    "home": Message("Pagina iniziale", "Home"),
    "trail": Message("Percorso di navigazione", "Breadcrumb"),
    "tagline": Message("I cluster tecnologici, fonte per fonte", "Technology clusters, source by source"),
    "unofficial.short": Message("Pubblicazione indipendente, non ufficiale", "An independent, unofficial publication"),
    "footer.read": Message("Leggere", "Read"),
    "footer.reuse": Message("Riusare", "Reuse"),
    "footer.about": Message("Il sito", "The site"),
    "footer.release": Message("L'edizione", "The release"),
    "footer.data": Message("Dati da scaricare", "Data to download"),
    "footer.privacy": Message("Dati personali e cookie", "Personal data and cookies"),
    "footer.works": Message("Opere di altri in questo sito", "Works of others in this site"),
    "accessibility": Message("Dichiarazione di accessibilità", "Accessibility statement"),
    "accessibility.about": Message(
        "In che misura questo sito è accessibile, che cosa manca ancora e a chi scrivere.",
        "How far this site is accessible, what is still missing, and whom to write to.",
    ),
    "navigation": Message("Navigazione principale", "Main navigation"),
    "clusters": Message("Cluster", "Clusters"),
    "data": Message("Dati", "Data"),
    "questions": Message("Domande", "Questions"),
    "disagreements": Message("Discordanze", "Disagreements"),
    "vocabulary": Message("Vocabolario", "Vocabulary"),
    "method": Message("Metodo", "Method"),
    "search": Message("Cerca", "Search"),
    "search.words": Message("Parole da cercare", "Words to search for"),
    "other_language": Message("Read this page in English", "Leggi questa pagina in italiano"),
    "unofficial.any": Message(
        "Questa non è una pubblicazione ufficiale di un ente pubblico.",
        "This is not an official publication of a public body.",
    ),
    "unofficial": Message(
        "Questa non è una pubblicazione ufficiale di {authority}.",
        "This is not an official publication of {authority}.",
    ),
    "published_by": Message(
        "Pubblicato da {publisher}: una pubblicazione indipendente.",
        "Published by {publisher}: an independent publication.",
    ),
    "release": Message("Edizione dei dati {id}", "Release of the data {id}"),
    "method.source": Message(
        "Il metodo: come sono fatti i dati, e le affermazioni di chi pubblica",
        "The method: how the data are made, and the publisher's own statements",
    ),
    "release.of": Message("del {day} ({id})", "of {day} ({id})"),
    "report": Message("Segnala un errore o chiedi una correzione", "Report an error or ask for a correction"),
    "report.nowhere": Message(
        "Errori e correzioni: chi pubblica non ha ancora indicato un recapito",
        "Errors and corrections: the publisher has given no address yet",
    ),
    "licence": Message("Dati: CC BY 4.0", "Data: CC BY 4.0"),
    "other_formats": Message("Questa pagina in altri formati", "This page in other formats"),
    "iri": Message("Identificativo stabile", "Stable identifier"),
    "next": Message("Pagina seguente", "Next page"),
    "previous": Message("Pagina precedente", "Previous page"),
    "range": Message("{first}–{last} di {total}", "{first}–{last} of {total}"),
    "pages": Message("Pagine", "Pages"),
    # home
    "home.lead": Message(
        "I cluster tecnologici riconosciuti dalla Regione, chi vi aderisce e che cosa fanno, come dati collegati. Ogni "
        "affermazione ha la sua fonte; dove le fonti non concordano, si vedono entrambe.",
        "The technology clusters that the Region recognises, who belongs to them and what they do, as linked data. "
        "Every statement has its source; where sources disagree, both are shown.",
    ),
    "home.clusters": Message("I cluster", "The clusters"),
    "home.list": Message("L'elenco", "The list"),
    "home.search": Message(
        "Cerca un cluster, un'impresa, un'università, un progetto",
        "Search for a cluster, a firm, a university, a project",
    ),
    "home.search.hint": Message(
        "Valgono anche le sigle, i nomi di una volta e i luoghi.", "Acronyms, former names and places will do, too."
    ),
    "home.look": Message("Guardare i dati", "Look at the data"),
    "home.look.strategies": Message(
        "Quali cluster, in quali aree, e chi lo dice", "Which clusters, in which areas, and who says so"
    ),
    "home.look.map": Message("Membri per provincia, partner per Paese", "Members by province, partners by country"),
    "home.look.network": Message("Chi lega un cluster all'altro", "Who links one cluster to another"),
    "home.look.collaborations": Message("Chi lavora con chi, anno per anno", "Who works with whom, year by year"),
    "home.look.national": Message("A quali contribuisce ciascun cluster", "Which ones each cluster contributes to"),
    "home.look.sources": Message("Che cosa dice ciascun documento", "What each document says"),
    "home.look.disagreements": Message("Dove due fonti dicono cose diverse", "Where two sources say different things"),
    "home.release.step": Message(
        "Pubblicata il {date}, con {added} affermazioni in più e {removed} in meno di quella prima.",
        "Published on {date}, with {added} statements more and {removed} fewer than the one before.",
    ),
    "home.news": Message("Che cosa è cambiato per ultimo", "What changed last"),
    "home.release.first": Message("Pubblicata il {date}: è la prima.", "Published on {date}: it is the first."),
    "home.more.cite": Message("Come citare questa edizione", "How to cite this release"),
    "cluster.domain": Message("Dominio tecnologico", "Technology domain"),
    "cluster.seat": Message("Sede", "Seat"),
    "cluster.seat.unknown": Message("nessuna fonte la dice", "no source says it"),
    "cluster.members": Message("Membri", "Members"),
    "cluster.members.none": Message("nessuno noto", "none known"),
    "home.members.one": Message("uno noto, in qualunque tempo", "one known, at any time"),
    "home.members": Message("{total} noti, in qualunque tempo", "{total} known, at any time"),
    "home.classes": Message("Tutte le classi", "All classes"),
    "home.counts": Message("Che cosa c'è", "What the data hold"),
    "home.release": Message("L'edizione che leggi", "The release you are reading"),
    "home.release.text": Message(
        "Edizione {id}, con {accepted} affermazioni accettate e {sources} grafi. Un'edizione non cambia mai: "
        "la si può citare.",
        "Release {id}, with {accepted} accepted statements and {sources} graphs. A release never changes: "
        "it can be cited.",
    ),
    "home.more": Message("Come continuare", "Next steps"),
    "home.more.questions": Message("Le domande già pronte, con le risposte", "Ready-made questions and their answers"),
    "home.more.changes": Message("Che cosa è cambiato di recente", "What has changed lately"),
    "home.more.releases": Message("Tutte le edizioni, con le differenze", "All releases, with their differences"),
    "home.more.data": Message("I dati da scaricare e da interrogare", "The data, to download and to query"),
    "home.more.reconcile": Message(
        "Un elenco tuo da confrontare con questi dati, in OpenRefine",
        "A list of yours to match with these data, in OpenRefine",
    ),
    "home.more.method": Message("Come si decide che cosa è accettato", "How it is decided what is accepted"),
    "figure_from": Message("Da dove vengono queste cifre:", "Where these figures come from:"),
    "column.class": Message("Classe", "Class"),
    "column.things": Message("Quante", "How many"),
    "clusters.national": Message("I cluster nazionali", "The national clusters"),
    # lists
    "class.count.one": Message("Una sola in questa classe.", "One of this class."),
    "class.count": Message("{total} in questa classe.", "{total} of this class."),
    "class.none": Message("Nessuna cosa accettata è di questa classe.", "No accepted thing is of this class."),
    "class.definition": Message("Che cosa vuol dire", "What this means"),
    # a thing
    "thing.kinds": Message("Classi", "Classes"),
    "thing.statements": Message("Che cosa si dice", "What is said"),
    "thing.incoming": Message("Chi ne parla", "What refers to this"),
    "thing.sources": Message("Fonti", "Sources"),
    "thing.property": Message("Proprietà", "Property"),
    "thing.values": Message("Valori e fonti", "Values and sources"),
    "thing.folded": Message("Dettagli tecnici", "Technical details"),
    "thing.inferred": Message("dedotto", "inferred"),
    "thing.inferred.why": Message(
        "Segue dalle altre affermazioni secondo il vocabolario.", "It follows from other statements by the vocabulary."
    ),
    "thing.unaccepted": Message("non accettato", "not accepted"),
    "thing.unaccepted.why": Message(
        "Lo dice la fonte, ma non è fra le affermazioni accettate.",
        "The source says so, but it is not among the accepted statements.",
    ),
    "thing.vague": Message("meno preciso", "less exact"),
    "thing.vague.why": Message(
        "Non contraddice la data qui accanto: dice solo l'anno o il mese in cui cade.",
        "It does not contradict the date beside it: it only says the year or the month in which it falls.",
    ),
    "thing.disputed": Message("le fonti non concordano", "sources disagree"),
    "thing.about": Message("Su questa cosa le fonti non concordano:", "Sources disagree about this thing:"),
    "thing.marks": Message(
        "Ogni numero apre la fonte che lo dice.",
        "Each number opens the source that says so.",
    ),
    "thing.no_statements": Message("Nessun'altra affermazione.", "No further statement."),
    "thing.inverse": Message("Con «{property}»", "By “{property}”"),
    "thing.anonymous": Message("descrizione senza nome", "unnamed description"),
    # the vocabulary
    "def.lead": Message(
        "I termini con cui sono descritti cluster, aderenti, progetti, strategie e fonti. Ognuno ha la sua pagina.",
        "The terms that describe clusters, members, projects, strategies and sources. Every term has a page.",
    ),
    "def.Class": Message("Classi", "Classes"),
    "def.ObjectProperty": Message("Proprietà che collegano cose", "Properties that link things"),
    "def.DatatypeProperty": Message("Proprietà con un valore", "Properties with a value"),
    "def.AnnotationProperty": Message("Annotazioni", "Annotations"),
    "def.instances": Message("Le cose di questa classe", "The things of this class"),
    # sources
    "source.lead": Message(
        "Ciò che dice questa fonte, affermazione per affermazione.", "What this source says, statement by statement."
    ),
    "graph.accepted": Message("Le affermazioni accettate", "The accepted statements"),
    "graph.accepted.lead": Message(
        "Tutto ciò che è accettato, con quello che ne segue: è la risposta a una query che non nomina grafi.",
        "All that is accepted, with what follows from it: this is what a query sees that names no graph.",
    ),
    "graph.inferred": Message("Ciò che ne segue", "What follows"),
    "graph.inferred.lead": Message(
        "Le affermazioni che nessuna fonte fa così, ma che seguono da quelle accettate secondo il vocabolario.",
        "The statements that no source makes as such, but that follow from those accepted by the vocabulary.",
    ),
    "graph.ontology": Message(
        "Il vocabolario, affermazione per affermazione", "The vocabulary, statement by statement"
    ),
    "graph.ontology.lead": Message(
        "I termini con cui sono scritti i dati, con etichette e definizioni.",
        "The terms that the data are written with, with their labels and definitions.",
    ),
    "source.address": Message("Il documento", "The document"),
    "source.publisher": Message("Editore", "Publisher"),
    "source.issued": Message("Data, come la stampa la fonte", "Date, as the source prints it"),
    "source.thing": Message("Cosa", "Thing"),
    "source.none": Message(
        "Questo grafo non ha affermazioni in questa pagina.", "This graph has no statement on this page."
    ),
    "graphs": Message("I grafi", "The graphs"),
    "graphs.lead": Message(
        "Ogni fonte ha un grafo suo; le affermazioni accettate, ciò che ne segue e il vocabolario ne hanno altri. I "
        "programmi ne chiedono uno intero con graph=<IRI>, o quello accettato con default.",
        "Every source has a graph of its own; the accepted statements, what follows from them and the vocabulary have "
        "others. Programs ask for a whole one with graph=<IRI>, or for the accepted one with default.",
    ),
    "graphs.graph": Message("Grafo", "Graph"),
    "graphs.statements": Message("Affermazioni", "Statements"),
    "graphs.whole": Message("Intero", "Whole"),
    # disagreements
    "disagreements.lead": Message(
        "Dove due fonti dicono cose diverse, si conservano entrambe; se una è preferita, si dice perché.",
        "Where two sources say different things, both are kept; where one is preferred, the page says why.",
    ),
    "disagreements.none": Message("Nessuna discordanza è registrata.", "No disagreement is recorded."),
    "column.about": Message("Riguarda", "About"),
    "disagreements.preferred": Message("preferita", "preferred"),
    "disagreements.undecided": Message("non è deciso: nessuna è accettata", "undecided: none is accepted"),
    # search
    "search.none": Message(
        "Nessun nome e nessuna descrizione ha tutte queste parole.",
        "No name and no description has all of these words.",
    ),
    "search.found.one": Message("Un risultato", "One result"),
    "search.found": Message("{total} risultati", "{total} results"),
    "search.elsewhere": Message(
        "Questo sito legge i dati da un altro archivio e non ha un indice dei nomi: usa gli elenchi o SPARQL.",
        "This site reads its data from a store elsewhere and has no index of names: use the lists, or SPARQL.",
    ),
    # reconciliation
    "reconcile": Message("Riconciliare un elenco", "Reconcile a list"),
    "reconcile.lead": Message(
        "Hai un elenco di imprese, università o cluster? OpenRefine trova per ogni nome la cosa di questo sito, "
        "anche se "
        "è scritto in un altro modo, e ne aggiunge i dati.",
        "Do you have a list of firms, universities or clusters? OpenRefine finds for each name the thing of this site, "
        "even if it is spelled in another way, and adds data about it.",
    ),
    "reconcile.how": Message("Come si fa in OpenRefine", "How to do it in OpenRefine"),
    "reconcile.step.1": Message(
        "Apri il progetto; dal menu della colonna con i nomi scegli Riconcilia › Inizia riconciliazione…",
        "Open the project; in the menu of the column with the names choose Reconcile › Start reconciling…",
    ),
    "reconcile.step.2": Message(
        "Scegli «Aggiungi servizio standard…» e incolla uno di questi indirizzi, secondo la lingua dei nomi:",
        "Choose “Add standard service…” and paste one of these addresses, by the language of names:",
    ),
    "reconcile.step.3": Message(
        "Scegli un tipo, per esempio «Università», o nessuno; se altre colonne hanno un sito web, un ROR o un "
        "codice fiscale, "
        "indicale come proprietà. Poi avvia.",
        "Choose a type, for example University, or none; where other columns hold a web site, a ROR id or a tax "
        "code, name "
        "them as properties. Then start.",
    ),
    "reconcile.step.4": Message(
        "Ciò che è sicuro è già abbinato; per il resto scegli fra i candidati, che si leggono passandoci sopra.",
        "What is certain is matched already; for the rest choose among the candidates, which show themselves under the "
        "pointer.",
    ),
    "reconcile.step.5": Message(
        "Con Modifica colonna › Aggiungi colonne da valori riconciliati… si prendono sito web, sede, cluster e altro.",
        "With Edit column › Add columns from reconciled values… you take web sites, seats, clusters and more.",
    ),
    "reconcile.scores": Message("Di che cosa è fatto un punteggio", "What a score is made of"),
    "reconcile.scores.text": Message(
        "Da 0 a 100: quanto le parole del nome cercato e quelle di un nome noto coincidono, dove una parola "
        "rara vale di "
        "più. Accenti, maiuscole, articoli e forma giuridica non contano. «match» si dice solo da 90 in su, "
        "senza niente "
        "che parli contro, e con 8 punti di vantaggio.",
        "From 0 to 100: how far the words of the name asked for and those of a known name are the same, where a "
        "rare word "
        "counts for more. Accents, capitals, articles and legal forms do not count. “match” is said only from "
        "90 upwards, "
        "where nothing speaks against it, and with a lead of 8.",
    ),
    "reconcile.api": Message(
        "Il servizio segue la Reconciliation Service API 0.2: ogni altro programma che la conosce lo può usare.",
        "The service follows the Reconciliation Service API 0.2: every other program that knows it can use it.",
    ),
    "reconcile.also": Message("Anche", "Also"),
    "reconcile.open": Message("La pagina", "The page"),
    "reconcile.feature.name": Message(
        "quanto il nome somiglia al più simile dei nomi noti, da 0 a 100",
        "how like the name is to the likest of the known names, from 0 to 100",
    ),
    "reconcile.feature.words_of_query": Message(
        "la parte del nome cercato che sta nel nome noto, da 0 a 1",
        "the share of the name asked for that is in the known name, from 0 to 1",
    ),
    "reconcile.feature.words_of_name": Message(
        "la parte del nome noto che sta in quello cercato, da 0 a 1",
        "the share of the known name that is in the one asked for, from 0 to 1",
    ),
    "reconcile.feature.misspelled_words": Message(
        "quante parole coincidono solo a meno di un errore di scrittura",
        "how many words are the same but for a misspelling",
    ),
    "reconcile.feature.acronym": Message("il nome noto è una sigla", "the known name is an acronym"),
    "reconcile.feature.former_name": Message("il nome noto è quello di una volta", "the known name is a former one"),
    "reconcile.feature.initials": Message(
        "una sigla coincide con le iniziali di un nome: al più 75 punti",
        "an acronym is the initials of a name: at most 75",
    ),
    "reconcile.feature.part_of_query": Message(
        "solo una parte di ciò che è scritto (fuori o dentro le parentesi) coincide: al più 85 punti",
        "only a part of what is written (outside or inside the brackets) is the same: at most 85",
    ),
    "reconcile.feature.misspelled_town": Message(
        "un comune o una provincia coincide solo a meno di una lettera, e può essere un'altra: al più 89 punti",
        "a municipality or province is the same but for a letter, and may be another: at most 89",
    ),
    "reconcile.feature.other_place": Message(
        "i due nomi dicono una città o una regione diversa: quattro quinti, e al più 89 punti",
        "both names say a town or a region, and not the same: four fifths, and at most 89",
    ),
    "reconcile.feature.other_legal_form": Message(
        "la forma giuridica è un'altra: al più 89 punti", "the legal form is another: at most 89"
    ),
    "reconcile.feature.only_in_address": Message(
        "coincide solo con il nome breve nell'indirizzo della cosa: al più 89 punti",
        "it is only like the short name in the address of the thing: at most 89",
    ),
    "reconcile.feature.identifier": Message(
        "un identificativo coincide (ROR, Wikidata, codice fiscale, sito web, IRI): 100 punti",
        "an identifier is equal (ROR, Wikidata, tax code, web site, IRI): 100",
    ),
    "reconcile.feature.other_identifier": Message(
        "un identificativo è noto, ed è un altro: al più 60 punti", "an identifier is known, and is another: at most 60"
    ),
    "reconcile.feature.properties": Message(
        "la parte delle proprietà note che coincidono, da 0 a 1: vale un quinto del punteggio",
        "the share of the known properties that are equal, from 0 to 1: it counts for a fifth of the score",
    ),
    "reconcile.feature.type": Message(
        "è del tipo chiesto; se no (type_strict: should) vale quattro quinti",
        "it is of the type asked for; if not (type_strict: should), four fifths count",
    ),
    "reconcile.feature.usual_kind": Message(
        "è un'organizzazione o un cluster; se no, e nessun tipo è chiesto, vale tre quinti",
        "it is an organisation or a cluster; if not, and no type is asked for, three fifths count",
    ),
    "reconcile.feature.lead": Message(
        "i punti di vantaggio sul migliore degli altri", "how many points it is ahead of the best of the others"
    ),
    "reconcile.limit": Message("Quanti valori", "How many values"),
    "reconcile.limit.help": Message("Al più, per riga; 0: tutti", "At most, in a row; 0: all"),
    "reconcile.show": Message("Che cosa mostrare", "What to show"),
    "reconcile.show.help": Message("Di ciò che è collegato", "Of what is linked"),
    "reconcile.show.name": Message("il nome", "the name"),
    "reconcile.show.id": Message("l'IRI", "the IRI"),
    "reconcile.elsewhere": Message(
        "Questo sito legge i dati da un altro archivio e non ha un indice dei nomi: non può riconciliare.",
        "This site reads its data from a store elsewhere and has no index of names: it cannot reconcile.",
    ),
    "reconcile.callback": Message(
        "JSONP (callback) non è offerto: la risposta si legge da ogni pagina con CORS.",
        "JSONP (callback) is not offered: the answer can be read from every page by CORS.",
    ),
    "reconcile.single": Message(
        "L'API 0.2 prende le domande nel parametro queries, anche quando è una sola: "
        'queries={{"q0":{{"query":"Politecnico di Milano"}}}}.',
        "API 0.2 takes queries in the parameter queries, even where it is only one: "
        'queries={{"q0":{{"query":"Politecnico di Milano"}}}}.',
    ),
    "reconcile.nothing": Message(
        "Nel modulo manca queries (o extend), con un oggetto JSON.",
        "The form lacks queries (or extend), a JSON object.",
    ),
    "reconcile.both": Message(
        "Una richiesta ha o queries o extend, non tutti e due.", "A request has either queries or extend, not both."
    ),
    "reconcile.content": Message(
        "Il corpo è di tipo {given}; qui si legge application/x-www-form-urlencoded.",
        "The body is of the type {given}; application/x-www-form-urlencoded is read here.",
    ),
    "reconcile.json": Message("{name} non è JSON in UTF-8.", "{name} is not JSON in UTF-8."),
    "reconcile.object": Message("{where} dev'essere un oggetto JSON.", "{where} must be a JSON object."),
    "reconcile.batch": Message(
        "Le domande sono {given}: una richiesta ne ha al più {most}. Dividile in più richieste.",
        "There are {given} queries: a request has at most {most}. Split them into several requests.",
    ),
    "reconcile.member": Message(
        "{given} non è un membro di una domanda; ci sono: {known}.",
        "{given} is no member of a query; there are: {known}.",
    ),
    "reconcile.empty": Message(
        "{where} non chiede niente: ci vuole query, o properties con almeno un elemento.",
        "{where} asks for nothing: it needs query, or properties with at least one element.",
    ),
    "reconcile.strict": Message("type_strict è uno di: {known}.", "type_strict is one of: {known}."),
    "reconcile.text": Message("{where} dev'essere un testo.", "{where} must be a text."),
    "reconcile.long": Message("{where} è più lungo di {most} caratteri.", "{where} is longer than {most} characters."),
    "reconcile.many": Message("{where} ha più di {most} elementi.", "{where} has more than {most} elements."),
    "reconcile.number": Message(
        "{where} dev'essere un numero intero da 1 in su.", "{where} must be a whole number from 1 upwards."
    ),
    "reconcile.whole": Message(
        "{name} dev'essere un intero da {lowest} a {highest}.", "{name} must be an integer from {lowest} to {highest}."
    ),
    "reconcile.list": Message(
        "{where} dev'essere una lista con al più {most} elementi.",
        "{where} must be a list of at most {most} elements.",
    ),
    "reconcile.property": Message(
        "Un elemento di {where} ha pid (una proprietà) e v (un valore, o una lista di valori).",
        "An element of {where} has pid (a property) and v (a value, or a list of values).",
    ),
    "reconcile.not_compared": Message(
        "{given} non è una proprietà che si confronta; ci sono: {known}.",
        "{given} is not a property that is compared; there are: {known}.",
    ),
    "reconcile.extended": Message(
        "Un elemento di {where} è un oggetto con id, l'IRI di una proprietà.",
        "An element of {where} is an object with id, the IRI of a property.",
    ),
    "reconcile.contents": Message("content è uno di: {known}.", "content is one of: {known}."),
    "reconcile.no_property": Message(
        "{given} non è una proprietà di queste cose: l'elenco si ha da /reconcile/properties.",
        "{given} is not a property of these things: /reconcile/properties has the list.",
    ),
    "reconcile.ids": Message("extend.ids dev'essere una lista di IRI.", "extend.ids must be a list of IRIs."),
    "reconcile.too_many_ids": Message(
        "Gli id sono {given}: una richiesta ne ha al più {most}. Dividili in più richieste.",
        "There are {given} ids: a request has at most {most}. Split them into several requests.",
    ),
    "reconcile.id": Message(
        "Manca un IRI nel parametro, o è troppo lungo.", "The parameter lacks an IRI, or it is too long."
    ),
    "reconcile.unknown": Message("Nessuna cosa di questo sito ha questo id.", "No thing of this site has this id."),
    # data
    "data.lead": Message(
        "Gli stessi dati di queste pagine, per fogli di calcolo, programmi e cataloghi.",
        "The same data as on these pages, for spreadsheets, programs and catalogues.",
    ),
    "data.downloads": Message("Scaricare tutto", "Download all"),
    "data.file": Message("File", "File"),
    "data.format": Message("Formato", "Format"),
    "data.size": Message("Dimensione", "Size"),
    "data.sum": Message("SHA-256", "SHA-256"),
    "data.none": Message(
        "I dati sono in un archivio altrove: qui non ci sono file da scaricare.",
        "The data are in a store elsewhere: there are no files to download here.",
    ),
    "data.things": Message("Una cosa alla volta", "One thing at a time"),
    "data.things.text": Message(
        "L'indirizzo di ogni cosa dà il formato che il programma chiede, o quello del suffisso:",
        "The address of each thing gives the format that the program asks for, or that of the suffix:",
    ),
    "data.sparql": Message("Interrogare con SPARQL", "Query with SPARQL"),
    "data.sparql.text": Message(
        "L'indirizzo è {address}. Senza GRAPH si vedono le affermazioni accettate; con GRAPH ?g, chi dice che cosa.",
        "The endpoint is {address}. Without GRAPH a query sees the accepted statements; with GRAPH ?g, who says what.",
    ),
    "data.sparql.form": Message("Scrivi una query", "Write a query"),
    "data.api": Message("Le domande già pronte, da un programma", "The ready-made questions, from a program"),
    "data.api.page": Message("L'API delle domande", "The API of the questions"),
    "data.cite": Message("Citare", "Cite"),
    "data.cite.text": Message(
        "{publisher}, {title}, edizione {id}. CC BY 4.0.", "{publisher}, {title}, release {id}. CC BY 4.0."
    ),
    "data.cite.styles": Message(
        "La pagina di questa edizione, con la citazione in più stili",
        "The page of this release, with the citation in several styles",
    ),
    "data.graphs": Message("Un grafo alla volta", "One graph at a time"),
    "data.context": Message("Il contesto JSON-LD", "The JSON-LD context"),
    "data.described": Message("La descrizione dei dati (VoID)", "The description of the data (VoID)"),
    "data.described.text": Message(
        "Quante cose di ogni classe, con quali proprietà, verso quali altri insiemi di dati.",
        "How many things of each class, with which properties, linked to which other datasets.",
    ),
    "data.examples": Message("Le domande come esempi SPARQL", "The questions as SPARQL examples"),
    "data.prefixes": Message("I prefissi", "The prefixes"),
    "data.shapes": Message("Le forme SHACL", "The SHACL shapes"),
    "data.profiles": Message(
        "Le cose con le parole di altri vocabolari", "The things in the words of other vocabularies"
    ),
    "data.mappings": Message("Corrispondenze con altri", "Mappings to others"),
    "data.mappings.text": Message(
        "Ciò che qui ha un nome e altrove un altro, come insiemi SSSOM: ogni riga dice chi lo afferma e quanto è "
        "affidabile.",
        "What has one name here and another elsewhere, as sets in SSSOM: each row says who states it and how reliable "
        "it is.",
    ),
    # profiles
    "profiles": Message("Profili", "Profiles"),
    "profiles.lead": Message(
        "Lo stesso documento si può avere con le parole di vocabolari diversi: con _profile= nell'indirizzo, o con "
        "l'intestazione Accept-Profile.",
        "The same document is to be had in the words of several vocabularies: by _profile= in the address, or by the "
        "header Accept-Profile.",
    ),
    "profiles.shapes": Message("Le forme che rispetta", "The shapes that it meets"),
    "profiles.query": Message("Come è costruito", "How it is made"),
    "profiles.formats": Message("Formati", "Formats"),
    "profile.unspoken": Message(
        "Il profilo {token} non parla di cose come questa. Questo documento si può avere nei profili {fitting}.",
        "The profile {token} does not speak of things like this one. This document is to be had in the profiles "
        "{fitting}.",
    ),
    # the catalogue
    "catalog": Message("Catalogo dei dati", "Catalogue of the data"),
    "catalog.lead": Message(
        "Gli stessi dati divisi per argomento, in RDF e in tabelle, con licenza CC BY 4.0. Le date cambiano solo "
        "quando cambia il contenuto, e l'indirizzo di un file dà sempre gli stessi byte. I portali lo leggono come "
        "DCAT-AP e DCAT-AP_IT.",
        "The same data by subject, in RDF and as tables, under CC BY 4.0. Dates change only when the content does, "
        "and the address of a file always gives the same bytes. Portals read this as DCAT-AP and DCAT-AP_IT.",
    ),
    "catalog.csv": Message(
        "Una tabella in CSV (UTF-8, virgole) si apre con LibreOffice; in Excel da «Dati → Da testo/CSV»: con un "
        "doppio clic le lettere accentate si leggono male.",
        "A table in CSV (UTF-8, commas) opens in LibreOffice; in Excel by “Data → From Text/CSV”: by a double "
        "click, letters with accents come out wrong.",
    ),
    "catalog.issued": Message("Pubblicato", "Published"),
    "catalog.modified": Message("Modificato", "Modified"),
    "catalog.version": Message("Versione", "Version"),
    "catalog.period": Message("Periodo di cui parla", "Period that it is about"),
    "catalog.columns": Message("le colonne", "the columns"),
    # the description of the data
    "void": Message("Che cosa c'è nei dati", "What is in the data"),
    "void.lead": Message(
        "Ciò che una query vede senza GRAPH, contato quando l'edizione è stata pubblicata.",
        "What a query sees without GRAPH, counted when the release was published.",
    ),
    "void.none": Message(
        "Qui i conti non ci sono: i dati stanno altrove, o l'edizione è di prima che si contasse.",
        "There are no counts here: the data are elsewhere, or the release is from before they were counted.",
    ),
    "void.total.triples": Message("Affermazioni", "Statements"),
    "void.total.entities": Message("Cose con un nome nostro", "Things with a name of ours"),
    "void.total.classes": Message("Classi", "Classes"),
    "void.total.properties": Message("Proprietà", "Properties"),
    "void.total.distinctSubjects": Message("Soggetti distinti", "Distinct subjects"),
    "void.total.distinctObjects": Message("Oggetti distinti", "Distinct objects"),
    "void.classes": Message("Le classi", "The classes"),
    "void.links": Message("I legami con altri insiemi di dati", "The links to other datasets"),
    "void.properties": Message("Le proprietà", "The properties"),
    "void.column.class": Message("Classe", "Class"),
    "void.column.entities": Message("Cose", "Things"),
    "void.column.triples": Message("Affermazioni", "Statements"),
    "void.column.property": Message("Proprietà", "Property"),
    "void.column.subjects": Message("Soggetti", "Subjects"),
    "void.column.objects": Message("Oggetti", "Objects"),
    "void.column.target": Message("Verso", "To"),
    # questions
    "questions.lead": Message(
        "Domande già scritte, con la risposta sui dati di questa edizione. Ognuna si può aprire e cambiare.",
        "Questions already written, with the answer on the data of this release. Each can be opened and changed.",
    ),
    "question.answer": Message("Risposta", "Answer"),
    "question.rows.one": Message("Una riga", "One row"),
    "question.rows": Message("{total} righe", "{total} rows"),
    "question.text": Message("Il testo in SPARQL", "The text in SPARQL"),
    "question.open": Message("Aprila nel modulo SPARQL", "Open it in the SPARQL form"),
    "question.ask": Message("Chiedi", "Ask"),
    "question.all": Message("Un campo vuoto vuol dire: tutti.", "An empty field means: all."),
    "question.every": Message("tutti", "all"),
    "question.by_name": Message("nome, sigla o indirizzo", "name, acronym or address"),
    "question.what_exists": Message("quali ci sono", "which there are"),
    "question.example": Message("per esempio {example}", "for example {example}"),
    "question.empty": Message("La risposta è vuota.", "The answer is empty."),
    # the API
    "api": Message("API", "API"),
    "api.lead": Message(
        "Le domande già pronte, per i programmi: ognuna ha un indirizzo, parametri con un tipo e risposte in JSON, CSV "
        "e nei formati di SPARQL.",
        "The ready-made questions, for programs: each has an address, parameters with a type, and answers in JSON, CSV "
        "and the formats of SPARQL.",
    ),
    "api.summary": Message(
        "Le domande già pronte sui cluster, con le risposte in JSON, CSV e nei formati di SPARQL.",
        "The ready-made questions about the clusters, with answers in JSON, CSV and the formats of SPARQL.",
    ),
    "api.rules": Message(
        "Senza valori una domanda chiede tutto; un parametro vuoto è come se non ci fosse. La risposta è intera, se "
        "`limit` non ne chiede una parte: allora `next` e `previous` portano alle altre, e `total` dice quante righe "
        "ha la risposta intera. Viene sempre a parti, in JSON, una risposta lunga quanto i dati. Un parametro "
        "ignoto, ripetuto, del tipo sbagliato o più lungo di {most} caratteri è un errore 400 che ne dice il nome e "
        "mostra un esempio. Il formato si sceglie con il suffisso dell'indirizzo (`/api/member-counts.csv`), con "
        "`format` o con `Accept`.",
        "Without values a question asks for all; an empty parameter is one that is not given. The answer is whole, "
        "unless `limit` asks for a part of it: then `next` and `previous` lead to the others, and `total` says how "
        "many rows the whole answer has. In JSON an answer that is as long as the data always comes in parts. A "
        "parameter that is unknown, repeated, of the wrong type or longer than {most} characters is an error 400 "
        "that names it and shows an example. The format is chosen by the suffix of the address "
        "(`/api/member-counts.csv`), by `format` or by `Accept`.",
    ),
    "api.values": Message(
        "In JSON gli IRI, i testi e le date sono stringhe, i numeri e i valori di verità sono tali, e ciò che manca è "
        "null. Un testo è nella lingua chiesta; dove c'è solo in un'altra, il campo col nome della colonna e "
        "`@language` dice quale.",
        "In JSON, IRIs, texts and dates are strings, numbers and booleans are what they are, and what is missing is "
        "null. A text is in the language asked for; where there is one in another language only, the member named "
        "after the column with `@language` says which.",
    ),
    "api.openapi": Message("La descrizione OpenAPI 3.1, per i programmi", "The OpenAPI 3.1 description, for programs"),
    "api.list": Message("L'elenco delle domande", "The list of the questions"),
    "api.server": Message("Dove risponde ora il sito", "Where the site answers now"),
    "api.page": Message("La stessa descrizione, da leggere", "The same description, to read"),
    "api.description": Message("Questa descrizione", "This description"),
    "api.question_page": Message(
        "La domanda con la risposta, in una pagina", "The question with its answer, as a page"
    ),
    "api.editor": Message("Il testo, nell'editor SPARQL", "Its text, in the SPARQL editor"),
    "api.answer": Message("La risposta.", "The answer."),
    "api.unchanged": Message(
        "Quella che hai già: un'edizione dei dati non cambia.", "What you have already: a release does not change."
    ),
    "api.parameter": Message("{name}; senza, tutto", "{name}; without it, all"),
    "api.parameter_short": Message(
        "{name}: l'IRI, o solo la sua ultima parte; senza, tutto",
        "{name}: the IRI, or just its last part; without it, all",
    ),
    "api.language": Message("lingua dei nomi: it o en", "language of the names: it or en"),
    "api.format": Message("formato, al posto di Accept", "format, in the place of Accept"),
    "api.limit": Message("quante righe, al più; senza, tutte", "how many rows at most; without it, all"),
    "api.limit_long": Message(
        "quante righe, al più; in JSON, dove la risposta viene a parti, al più {most}, e tante senza",
        "how many rows at most; in JSON, where the answer comes in parts, at most {most}, and as many without it",
    ),
    "api.offset": Message("quante righe saltare", "how many rows to skip"),
    "api.lang": Message("lingua dei messaggi di errore", "language of the messages about errors"),
    "api.etag": Message("uguale finché l'edizione dei dati è la stessa", "the same as long as the release is"),
    "api.link": Message(
        "le parti vicine, gli altri formati, questa descrizione",
        "the parts beside this one, the other formats, this description",
    ),
    "api.location": Message("l'indirizzo di questo formato", "the address of this format"),
    "api.failure.400": Message(
        "Un parametro è ignoto, ripetuto o del tipo sbagliato: `parameter` dice quale, `example` mostra un valore.",
        "A parameter is unknown, repeated or of the wrong type: `parameter` names it, `example` shows a value.",
    ),
    "api.failure.414": Message("L'indirizzo è troppo lungo.", "The address is too long."),
    "api.failure": Message("Un errore, spiegato.", "An error, explained."),
    "api.field.release": Message("edizione dei dati che ha risposto", "the release that answered"),
    "api.field.language": Message("lingua in cui sono chiesti i nomi", "language that the names were asked for in"),
    "api.field.columns": Message("le colonne, in ordine", "the columns, in order"),
    "api.field.other": Message(
        "lingua del testo di questa colonna, se non è quella chiesta",
        "language of the text in this column, where it is not the one asked for",
    ),
    "api.field.total": Message("righe della risposta intera", "rows of the whole answer"),
    "api.field.offset": Message("righe saltate", "rows skipped"),
    "api.field.next": Message("la parte che segue", "the part that follows"),
    "api.field.previous": Message("la parte che precede", "the part before"),
    "api.field.parameter": Message("il parametro sbagliato", "the parameter that is wrong"),
    "api.field.example": Message("un valore che va bene", "a value that works"),
    "api.bad_parameters": Message(
        "I parametri sono troppi, o non sono in UTF-8 con i segni di percentuale.",
        "The parameters are too many, or not percent-encoded UTF-8.",
    ),
    "api.unknown": Message(
        "Il parametro {name} non c'è; ci sono: {known}.", "There is no parameter {name}; there are: {known}."
    ),
    "api.repeated": Message(
        "Il parametro {name} è dato più di una volta.", "The parameter {name} is given more than once."
    ),
    "api.wrong": Message("Parametro {name}: {why}", "Parameter {name}: {why}"),
    "api.wrong_number": Message(
        "Il parametro {name} è un numero intero da {lowest} a {highest}, e {given} non lo è.",
        "The parameter {name} is a whole number from {lowest} to {highest}, which {given} is not.",
    ),
    "api.wrong_format": Message(
        "Il formato {given} non c'è per questa domanda; ci sono: {known}.",
        "There is no format {given} for this question; there are: {known}.",
    ),
    "api.wrong_lang": Message(
        "Il parametro lang è it o en, non {given}.", "The parameter lang is it or en, not {given}."
    ),
    "api.too_long": Message(
        "Il valore di {name} è più lungo di {most} caratteri.", "The value of {name} is longer than {most} characters."
    ),
    "api.none": Message(
        "La domanda {name} non c'è; forse {near}. L'elenco è in /api.",
        "There is no question {name}; perhaps {near}. The list is at /api.",
    ),
    "api.none_near": Message(
        "La domanda {name} non c'è: l'elenco è in /api.", "There is no question {name}: the list is at /api."
    ),
    "api.contents": Message("Le domande", "The questions"),
    "api.contents.text": Message(
        "Ogni domanda ha una pagina con i suoi parametri, le colonne della risposta e un modulo per provarla.",
        "Each question has a page with its parameters, the columns of its answer and a form to try it.",
    ),
    "api.try": Message("Provala", "Try it"),
    "api.use": Message("Come si usa", "How to use it"),
    "api.request": Message("Chiedi", "Ask"),
    "api.as": Message("Risposta all'esempio in", "Answer to the example in"),
    "api.columns": Message("Che cosa contiene una riga", "What a row holds"),
    "api.column": Message("Colonna", "Column"),
    "api.meaning": Message("Che cos'è", "What it is"),
    "api.type": Message("Tipo", "Type"),
    "api.name_of": Message("{name}: il nome", "{name}: its name"),
    "api.or_nothing": Message("o niente", "or nothing"),
    "api.code": Message("Da un programma", "From a program"),
    "api.here": Message("Questa domanda per i programmi", "This question, for programs"),
    # errors
    "error.back": Message("Torna all'inizio", "Back to the start"),
    "error.gone": Message("Ritirato il {date}", "Withdrawn on {date}"),
    "error.400": Message("La richiesta non si può capire", "The request cannot be understood"),
    "error.403": Message("Qui i dati si leggono soltanto", "The data can only be read here"),
    "error.404": Message("Qui non c'è niente con questo nome", "There is nothing of this name here"),
    "error.405": Message("Questo indirizzo si può solo leggere", "This address can only be read"),
    "error.406": Message("Nessuno dei formati accettati è disponibile", "Not available in a format you accept"),
    "error.410": Message("Questa cosa non c'è più", "This thing is gone"),
    "error.413": Message("La richiesta è troppo lunga", "The request is too long"),
    "error.414": Message("L'indirizzo è troppo lungo", "The address is too long"),
    "error.415": Message("Il tipo di contenuto non è fra quelli letti qui", "The kind of content is not one read here"),
    "error.422": Message("I dati non sono validi", "The data are not valid"),
    "error.429": Message("Il tuo tempo di calcolo per ora è finito", "Your computing time is used up for now"),
    "error.499": Message("La connessione è stata chiusa", "The connection was closed"),
    "error.500": Message("Il server ha un guasto", "The server has a fault"),
    "error.crash": Message("La query ha fermato il motore", "The query stopped the engine"),
    "error.refused": Message("Questa query per ora non si esegue più", "This query is not run any more for now"),
    "error.service": Message("Un altro endpoint non risponde", "Another endpoint does not answer"),
    "error.too-large": Message("La query chiede troppo", "The query asks for too much"),
    "error.xml": Message("La risposta non si può scrivere in XML", "The answer cannot be written in XML"),
    "error.busy": Message("Tutti i posti sono occupati", "Every worker is busy"),
    "error.space": Message("Manca lo spazio per la risposta", "There is no room for the answer"),
    "error.release": Message("Non c'è un'edizione che si possa leggere", "There is no release to read"),
    "error.502": Message("L'archivio dei dati non risponde", "The store of the data does not answer"),
    "error.503": Message("Il servizio per ora non risponde", "The service does not answer for now"),
    "error.504": Message("La risposta richiede troppo tempo", "The answer takes too long"),
    "detail.400": Message(
        "L'indirizzo o il corpo della richiesta è scritto male.", "The address or the body of the request is malformed."
    ),
    "detail.404": Message(
        "L'indirizzo chiesto è {address}. Si può cercare il nome nel campo in alto, o partire dagli elenchi.",
        "The address asked for is {address}. Search for the name in the field above, or start from the lists.",
    ),
    "detail.405": Message(
        "Questo indirizzo risponde a {methods}: i dati cambiano con una nuova edizione.",
        "This address answers {methods}: data change by a new release.",
    ),
    "detail.406": Message(
        "Chi ha mandato la richiesta non accetta nessuno di questi formati. Ci sono:",
        "The client accepts none of these formats. There are:",
    ),
    "detail.413": Message(
        "Una richiesta può essere lunga un milione di byte.", "A request may be a million bytes long."
    ),
    "detail.414": Message(
        "Un indirizzo può essere lungo 8.000 byte: una query più lunga si manda con POST, o con QUERY.",
        "An address may be 8,000 bytes long: send a longer query by POST, or by QUERY.",
    ),
    "detail.xml": Message(
        "Nella risposta ci sono caratteri di controllo, o una proprietà senza nome: XML non li può contenere. "
        "Chiedi un altro formato.",
        "The answer holds control characters, or a property without a name, which XML cannot carry. "
        "Ask for another format.",
    ),
    "detail.timeout": Message(
        "La query non ha finito entro {seconds} secondi: restringila, o scarica i dati.",
        "The query did not end within {seconds} seconds: narrow it, or download the data.",
    ),
    "detail.too_large.memory": Message(
        "La query chiede più di {limit} di memoria: restringila, o scarica i dati.",
        "The query needs more than {limit} of memory: narrow it, or download the data.",
    ),
    "detail.too_large.bytes": Message(
        "La risposta è più lunga di {limit}: restringi la query, o scarica i dati.",
        "The answer is longer than {limit}: narrow the query, or download the data.",
    ),
    "detail.too_large.rows": Message(
        "La risposta ha più di {limit} righe o triple: restringi la query, o scarica i dati.",
        "The answer has more than {limit} rows or triples: narrow the query, or download the data.",
    ),
    "detail.gone": Message("Nessuno aspetta più la risposta.", "Nobody waits for the answer any more."),
    "detail.pruned": Message(
        "Di questa edizione non si conserva più l'archivio da interrogare; i suoi file si scaricano ancora.",
        "The store of this release is no longer kept to be asked; its files can still be downloaded.",
    ),
    "detail.refused": Message(
        "Questa query ha fermato il motore, o superato i limiti, più volte: semplificala, o riprova fra {seconds} s.",
        "This query has stopped the engine, or met its limits, several times: make it simpler, or wait {seconds} s.",
    ),
    "detail.budget": Message(
        "Ciascuno ha {budget} secondi di calcolo ogni {window} secondi; da questo indirizzo ne risultano usati {used}. "
        "Riprova fra {seconds} s, o scarica i dati.",
        "Everyone has {budget} seconds of computing in {window} seconds; this address has used {used} of late. "
        "Come back in {seconds} s, or download the data.",
    ),
    "detail.busy": Message(
        "Tutti i posti sono occupati: riprova fra {seconds} secondi.",
        "Every worker is busy: try again in {seconds} seconds.",
    ),
    "detail.no_release": Message("Nessuna edizione è ancora pubblicata.", "No release is published yet."),
    "detail.unavailable": Message("Riprova fra poco.", "Try again in a while."),
    "detail.fault": Message("Il guasto è stato registrato.", "The fault has been logged."),
    "error.dumps": Message("Scarica i dati interi", "Download the whole data"),
    "error.help": Message("Come cambiano i dati", "How the data change"),
    # the page of problems
    "problems": Message("Che cosa può andare storto", "What can go wrong"),
    "problems.lead": Message(
        "Ogni errore ha un nome, che i programmi leggono nel membro «type» della risposta (RFC 9457). Qui si legge che "
        "cosa vuol dire ciascuno e che cosa fare.",
        "Every error has a name, which programs read in the member “type” of the answer (RFC 9457). Here is what each "
        "one means, and what to do.",
    ),
    "problem.query": Message(
        "Il testo non è una query SPARQL 1.1, o chiede ciò che qui non si fa, come SERVICE; oppure un parametro ha un "
        "valore che non può avere. «line» e «column» dicono dove la lettura si è fermata: il più delle volte "
        "l'errore è lì o appena prima.",
        "The text is not a query of SPARQL 1.1, or asks for what is not done here, such as SERVICE; or a parameter has "
        "a value that it cannot have. “line” and “column” say where reading stopped: mostly the mistake is there or "
        "just before.",
    ),
    "problem.request": Message(
        "L'indirizzo, le intestazioni o il corpo della richiesta non si possono leggere: codifica i parametri in UTF-8 "
        "con i segni di percentuale.",
        "The address, the headers or the body of the request cannot be read: encode parameters as UTF-8 with percent "
        "signs.",
    ),
    "problem.refused": Message(
        "La stessa query ha superato i limiti, o fermato il motore, più volte di seguito: per qualche minuto non si "
        "tenta più. Rendila più semplice, o scarica i dati.",
        "The same query has met its limits, or stopped the engine, several times in a row: for some minutes it is not "
        "tried again. Make it simpler, or download the data.",
    ),
    "problem.read-only": Message(
        "È chiesto un cambiamento dei dati. Qui si legge soltanto: i dati cambiano con una nuova edizione, e chi trova "
        "un errore lo può segnalare (membro «help»).",
        "A change of the data is asked for. They are only read here: data change by a new release, and whoever finds "
        "an error can report it (member “help”).",
    ),
    "problem.unknown": Message(
        "A questo indirizzo non c'è niente. I nomi distinguono maiuscole e minuscole; si può cercare, o partire dagli "
        "elenchi.",
        "There is nothing at this address. Names are case-sensitive; search, or start from the lists.",
    ),
    "problem.method": Message(
        "L'indirizzo c'è, ma non risponde a questo metodo: l'intestazione Allow dice a quali.",
        "The address exists, but does not answer this method: the header Allow says which ones it does.",
    ),
    "problem.format": Message(
        "Nessuno dei formati in Accept si può avere: «formats» e le intestazioni Link dicono quali ci sono. Il "
        "parametro format vale più di Accept.",
        "None of the formats in Accept can be had: “formats” and the headers Link say which there are. The parameter "
        "format counts more than Accept.",
    ),
    "problem.xml": Message(
        "Un carattere di controllo, o una proprietà il cui IRI non finisce con un nome, non può stare in XML. "
        "Chiedi JSON, CSV, TSV o Turtle.",
        "A control character, or a property whose IRI does not end in a name, cannot stand in XML. Ask for JSON, CSV, "
        "TSV or Turtle.",
    ),
    "problem.gone": Message(
        "La cosa c'era e non c'è più: la risposta dice da quando e perché. Un collegamento ad essa va tolto.",
        "The thing was here and is gone: the answer says since when and why. A link to it should be removed.",
    ),
    "error.pruned": Message("Un'edizione da scaricare soltanto", "A release to download only"),
    "problem.pruned": Message(
        "L'edizione c'è, ma è vecchia e il suo archivio non si conserva più: i suoi documenti e la sua SPARQL non "
        "rispondono. La pagina dell'edizione (membro «dumps») ha i suoi file, interi.",
        "The release exists, but it is old and its store is no longer kept: its documents and its SPARQL do not "
        "answer. The page of the release (member “dumps”) has its files, whole.",
    ),
    "problem.body": Message(
        "Il corpo della richiesta è più lungo di quanto si legge qui («limit»). Una query così lunga di solito elenca "
        "valori: dividila.",
        "The body of the request is longer than is read here (“limit”). A query of this length mostly lists values: "
        "split it.",
    ),
    "problem.batch": Message(
        "La richiesta ha più domande, o più id, di quante se ne prendono in una volta: dividila. Il manifesto "
        "di /reconcile dice "
        "quante («batchSize»).",
        "The request has more queries, or more ids, than are taken at once: split it. The manifest of "
        "/reconcile says how "
        "many (“batchSize”).",
    ),
    "problem.address": Message(
        "L'indirizzo è più lungo di quanto si legge qui («limit»): manda la query nel corpo, con POST o con QUERY.",
        "The address is longer than is read here (“limit”): send the query in the body, by POST or by QUERY.",
    ),
    "problem.content": Message(
        "Il corpo è di un tipo che qui non si legge: le intestazioni Accept-Post e Accept-Query dicono quali sì.",
        "The body is of a kind that is not read here: the headers Accept-Post and Accept-Query say which are.",
    ),
    "problem.data": Message(
        "I dati non rispettano le regole: «findings» dice dove e perché.",
        "The data break the rules: “findings” says where and why.",
    ),
    "problem.reconcile": Message(
        "Il JSON si legge, ma non è una domanda dell'API di riconciliazione: «parameter» dice quale membro, "
        "«detail» perché.",
        "The JSON can be read, but is no query of the reconciliation API: “parameter” says which member, “detail” why.",
    ),
    "problem.budget": Message(
        "Ciascuno ha una parte del tempo di calcolo, e la tua per ora è finita: riprova dopo i secondi di Retry-After, "
        "o scarica i dati.",
        "Everyone has a share of the computing time, and yours is used up for now: try again after the seconds in "
        "Retry-After, or download the data.",
    ),
    "problem.service": Message(
        "Un altro endpoint, che la query nomina in SERVICE, non ha risposto come si deve: riprova più tardi, o scrivi "
        "SERVICE SILENT per farne a meno.",
        "Another endpoint, which the query names in SERVICE, has not answered as it should: try again later, or write "
        "SERVICE SILENT to do without it.",
    ),
    "problem.client": Message(
        "Chi aveva chiesto ha chiuso la connessione prima della risposta.",
        "Whoever asked closed the connection before the answer.",
    ),
    "problem.fault": Message(
        "È un guasto nostro, ed è stato registrato. Se si ripete, segnalalo.",
        "This is a fault of ours, and has been logged. If it happens again, please report it.",
    ),
    "problem.too-large": Message(
        "La query ha bisogno di più memoria, o dà più righe o più byte, di quanto è concesso («limit»). Una risposta "
        "non è mai tagliata: restringila, dividila con LIMIT e OFFSET, o scarica i dati.",
        "The query needs more memory, or gives more rows or bytes, than is allowed (“limit”). An answer is never cut: "
        "narrow it, split it with LIMIT and OFFSET, or download the data.",
    ),
    "problem.crash": Message(
        "Il processo che eseguiva la query è finito prima della risposta: di solito è annidata troppo. Semplificala.",
        "The process that ran the query ended before the answer: mostly it is nested too deeply. Make it simpler.",
    ),
    "problem.store": Message(
        "L'archivio dei dati non ha risposto. Riprova fra poco.",
        "The store of the data did not answer. Try again in a while.",
    ),
    "problem.release": Message(
        "Nessuna edizione è ancora pubblicata, o quella che c'è non si può leggere. Riprova più tardi.",
        "No release is published yet, or the one there is cannot be read. Try again later.",
    ),
    "problem.space": Message(
        "Una risposta si conserva intera prima di mandarla, e ora manca lo spazio. Riprova dopo i secondi di "
        "Retry-After.",
        "An answer is kept whole before it is sent, and there is no room now. Try again after the seconds in "
        "Retry-After.",
    ),
    "problem.busy": Message(
        "Le query in corso e in attesa sono troppe. Riprova dopo i secondi di Retry-After.",
        "Too many queries are running and waiting. Try again after the seconds in Retry-After.",
    ),
    "problem.time": Message(
        "La query non ha finito nel tempo concesso («limit»). Rimandarla uguale non serve: restringila, togli ORDER "
        "BY, o scarica i dati.",
        "The query did not end within the time allowed (“limit”). Sending it again will not help: narrow it, leave out "
        "ORDER BY, or download the data.",
    ),
    # releases and changes
    "pinned": Message("Com'era nell'edizione {id} dei dati.", "As it was in the release {id} of the data."),
    "pinned.now": Message("Com'è ora", "As it is now"),
    "releases": Message("Le edizioni dei dati", "The releases of the data"),
    "releases.lead": Message(
        "Ogni edizione è intera, non cambia mai e si può citare. La più recente viene prima.",
        "Every release is whole, never changes and can be cited. The latest comes first.",
    ),
    "releases.release": Message("Edizione", "Release"),
    "releases.time": Message("Pubblicata", "Published"),
    "releases.added": Message("In più", "Added"),
    "releases.removed": Message("In meno", "Removed"),
    "releases.current": Message("quella corrente", "the current one"),
    "releases.dropped": Message("solo da scaricare", "to download only"),
    "release.title": Message("Edizione {id}", "Release {id}"),
    "release.lead": Message(
        "{accepted} affermazioni accettate, {quads} in tutto, in {graphs} grafi.",
        "{accepted} accepted statements, {quads} in all, in {graphs} graphs.",
    ),
    "release.times": Message("Corrente dal", "Current from"),
    "release.digest": Message("SHA-256 del contenuto", "SHA-256 of the content"),
    "release.software": Message("Scritta da CTL Graph", "Written by CTL Graph"),
    "release.sources": Message("File di partenza", "Source files"),
    "release.before": Message("L'edizione di prima", "The release before"),
    "release.files": Message("File da scaricare", "Files to download"),
    "release.sums": Message(
        "Le somme SHA-256 intere, come le legge sha256sum", "The whole SHA-256 sums, as sha256sum reads them"
    ),
    "release.ask": Message("Interrogare questa edizione", "Query this release"),
    "release.ask.text": Message(
        "I suoi documenti e la sua SPARQL rispondono per sempre allo stesso modo, finché il suo archivio si conserva:",
        "Its documents and its SPARQL give the same answers for ever, as long as its store is kept:",
    ),
    "release.pruned": Message(
        "Il suo archivio non si conserva più: restano i file da scaricare.",
        "Its store is no longer kept: the files to download remain.",
    ),
    "release.validation": Message("Che cosa hanno detto le regole", "What the shapes said"),
    "release.validation.text": Message(
        "{shapes} regole applicate, nessun errore (con errori non si pubblica), {total} osservazioni.",
        "{shapes} shapes applied, no errors (nothing is published with errors), {total} remarks.",
    ),
    "release.validation.text.one": Message(
        "{shapes} regole applicate, nessun errore (con errori non si pubblica), un'osservazione.",
        "{shapes} shapes applied, no errors (nothing is published with errors), one remark.",
    ),
    "release.place": Message("Dove", "Where"),
    "release.rule": Message("Regola", "Rule"),
    "release.remark": Message("Osservazione", "Remark"),
    "release.report": Message("Il rapporto in SHACL", "The report in SHACL"),
    "release.difference": Message("Che cosa è cambiato", "What changed"),
    "release.difference.text": Message(
        "Rispetto all'edizione di prima: {added} affermazioni in più e {removed} in meno, contate in tutti i grafi.",
        "Compared with the release before: {added} statements more and {removed} fewer, counted in all graphs.",
    ),
    "release.first": Message("È la prima edizione.", "It is the first release."),
    "release.class": Message("Classe", "Class"),
    "release.created": Message("Nuove", "New"),
    "release.updated": Message("Cambiate", "Changed"),
    "release.deleted": Message("Tolte", "Gone"),
    "release.patch": Message("La differenza (RDF Patch)", "The difference (RDF Patch)"),
    "release.cite": Message("Citare", "Cite"),
    "citation": Message(
        "{author} ({year}). {title} (Edizione {id}) [Insieme di dati]. {address}",
        "{author} ({year}). {title} (Release {id}) [Data set]. {address}",
    ),
    "citation.kind": Message("Insieme di dati", "Data set"),
    "changes": Message("Che cosa cambia", "What changes"),
    "changes.lead": Message(
        "Ogni cosa che un'edizione ha aggiunto, cambiato o tolto; l'ultima viene prima.",
        "Everything that a release added, changed or took away; the last comes first.",
    ),
    "changes.feeds": Message("Per non perderne nessuna:", "To miss none of them:"),
    "changes.atom": Message("Atom, per un lettore di notizie", "Atom, for a feed reader"),
    "changes.ldes": Message("LDES, per chi tiene una copia dei dati", "LDES, for whoever keeps a copy of the data"),
    "oai": Message("OAI-PMH, per chi raccoglie metadati", "OAI-PMH, for whoever harvests metadata"),
    "changes.none": Message("Ancora nessun cambiamento.", "No change yet."),
    "changes.total.one": Message("Un cambiamento da quando si pubblica.", "One change since publication began."),
    "changes.total": Message("{total} cambiamenti da quando si pubblica.", "{total} changes since publication began."),
    "changes.kind": Message("Cambiamento", "Change"),
    "changes.thing": Message("Cosa", "Thing"),
    "changes.Create": Message("Nuova", "New"),
    "changes.Update": Message("Cambiata", "Changed"),
    "changes.Delete": Message("Tolta", "Gone"),
    "changes.counts": Message(
        "Affermazioni accettate: {added} in più, {removed} in meno.",
        "Accepted statements: {added} more, {removed} fewer.",
    ),
    # the SPARQL form
    "sparql": Message("Interrogare i dati con SPARQL", "Query the data with SPARQL"),
    "sparql.lead": Message(
        "Si legge soltanto. Senza GRAPH una query vede le affermazioni accettate; GRAPH dice chi afferma che cosa.",
        "Reading only. Without GRAPH a query sees the accepted statements; GRAPH says who states what.",
    ),
    "sparql.address": Message("Indirizzo per i programmi:", "Address for programs:"),
    "sparql.query": Message("Query", "Query"),
    "sparql.run": Message("Esegui", "Run"),
    "sparql.run.long": Message("Esegui una query lunga (senza collegamento)", "Run a long query (without a link)"),
    "sparql.place": Message("Riga {line}, colonna {column}.", "Line {line}, column {column}."),
    "sparql.yes": Message("Sì (true)", "Yes (true)"),
    "sparql.no": Message("No (false)", "No (false)"),
    "sparql.too_long": Message(
        "La risposta è di {megabytes} MB, troppo lunga per una pagina: scaricala.",
        "The answer is {megabytes} MB long, too long for a page: download it.",
    ),
    "sparql.download": Message("Scarica la risposta:", "Download the answer:"),
    "sparql.link": Message("Collegamento a questa query", "Link to this query"),
    "sparql.formats": Message("Ci sono: {known}.", "There are: {known}."),
    "sparql.media_type": Message("Una query si manda come {known}.", "A query is sent as {known}."),
    "editor.all_rows": Message("Mostra tutte le righe", "Show all rows"),
    "editor.chart": Message("Grafico", "Chart"),
    "editor.chart_cut": Message(
        "Il grafico mostra le prime {first} righe di {total}.", "The chart shows the first {first} of {total} rows."
    ),
    "editor.chart_figure": Message("Cifre:", "Figures:"),
    "editor.chart_name": Message("Nomi:", "Names:"),
    "editor.chart_table": Message("Le stesse cifre sono nella tabella.", "The table has the same figures."),
    "editor.chart_title": Message(
        "Barre di {figure} per {name}, {total} righe", "Bars of {figure} by {name}, {total} rows"
    ),
    "editor.examples": Message("Esempi", "Examples"),
    "editor.examples.text": Message(
        "Le domande già pronte: una scelta riempie la query e la esegue.",
        "The stored questions: choosing one fills in the query and runs it.",
    ),
    "editor.first_rows": Message(
        "La tabella mostra le prime {first} righe di {total}.", "The table shows the first {first} of {total} rows."
    ),
    "editor.keys": Message(
        "Tasti: Ctrl+Invio esegue, Ctrl+Spazio suggerisce prefissi, classi e proprietà, Tab o Esc esce dalla query.",
        "Keys: Ctrl+Enter runs, Ctrl+Space suggests prefixes, classes and properties, Tab or Esc leaves the query.",
    ),
    "editor.licences": Message("Licenze delle parti di altri", "Licences of the parts by others"),
    "editor.map": Message("Mappa", "Map"),
    "editor.map_points": Message(
        "{total} punti da {rows} righe, su meridiani e paralleli.",
        "{total} points from {rows} rows, on meridians and parallels.",
    ),
    "editor.map_title": Message("Mappa di {total} punti", "Map of {total} points"),
    "editor.mistake": Message(
        "Da questa riga in poi la query non segue la grammatica di SPARQL.",
        "From this line on the query does not follow the grammar of SPARQL.",
    ),
    "editor.raw": Message("Come è arrivata", "As it came"),
    "editor.raw_cut": Message(
        "Qui c'è solo l'inizio: per averla tutta, scaricala.", "This is only the beginning: download it to have it all."
    ),
    "editor.running": Message("In esecuzione…", "Running…"),
    "editor.seconds": Message("{seconds} s", "{seconds} s"),
    "editor.sort": Message("Ordina secondo questa colonna", "Sort by this column"),
    "editor.stop": Message("Ferma", "Stop"),
    "editor.stopped": Message("La query è stata fermata.", "The query was stopped."),
    "editor.table": Message("Tabella", "Table"),
    "editor.too_long": Message(
        "La risposta è troppo lunga per una pagina: scaricala.", "The answer is too long for a page: download it."
    ),
    "editor.unreachable": Message(
        "Il server non si raggiunge: la query non ha avuto risposta.",
        "The server cannot be reached: the query was not answered.",
    ),
    "editor.views": Message("Modi di vedere la risposta", "Ways to see the answer"),
    "detail.crashed": Message(
        "La query ha fermato il motore, che è già ripartito: semplificala.",
        "The query stopped the engine, which is running again: make it simpler.",
    ),
    "method.title": Message("Metodo, limiti, correzioni", "Method, limits, corrections"),
}
