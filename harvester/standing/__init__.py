"""Standing harvests: what is harvested again and again, when, and who is told of it; knows no Scrapy and no network."""

from harvester.standing.config import Config, load
from harvester.standing.values import Harvest, Keep, Notify, Politeness, Schedule

__all__ = ["Config", "Harvest", "Keep", "Notify", "Politeness", "Schedule", "load"]
