"""Scrapy's settings: what differs from its defaults, each with the default and the reason."""

from harvester import __version__

BOT_NAME = "archive-harvester"
SPIDER_MODULES = ["harvester.spiders"]
NEWSPIDER_MODULE = "harvester.spiders"
COMMANDS_MODULE = "harvester.commands"  # default "": our crawl refuses to start without a contact

# Who we are; the spider adds the contact. Default "Scrapy/VERSION (+https://scrapy.org)".
USER_AGENT = f"archive-harvester/{__version__}"
ROBOTSTXT_OBEY = True  # default False
ROBOTSTXT_USER_AGENT = "archive-harvester"  # default None; robots.txt names products (RFC 9309, 2.2.1)
ROBOTSTXT_PARSER = "harvester.middlewares.robots.ExclusionParser"  # default Protego, which allows too much
ROBOTS_MAX_AGE = 86_400  # default none, it is ours: in seconds; a copy should not be used for longer (RFC 9309, 2.4)

# Politeness; the spider lifts it on loopback only.
DOWNLOAD_DELAY = 3.0  # default 0
DOWNLOAD_DELAY_JITTER = 0  # default 0.5, which goes down to half the delay promised
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8
CONCURRENT_REQUESTS = 1  # default 16: what waits in the downloader is sent even if the crawl is over by then
AUTOTHROTTLE_ENABLED = True  # default False: slower than the delay when the server is slow, never faster
AUTOTHROTTLE_START_DELAY = 3.0  # default 5

# Nothing may be lost in silence.
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False
DOWNLOAD_TIMEOUT = 60  # default 180: a listing page that takes a minute is retried
DOWNLOAD_HANDLERS = dict.fromkeys(  # default {}: Scrapy's own, which cannot tell a long download from a stalled one
    ("http", "https"), "harvester.middlewares.stalls.PatientHandler"
)
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # default 1 GiB: the largest listing page seen is under 1 MB
DOWNLOAD_WARNSIZE = 0  # default 32 MiB: the limit above says it
METAREFRESH_ENABLED = False  # default True: challenges come as meta refresh; they are recognised, never followed
COOKIES_ENABLED = False  # default True: a listing needs no session, and a session would make pages differ
DEFAULT_REQUEST_HEADERS = {  # default Accept and Accept-Language alone
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate",  # whose end can be checked; br and zstd come out cut in silence
    "Cache-Control": "no-cache",  # a page from a cache may be older than the walk that it is to prove
}
RETRY_HTTP_CODES = [500, 502, 503, 504, 520, 522, 524, 408, 429]  # default without 520
HTTPERROR_ALLOW_ALL = True  # default False, which drops error pages before anyone has said what they are

# Doors that stay shut.
TELNETCONSOLE_ENABLED = False  # default True
REMOTE_CONTROL_ENABLED = False  # default True: an HTTP server that executes Python

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets 5xx through; RFC 9309 says disallow
    "harvester.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,  # follows to any host
    "harvester.middlewares.redirects.OnSiteRedirectMiddleware": 600,
    "harvester.middlewares.pace.PaceMiddleware": 110,  # after robots.txt, whose Crawl-delay counts
    "harvester.middlewares.pace.PauseMiddleware": 650,  # below retries and redirects, which wait too
    "harvester.middlewares.wholeness.WholenessMiddleware": 595,  # below the decompression, which is at 590
}
ITEM_PIPELINES = {"harvester.pipelines.FirstSeen": 100}

FEED_EXPORT_ENCODING = "utf-8"  # default: \u escapes in JSON
LOG_LEVEL = "INFO"  # default DEBUG
