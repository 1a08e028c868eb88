"""What the pages of clusters, organisations, projects and strategies say."""

from typing import Final

from ctl_graph.errors import Message

PORTRAITS: Final[dict[str, Message]] = {
    # who says so
    "evidence.mark": Message("Fonte {number}", "Source {number}"),
    "evidence.original": Message("originale", "original"),
    "evidence.confidence": Message("fiducia", "confidence"),
    # every portrait
    "portrait.statements": Message("Tutte le affermazioni, una per una", "All statements, one by one"),
    "thing.portrait": Message("Torna alla pagina in breve", "Back to the page in short"),
    "portrait.none": Message("Nessuna fonte ne parla.", "No source speaks of it."),
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
    "portrait.members": Message("Aderenti", "Members"),
    "portrait.national": Message("Cluster nazionale", "National cluster"),
    "portrait.does": Message("Che cosa fa", "What it does"),
    # an organisation
    "portrait.what": Message("Che cos’è", "What it is"),
    "portrait.clusters": Message("I cluster", "Clusters"),
}
