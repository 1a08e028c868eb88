"""What the map, the network and the matrix say."""

from typing import Final

from ctl_graph.errors import Message

PICTURES: Final[dict[str, Message]] = {
    # what cannot be chosen
    "chosen.known": Message(
        "{name}={given}: non è un valore che la pagina conosce. Vanno bene: {known}.",
        "{name}={given}: the page knows no such value. These work: {known}.",
    ),
    "chosen.example": Message(
        "{name}={given}: non è un valore che la pagina conosce. Un esempio che va bene: {known}. Senza {name} la "
        "pagina mostra tutto.",
        "{name}={given}: the page knows no such value. An example that works: {known}. Without {name} the page shows "
        "everything.",
    ),
    "chosen.none": Message(
        "{name}={given}: non è un valore che la pagina conosce, e qui non ce n’è nessuno. Togliete {name} "
        "dall’indirizzo.",
        "{name}={given}: the page knows no such value, and there is none here. Take {name} out of the address.",
    ),
    "map.both": Message(
        "seat={seat} e country={country} insieme: la pagina mostra una provincia o un Paese per volta. Togliete uno "
        "dei due dall’indirizzo.",
        "seat={seat} and country={country} together: the page shows one province or one country at a time. Take one of "
        "the two out of the address.",
    ),
    "network.backwards": Message(
        "from={first} e to={last}: il primo anno viene dopo l’ultimo. Scambiateli, o togliete uno dei due.",
        "from={first} and to={last}: the first year is after the last. Swap them, or take one of the two out.",
    ),
    "pictures.cluster": Message("Cluster", "Cluster"),
    "pictures.every_cluster": Message("Tutti i cluster", "All clusters"),
    "pictures.show": Message("Mostra", "Show"),
    "pictures.csv": Message("Scarica i dati (CSV)", "Download the data (CSV)"),
    "pictures.table": Message("Tabella: {of}", "Table: {of}"),
    "map.short": Message("Mappa", "Map"),
    "network.short": Message("Rete", "Network"),
    # over time
    "timeline.drawn": Message(
        "Ciò che è elencato qui sotto, nel tempo. Dove si conosce solo l’anno, la barra è lunga un anno; è "
        "tratteggiata dove nessuna fonte dice l’inizio o la fine, e vuota dove le fonti dicono solo che c’era.",
        "What is listed below, over time. Where only the year is known, the bar is a year long; it is dashed where no "
        "source says the start or the end, and empty where the sources say only that it was there.",
    ),
    "timeline.undated": Message(
        "{total} sono senza data e non vi compaiono.", "{total} have no date and are not in it."
    ),
    "timeline.undated.one": Message("Una è senza data e non vi compare.", "One has no date and is not in it."),
    # the map
    "map": Message("La mappa", "The map"),
    "map.lead": Message(
        "Dove hanno sede i membri dei cluster in Lombardia e da quali Paesi vengono i partner delle "
        "collaborazioni. Scegli una provincia o un Paese, sulla mappa o nella tabella, per vedere di chi si tratta.",
        "Where the members of the clusters have their seats in the region, and which countries the partners of the "
        "collaborations are from. Choose a province or a country, on the map or in the table, to see who they are.",
    ),
    "map.counted": Message("Che cosa contare", "What to count"),
    "map.legend": Message("Legenda", "Legend"),
    "map.column.members": Message("Membri", "Members"),
    "map.column.partners": Message("Partner", "Partners"),
    "map.column.collaborations": Message("Collaborazioni", "Collaborations"),
    "map.members.many": Message("{total} membri", "{total} members"),
    "map.members.many.one": Message("{total} membro", "{total} member"),
    "map.partners.many": Message("{total} partner", "{total} partners"),
    "map.partners.many.one": Message("{total} partner", "{total} partner"),
    "map.collaborations.many": Message("{total} collaborazioni", "{total} collaborations"),
    "map.collaborations.many.one": Message("{total} collaborazione", "{total} collaboration"),
    "map.members.of": Message("{name}: {total} membri", "{name}: {total} members"),
    "map.members.of.one": Message("{name}: {total} membro", "{name}: {total} member"),
    "map.partners.of": Message("{name}: {total} partner", "{name}: {total} partners"),
    "map.partners.of.one": Message("{name}: {total} partner", "{name}: {total} partner"),
    "map.collaborations.of": Message("{name}: {total} collaborazioni", "{name}: {total} collaborations"),
    "map.collaborations.of.one": Message("{name}: {total} collaborazione", "{name}: {total} collaboration"),
    "map.provinces.members": Message("I membri, provincia per provincia", "The members, province by province"),
    "map.provinces.partners": Message("I partner, provincia per provincia", "The partners, province by province"),
    "map.provinces.collaborations": Message(
        "Le collaborazioni, provincia per provincia", "The collaborations, province by province"
    ),
    "map.provinces.table": Message("Le province in cifre", "The provinces in figures"),
    "map.province": Message("Provincia", "Province"),
    "map.countries.partners": Message("I partner, Paese per Paese", "The partners, country by country"),
    "map.countries.collaborations": Message(
        "Le collaborazioni, Paese per Paese", "The collaborations, country by country"
    ),
    "map.countries.table": Message("I Paesi in cifre", "The countries in figures"),
    "map.country": Message("Paese", "Country"),
    "map.seat.place-only": Message(
        "Sede in un luogo di cui non è nota la provincia", "Seat in a place whose province is not known"
    ),
    "map.seat.unknown": Message("Sede ignota", "Seat not known"),
    "map.country.unknown": Message("Paese ignoto", "Country not known"),
    "map.said.bodies.seat.place-only": Message(
        "Per {what} le fonti dicono un luogo ma non la provincia: sulla mappa non compaiono, nella tabella sì.",
        "For {what} the sources give a place but no province: they are not on the map, but in the table.",
    ),
    "map.said.bodies.seat.unknown": Message(
        "Per {what} nessuna fonte dice una sede: sulla mappa non compaiono, nella tabella sì.",
        "For {what} no source says a seat: they are not on the map, but in the table.",
    ),
    "map.abroad": Message(
        "Fra questi ci sono i partner di altri Paesi, che la seconda mappa conta Paese per Paese.",
        "Among them are the partners from other countries, which the second map counts country by country.",
    ),
    "map.said.bodies.country.unknown": Message(
        "Per {what} nessuna fonte dice il Paese: sulla mappa non compaiono, nella tabella sì. Fra questi possono "
        "esserci territori che una fonte elenca senza dire quale ente partecipa.",
        "For {what} no source says the country: they are not on the map, but in the table. Among them may be "
        "territories that a source lists without saying which body takes part.",
    ),
    "map.said.collaborations.seat.place-only": Message(
        "In {what} c’è chi ha sede in un luogo di cui le fonti non dicono la provincia: di questi la mappa non conta "
        "la provincia.",
        "In {what} somebody has a seat in a place whose province the sources do not say: their province is not counted "
        "on the map.",
    ),
    "map.said.collaborations.seat.unknown": Message(
        "In {what} c’è chi ha una sede che nessuna fonte dice: di questi la mappa non conta la provincia.",
        "In {what} somebody has a seat that no source says: their province is not counted on the map.",
    ),
    "map.said.collaborations.country.unknown": Message(
        "In {what} c’è un partner di cui nessuna fonte dice il Paese: di questi la mappa non conta il Paese.",
        "In {what} there is a partner whose country no source says: their country is not counted on the map.",
    ),
    "map.unplaced.seat.place-only": Message(
        "Eccoli: in un luogo senza provincia nota", "Here they are: in a place without a known province"
    ),
    "map.unplaced.seat.unknown": Message("Eccoli: senza sede nota", "Here they are: without a known seat"),
    "map.unplaced.country.unknown": Message("Eccoli: senza Paese noto", "Here they are: without a known country"),
    "map.elsewhere": Message("Fuori da questa mappa:", "Outside this map:"),
    "map.twice": Message(
        "Chi ha più sedi conta in ogni sua provincia; una collaborazione conta in ogni provincia in cui ha sede un suo "
        "partecipante: le righe non si sommano. I cluster stessi non sono contati.",
        "Who has several seats counts in each of their provinces; a collaboration counts in each province where one of "
        "its parties has a seat: the rows do not add up. The clusters themselves are not counted.",
    ),
    "map.all_of_them": Message(
        "Senza scegliere un cluster si contano tutte le collaborazioni di cui parlano le fonti, anche i progetti a cui "
        "nessun cluster partecipa in proprio; con un cluster, solo quelle a cui partecipa.",
        "Without choosing a cluster, all the collaborations that the sources speak of are counted, even projects in "
        "which no cluster itself takes part; with a cluster, only those that it takes part in.",
    ),
    "map.countries.twice": Message(
        "Un partner è un’organizzazione, e può stare in più collaborazioni; una collaborazione conta in ogni Paese da "
        "cui viene un suo partner, o che una fonte nomina come controparte: le righe non si sommano.",
        "A partner is an organisation, and may be in several collaborations; a collaboration counts in each country "
        "that a partner is from, or that a source names as the counterpart: the rows do not add up.",
    ),
    "map.same_as_listed": Message(
        "Le collaborazioni sono le stesse dell’elenco nel tempo", "The collaborations are those of the list over time"
    ),
    "map.undertaken.one": Message("La collaborazione, nel tempo", "The collaboration, over time"),
    "map.undertaken": Message("Le {total} collaborazioni, nel tempo", "The {total} collaborations, over time"),
    "map.no_partner": Message("nessun ente nominato: solo il Paese", "no body named: only the country"),
    "map.boundaries": Message(
        "I confini sono semplificati e servono solo a orientarsi. Fonte dei confini: Natural Earth, pubblico dominio.",
        "The boundaries are simplified and only show the way. Source of the boundaries: Natural Earth, public domain.",
    ),
    "map.nobody": Message(
        "Di nessuno una fonte dice che è qui; di altri non si sa dove siano.",
        "No source places anyone here; where others are is not known.",
    ),
    "map.no_partners": Message(
        "Nessuna fonte nomina partner di collaborazioni.", "No source names partners in collaborations."
    ),
    "map.whole": Message("Torna alle due mappe", "Back to both maps"),
    "map.partner": Message("Partner", "Partner"),
    "map.collaboration": Message("Collaborazione", "Collaboration"),
    # the network
    "network": Message("La rete", "The network"),
    "network.lead": Message(
        "Chi lega i cluster fra loro: le organizzazioni che fanno o facevano parte di più cluster, e le collaborazioni "
        "a cui più cluster partecipano. Con i filtri si vede anche il resto.",
        "Who links the clusters: the organisations that belong or belonged to several of them, and the collaborations "
        "in which several take part. The filters show the rest, too.",
    ),
    "network.show": Message("Che cosa mostrare", "What to show"),
    "network.show.shared": Message("Solo ciò che lega più cluster", "Only what links several clusters"),
    "network.show.all": Message("Tutto", "Everything"),
    "network.type": Message("Tipo", "Type"),
    "network.every_type": Message("Tutti i tipi", "All types"),
    "network.from": Message("Dall’anno", "From the year"),
    "network.to": Message("All’anno", "To the year"),
    "network.period.from": Message(
        "Restano i legami non ancora finiti il 1º gennaio {first}.",
        "What is left are the links that had not ended on 1 January {first}.",
    ),
    "network.period.to": Message(
        "Restano i legami cominciati, o noti, entro il 31 dicembre {last}.",
        "What is left are the links that had begun, or were known, by 31 December {last}.",
    ),
    "network.period.from_to": Message(
        "Restano i legami cominciati, o noti, entro il 31 dicembre {last} e non ancora finiti il 1º gennaio {first}.",
        "What is left are the links that had begun, or were known, by 31 December {last} and had not ended on "
        "1 January {first}.",
    ),
    "network.period.undated": Message("Restano anche quelli senza data.", "Those without a date are left, too."),
    "network.dated": Message("Solo legami con una data", "Only links with a date"),
    "network.drawing": Message("Il disegno", "The drawing"),
    "network.clusters": Message("{total} cluster", "{total} clusters"),
    "network.clusters.one": Message("{total} cluster", "{total} cluster"),
    "network.organisations": Message("{total} organizzazioni", "{total} organisations"),
    "network.organisations.one": Message("{total} organizzazione", "{total} organisation"),
    "network.collaborations": Message("{total} collaborazioni", "{total} collaborations"),
    "network.collaborations.one": Message("{total} collaborazione", "{total} collaboration"),
    "network.undated": Message(
        "{total} legami sono senza data nelle fonti: sono a puntini.",
        "{total} links have no date in the sources: they are dotted.",
    ),
    "network.undated.one": Message(
        "{total} legame è senza data nelle fonti: è a puntini.",
        "{total} link has no date in the sources: it is dotted.",
    ),
    "network.alt": Message(
        "Disegno della rete: i cluster in cerchio, dentro ciò che lega più cluster, fuori ciò che è legato a uno solo. "
        "La tabella qui sotto dice lo stesso a parole.",
        "Drawing of the network: the clusters in a ring, inside what links several of them, outside what is linked to "
        "one only. The table below says the same in words.",
    ),
    "network.label": Message("La rete: le frecce portano da un punto all’altro", "The network: arrows lead on"),
    "network.keys": Message(
        "Con la tastiera: le frecce seguono i legami, Invio apre la pagina, + e − ingrandiscono, Esc mostra l’insieme.",
        "By keyboard: the arrows follow the links, Enter opens the page, + and − zoom, Escape shows the whole again.",
    ),
    "network.said": Message("{name}, {type}. {count} legami: {linked}.", "{name}, {type}. {count} links: {linked}."),
    "network.said.one": Message("{name}, {type}. Un legame: {linked}.", "{name}, {type}. One link: {linked}."),
    "network.in": Message("Ingrandisci", "Zoom in"),
    "network.out": Message("Riduci", "Zoom out"),
    "network.whole": Message("Tutta la rete", "The whole network"),
    "network.with_date": Message("legame con una data", "link with a date"),
    "network.without_date": Message("legame senza data", "link without a date"),
    "network.nothing": Message("Con questi filtri non resta nulla.", "Nothing is left with these filters."),
    "network.table": Message("I legami uno per uno", "The links one by one"),
    "network.thing": Message("Organizzazione o collaborazione", "Organisation or collaboration"),
    "network.first_day": Message("Noto, al più tardi, dal", "Known, at the latest, from"),
    "network.last_day": Message("Fino, al più tardi, al", "Until, at the latest"),
    "network.no_date": Message("senza data", "undated"),
    "network.type.Cluster": Message("cluster", "cluster"),
    "network.type.University": Message("università", "university"),
    "network.type.ResearchBody": Message("ente di ricerca", "research body"),
    "network.type.Enterprise": Message("impresa", "firm"),
    "network.type.PublicBody": Message("ente pubblico", "public body"),
    "network.type.Association": Message("associazione", "association"),
    "network.type.unknown": Message("organizzazione di tipo non detto", "organisation, type not stated"),
    "network.type.Collaboration": Message("collaborazione o progetto", "collaboration or project"),
}
