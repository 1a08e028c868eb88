"""What the pages of clusters, organisations, projects and strategies say."""

from typing import Final

from ctl_graph.errors import Message

PORTRAITS: Final[dict[str, Message]] = {
    # who says so
    "evidence.mark": Message("Fonte {number}", "Source {number}"),
    "evidence.close": Message("Chiudi", "Close"),
    "evidence.original": Message("originale", "original"),
    "evidence.confidence": Message("affidabilità", "confidence"),
    "evidence.unsaid": Message("non detta", "not said"),
    "evidence.more.one": Message("e un’altra fonte", "and another source"),
    "evidence.more": Message("e altre {total} fonti", "and {total} more sources"),
    # every portrait
    "portrait.statements": Message("Tutte le affermazioni, una per una", "All statements, one by one"),
    "thing.portrait": Message("Torna alla pagina in breve", "Back to the page in short"),
    "portrait.more.one": Message("e un altro", "and another one"),
    "portrait.more": Message("e altri {total}", "and {total} more"),
    "portrait.pointing": Message(
        "Di {total} affermazioni che portano qui se ne vedono {shown}; le altre sono fra tutte le affermazioni.",
        "Of {total} statements that lead here, this page shows {shown}; the others are among all statements.",
    ),
    "portrait.none": Message("Nessuna fonte ne parla.", "No source speaks of it."),
    "portrait.description": Message(
        "{name}: che cosa ne dicono le fonti, affermazione per affermazione, con la data e l’affidabilità di ognuna.",
        "{name}: what sources say, statement by statement, with the date and the confidence of each.",
    ),
    "portrait.disputed": Message("Le fonti non concordano su:", "Sources disagree about:"),
    "portrait.disagreements": Message("Dove le fonti non concordano", "Where sources disagree"),
    "portrait.collaborations.all": Message("Tutte le {total} partecipazioni", "All {total} participations"),
    "portrait.until": Message("fino a {day}", "until {day}"),
    "portrait.undated": Message("senza data", "undated"),
    "portrait.other": Message("Altri", "Others"),
    "portrait.collaborations": Message("Collaborazioni nel tempo", "Collaborations over time"),
    "portrait.excellences": Message("Marchi di qualità ed eccellenze", "Quality labels and excellences"),
    # a cluster
    "portrait.who": Message("Chi è", "Who it is"),
    "portrait.names": Message("I nomi nel tempo", "Names over time"),
    "portrait.recognition": Message("Riconoscimento", "Recognition"),
    "portrait.act": Message("con l’atto", "by the act"),
    "portrait.act.possible": Message(
        "con uno di questi atti: le fonti non dicono quale", "by one of these acts: sources do not say which"
    ),
    "portrait.areas": Message("Aree di specializzazione S3", "S3 specialisation areas"),
    "portrait.thematic": Message("solo accostata per tema", "only matched by theme"),
    "portrait.members": Message("Aderenti", "Members"),
    "portrait.count.members": Message(
        "aderenti che conosciamo per nome, in qualunque tempo", "members known by name, at any time"
    ),
    "portrait.count.stated": Message("{counted}, secondo una fonte del {day}", "{counted}, by a source of {day}"),
    "portrait.count.collaborations": Message("Collaborazioni", "Collaborations"),
    "portrait.count.countries": Message("Paesi dei partner", "Countries of partners"),
    "portrait.count.excellences": Message("Marchi ed eccellenze", "Labels and excellences"),
    "portrait.national": Message("Cluster nazionale", "National cluster"),
    "portrait.countries": Message("Partner per Paese", "Partners by country"),
    "portrait.country.unknown": Message("Paese ignoto", "country unknown"),
    "portrait.sizes": Message("Quanti sono, secondo le fonti", "How many they are, by the sources"),
    "portrait.sizes.chart": Message(
        "Quanti {counted} danno le fonti, nel tempo: sono i numeri della tabella.",
        "How many {counted} sources give, over time: the numbers of the table.",
    ),
    "portrait.sizes.counted": Message("Che cosa si conta", "What is counted"),
    "portrait.sizes.stated": Message("Quanti, secondo la fonte", "How many, as the source says"),
    "how_many.just": Message("{number}", "{number}"),
    "how_many.about": Message("circa {number}", "about {number}"),
    "how_many.least": Message("almeno {number}", "at least {number}"),
    "how_many.most": Message("al massimo {number}", "at most {number}"),
    "how_many.between": Message("tra {least} e {most}", "between {least} and {most}"),
    "portrait.sizes.when": Message("Quando", "When"),
    "portrait.members.some": Message(
        "Qui ne stanno {shown} di {total}, alcuni di ogni tipo.", "Here are {shown} of {total}, some of each type."
    ),
    "portrait.members.of": Message("{shown} di {total}", "{shown} of {total}"),
    "portrait.members.all": Message("Tutti i {total}, adesione per adesione", "All {total}, membership by membership"),
    "portrait.sizes.all.one": Message("C’è un’altra osservazione", "There is another observation"),
    "portrait.sizes.all": Message("Ci sono altre {total} osservazioni", "There are {total} more observations"),
    "portrait.does": Message("Che cosa fa", "What it does"),
    # an organisation
    "portrait.organisations": Message("Organizzazioni", "Organisations"),
    "portrait.what": Message("Che cos’è", "What it is"),
    "portrait.manages": Message("Gestisce", "Manages"),
    "portrait.clusters": Message("I cluster", "Clusters"),
}
