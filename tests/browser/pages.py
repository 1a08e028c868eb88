"""All kinds of pages that the site has: each with an address in Valdoro and one in the real data.

`{release}` stands for the id of the current release. What checks or measures pages takes them from here, and a test
holds the list to the rules of the application.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

DOMAINS: Final = quote("SELECT ?cluster ?domain { ?cluster <https://w3id.org/ctl/def/technologyDomain> ?domain }")
MEMBERS: Final = "/questions/members-on-date"
WRONG: Final = quote("SELECT * { ?s ?p } }")
ALFA: Final = "https://example.org/region/id/cluster/alfa"
AFIL: Final = "https://w3id.org/ctl/id/cluster/afil"


@dataclass(frozen=True)
class Kind:
    """One kind of page. `real` is None where the real data have no such page."""

    name: str
    valdoro: str
    real: str | None
    status: int = 200
    is_whole: bool = True  # has the frame of the site; what others show in a frame of theirs has not

    @property
    def is_twin(self) -> bool:
        """The same page at another address: looked at where time is no matter."""
        return self.name.endswith(("as it was", "in a language", "by its IRI"))


KINDS: Final = (
    Kind("home", "/", "/"),
    Kind("clusters", "/clusters", "/clusters"),
    Kind("cluster", "/doc/cluster/alfa", "/doc/cluster/afil"),
    Kind("organisation", "/doc/organisation/university", "/doc/organisation/polimi"),
    Kind("collaborations", "/collaborations", "/collaborations"),
    Kind("collaborations, chosen", "/collaborations?cluster=alfa", "/collaborations?cluster=afil&country=ESP"),
    Kind("collaboration", "/doc/collaboration/ponte", "/doc/collaboration/afil-cfi"),
    Kind("agreement", "/doc/agreement/patto", "/doc/agreement/lac-piemonte"),
    Kind("project", "/doc/project/ponte", "/doc/project/ad-com"),
    Kind("strategies", "/strategies", "/strategies"),
    Kind("strategy", "/doc/strategy/s3-2014-2020", "/doc/strategy/s3-2014-2020"),
    Kind("area", "/doc/area/2014-2020-materials", "/doc/area/2014-2020-aerospazio"),
    Kind("national clusters", "/national-clusters", "/national-clusters"),
    Kind("national cluster", "/doc/national-cluster/patria", "/doc/national-cluster/cfi"),
    Kind("programme", "/doc/programme/futuro", "/doc/programme/horizon-2020"),
    Kind("membership", "/doc/membership/alfa-foundry-founder", "/doc/membership/afil-abb-member-2020-07"),
    Kind("map", "/map", "/map"),
    Kind("map, list", "/map?seat=unknown", "/map?seat=unknown"),
    Kind("map, partners", "/map?cluster=alfa&counted=partners", "/map?cluster=afil&counted=partners"),
    Kind("network", "/network", "/network"),
    Kind("network, all", "/network?show=all&from=2010", "/network?show=all&from=2010"),
    Kind("disagreements", "/disagreements", "/disagreements"),
    Kind("disagreement", "/doc/disagreement/alfa-founded", "/doc/disagreement/afil-founded"),
    Kind("statement", "/doc/statement/alfa-founded-2014", "/doc/statement/ad-com-duration-30-months"),
    Kind("sources", "/sources", "/sources"),
    Kind("sources, found", "/sources?q=statuto&year=2013", "/sources?q=statuto"),
    Kind("source", "/doc/source/newspaper", "/doc/source/www-4-unipv-it-3d-unipv"),
    Kind("source graph", "/graph/newspaper", "/graph/www-4-unipv-it-3d-unipv"),
    Kind("accepted graph", "/graph/accepted", "/graph/accepted"),
    Kind("graphs", "/graphs", "/graphs"),
    Kind("class", "/class/MemberOrganisation", "/class/MemberOrganisation"),
    Kind("vocabulary", "/def/", "/def/"),
    Kind("vocabulary by its IRI", "/def", "/def"),
    Kind("term", "/def/RegionalCluster", "/def/RegionalCluster"),
    Kind("property", "/def/everMemberOf", "/def/everMemberOf"),
    Kind("search", "/search", "/search"),
    Kind("search, found", "/search?q=valdoro", "/search?q=milano"),
    Kind("search, facets", "/search?cluster=cluster/alfa", "/search?cluster=cluster/afil&type=MemberOrganisation"),
    Kind("search, nothing found", "/search?q=zzz", "/search?q=zzz"),
    Kind("questions", "/questions", "/questions"),
    Kind("question", "/questions/counts", "/questions/counts"),
    Kind("question of values", f"{MEMBERS}?cluster={ALFA}", f"{MEMBERS}?cluster={AFIL}"),
    Kind("question without rows", f"{MEMBERS}?date=1900-01-01", f"{MEMBERS}?date=1900-01-01"),
    Kind("data", "/data", "/data"),
    Kind("catalogue", "/catalog", "/catalog"),
    Kind("dataset", "/dataset/organisations", "/dataset/organisations"),
    Kind("statistics", "/void", "/void"),
    Kind("profiles", "/profiles", "/profiles"),
    Kind("releases", "/releases", "/releases"),
    Kind("release", "/release/{release}", "/release/{release}"),
    Kind("changes", "/changes", "/changes"),
    Kind("cluster as it was", "/release/{release}/doc/cluster/alfa", "/release/{release}/doc/cluster/afil"),
    Kind("graph as it was", "/release/{release}/graph/newspaper", "/release/{release}/graph/www-4-unipv-it-3d-unipv"),
    Kind("catalogue as it was", "/release/{release}/catalog", "/release/{release}/catalog"),
    Kind("dataset as it was", "/release/{release}/dataset/organisations", "/release/{release}/dataset/organisations"),
    Kind("method", "/doc/method", "/doc/method"),
    Kind("accessibility", "/accessibility", "/accessibility"),
    Kind("method as it was", "/release/{release}/doc/method", "/release/{release}/doc/method"),
    Kind("API", "/api", "/api"),
    Kind("API, question", "/api/help/members-on-date", "/api/help/members-on-date"),
    Kind("reconciliation", "/reconcile", "/reconcile"),
    Kind("reconciliation in a language", "/reconcile/it", "/reconcile/it"),
    Kind("reconciliation, help", "/reconcile/help", "/reconcile/help"),
    Kind("reconciliation, help in a language", "/reconcile/it/help", "/reconcile/it/help"),
    Kind("preview", f"/reconcile/preview?id={ALFA}", f"/reconcile/preview?id={AFIL}", 200, False),
    Kind("preview in a language", f"/reconcile/it/preview?id={ALFA}", f"/reconcile/it/preview?id={AFIL}", 200, False),
    Kind("SPARQL form", "/sparql", "/sparql"),
    Kind("SPARQL form as it was", "/release/{release}/sparql", "/release/{release}/sparql"),
    Kind("SPARQL answer", f"/sparql?query={DOMAINS}", f"/sparql?query={DOMAINS}"),
    Kind("SPARQL mistake", f"/sparql?query={WRONG}", f"/sparql?query={WRONG}", 400),
    Kind("problems", "/problems", "/problems"),
    Kind("not found", "/nothing", "/nothing", 404),
    Kind("withdrawn", "/doc/organisation/vanished", None, 410),
)  # fmt: skip
