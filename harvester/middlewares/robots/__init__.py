"""robots.txt by RFC 9309: fetched once a day for each origin, read with caution, obeyed before every request.

Scrapy's own parts are not used for this. Its middleware lets a request through when the file answers 5xx, and when two
requests wait for one file. Its parser (Protego 0.7) allows what the RFC disallows in eight ways; `parser` lists them.
"""

from harvester.middlewares.robots.copy import DeniedByRobots
from harvester.middlewares.robots.middleware import ASKED, RobotsMiddleware
from harvester.middlewares.robots.parser import ExclusionParser

__all__ = ["ASKED", "DeniedByRobots", "ExclusionParser", "RobotsMiddleware"]
