"""Whether the server lives and whether it answers, for those who start, watch and balance servers."""

import json
from typing import Final

from flask import Blueprint, Response, request

from ctl_graph import questions
from ctl_graph.formats import JSON, Format
from ctl_graph.web import site
from ctl_graph.web.negotiation import negotiate

bp = Blueprint("health", __name__, url_prefix="/health")

_TEXT: Final = Format("Text", "text/plain", "txt")
_WORDS: Final = {
    "live": "live",
    "ready": "ready",
    "degraded": "ready, degraded: the current release was refused",
}


@bp.get("/live")
def live() -> Response:
    """Whether this process answers at all."""
    return _health("live")


@bp.get("/ready")
def ready() -> Response:
    """Whether questions are answered; the reason why not is for the log, never for the visitor."""
    questions.ask(site.graphs(), "_ready", accepted=site.accepted())
    release = site.current_release()
    confinement = {} if site.is_confined() else {"confinement": "unconfined"}
    state = "degraded" if site.is_degraded() else "ready"
    return _health(state, **({"release": release.id} if release else {}), **confinement)


def _health(state: str, **particulars: str) -> Response:
    if negotiate((_TEXT, JSON), request.headers.get("Accept")) is JSON:
        response = Response(json.dumps({"status": state, **particulars}), mimetype=JSON.media_type)
    else:
        notes = [_WORDS[state], *([particulars["confinement"]] if "confinement" in particulars else [])]
        response = Response(", ".join(notes) + "\n", mimetype=_TEXT.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
