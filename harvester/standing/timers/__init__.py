"""Timers: what systemd or cron need to run a harvest again and again; files as text, nothing is installed."""

from harvester.standing.timers.cron import crontab
from harvester.standing.timers.jobs import File, plan_jobs
from harvester.standing.timers.systemd import units

__all__ = ["File", "crontab", "plan_jobs", "units"]
