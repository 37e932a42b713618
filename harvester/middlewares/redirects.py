"""Follows redirects on the same site only; others come back as they are, to be reported."""

from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response

from harvester.urls import split_url


class OnSiteRedirectMiddleware(RedirectMiddleware):
    """Scrapy's middleware, kept from leaving the host that was asked."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the request to follow, or the redirect itself where it leads off the site."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        if 300 <= response.status < 400 and location and not self._on_site(request.url, urljoin(request.url, location)):
            return response
        return super().process_response(request, response)

    def _on_site(self, here: str, there: str) -> bool:
        a, b = split_url(here), split_url(there)
        if a is None or b is None:
            return False
        if a.hostname == b.hostname:
            return a.port == b.port or (a.port, b.port) in {(None, 443), (80, None), (80, 443)}
        site = getattr(self.crawler.spider, "site", None)
        return site is not None and {a.hostname, b.hostname} <= set(site.hosts) and a.port == b.port
