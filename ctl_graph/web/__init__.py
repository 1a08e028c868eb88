"""The server: what is published, as linked data and as pages. `create_app` puts the rooms together."""

from flask import Flask, request
from werkzeug.http import parse_date
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from ctl_graph.config import Config
from ctl_graph.web import (
    api,
    catalogue,
    collaborations,
    description,
    errors,
    fair_use,
    feeds,
    finding,
    found,
    graph_store,
    health,
    memento,
    oai,
    pages,
    pictures,
    profiled,
    reconcile,
    releases,
    resources,
    signposts,
    site,
    sparql,
    strategies,
    terms,
    watch,
)

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BLUEPRINTS = (
    health.bp,
    resources.bp,
    pages.bp,
    finding.bp,
    pictures.bp,
    sparql.bp,
    graph_store.bp,
    description.bp,
    catalogue.bp,
    api.bp,
    found.bp,
    profiled.bp,
    signposts.bp,
    releases.bp,
    feeds.bp,
    strategies.bp,
    collaborations.bp,
    terms.bp,
    oai.bp,
    memento.bp,
)
_EXPOSED = (
    "Accept-Query, Content-Location, Content-Profile, ETag, Link, Memento-Datetime, RateLimit, RateLimit-Policy, "
    "Retry-After"
)
_TAKEN = "Accept, Accept-Datetime, Accept-Language, Accept-Profile, Content-Type, If-None-Match"


def create_app(config: Config) -> Flask:
    """The application for these settings; it opens the release when the first request comes."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = errors.LONGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = errors.LONGEST_BODY
    app.config["TRUSTED_HOSTS"] = config.trusted_hosts.split() or None
    # The router sends nobody elsewhere by itself: its redirects hold the Host that the request claims.
    app.url_map.merge_slashes = app.url_map.redirect_defaults = app.url_map.strict_slashes = False
    app.before_request(_ignore_what_is_no_date)
    watch.init_app(app)
    site.init_app(app, config)
    errors.init_app(app)
    fair_use.init_app(app, config)
    memento.init_app(app)
    pages.init_app(app)
    pictures.init_app(config)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    reconcile.init_app(app)
    app.after_request(_say_what_is_allowed)
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    return app


def _ignore_what_is_no_date() -> None:
    """As https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3 says; Werkzeug fails on an offset of many digits."""
    for name in ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE"):
        try:
            parse_date(request.environ.get(name))
        except OverflowError:
            del request.environ[name]


def _say_what_is_allowed(response: Response) -> Response:
    """Reading is for everyone, from any page; what a page of ours may do in a browser is little."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, QUERY")
        headers.setdefault("Access-Control-Allow-Headers", _TAKEN)
        headers.setdefault("Access-Control-Max-Age", "86400")
    return response
