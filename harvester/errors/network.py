"""Why no page came: robots.txt, the network, the server. Each cause has its kind."""

from harvester.errors.root import Exit, PageError


class RobotsDenied(PageError):
    """robots.txt disallows the page, could not be fetched (RFC 9309, 2.3.1), or asks for a pause beyond all use."""

    kind = "robots"
    code = Exit.REFUSED
    advice = "robots.txt is always obeyed. Write to the archive, or replay captures."


class OffSiteRedirect(PageError):
    """The server sends the reader away from the site; it is not followed."""

    kind = "off-site"
    code = Exit.REFUSED
    advice = "Off-site redirects are not followed. If the archive moved, give the new address."


class UnreachablePage(PageError):
    """The server could not be reached, or says of itself that it is down."""

    kind = "unreachable"
    code = Exit.UNREACHABLE
    advice = "The server did not answer. Run the same command later; what was read is kept."


class NoSuchHost(UnreachablePage):
    """The host's name cannot be resolved."""

    kind = "dns"
    advice = "The name has no address now. Check it, and the network; then run the same command again."


class ConnectionRefused(UnreachablePage):
    """Nobody listens at the address."""

    kind = "refused"


class ConnectionLost(UnreachablePage):
    """The connection was reset or closed before an answer had come."""

    kind = "reset"


class TimedOut(UnreachablePage):
    """The whole page had not come within the time allowed, whether nothing came or only drops."""

    kind = "time-out"
    advice = "The server is too slow now. Run the same command later, or allow more time with --timeout."


class CutOff(UnreachablePage):
    """The body ended before its announced length or its last chunk."""

    kind = "cut-off"


class BrokenEncoding(UnreachablePage):
    """The body is not whole in its content encoding (gzip cut short, a wrong checksum), or not in the one named."""

    kind = "broken-encoding"


class RateLimited(UnreachablePage):
    """The server says that it is asked too often, or to be left alone for a while: 429, or Retry-After."""

    kind = "rate-limited"
    advice = "The server wants to be asked less. Wait, then run the same command; a pause it asks for is kept to."


class ServerError(UnreachablePage):
    """The server answered with a status that tells of its own trouble: 408 or 5xx."""

    kind = "server-error"


class RedirectLoop(UnreachablePage):
    """The server sends the reader round in a circle, or through too many places."""

    kind = "redirect-loop"
