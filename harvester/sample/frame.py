"""Writes what surrounds the main part of every page: head, skip link, header with its menu, footer."""

import json
from functools import lru_cache
from html import escape

from harvester.sample.menu import render_menu

NAME = "Sample Digital Archive"
STYLE_SHEETS = ("normalize", "system", "views", "contextual", "facets", "bef", "pager", "table", "layout", "typography")
FOOTER = {"/": "Home", "/search": "Search", "/about": "About", "/using": "Using the Archive", "/contact": "Contact"}


def render_page(title: str, main: str, path: str, featured: str, links: str = "") -> str:
    """Return a whole page; title is plain text, main and links (into the head) are markup, path goes into settings."""
    return (
        f"{_render_head()}{links}<title>{escape(title)} | {NAME}</title>\n</head>\n"
        f'<body class="path-{escape(path.strip("/").split("/")[0] or "frontpage")}">\n'
        f"{_render_header(featured)}\n"
        f'<main role="main" class="layout-main">\n<a id="main-content" tabindex="-1"></a>\n{main}\n</main>\n'
        f"{_render_footer()}\n{_render_settings(path)}</body>\n</html>\n"
    )


@lru_cache(maxsize=1)
def _render_head() -> str:
    sheets = "".join(
        f'<link rel="stylesheet" media="all" href="/themes/custom/sample/css/{name}.css?s{number}k2ab" />\n'
        for number, name in enumerate(STYLE_SHEETS)
    )
    rules = "\n".join(
        f".layout-region--{n} {{ display: grid; grid-column: {n} / span 2; margin: 0 {n}rem; }}" for n in range(40)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en" dir="ltr" prefix="og: https://ogp.me/ns#">\n<head>\n'
        '<meta charset="utf-8" />\n'
        '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" />\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1.0" />\n'
        f'<meta property="og:site_name" content="{NAME}" />\n<link rel="icon" href="/favicon.ico" />\n'
        f"{sheets}<style>\n{rules}\n</style>\n"
    )


@lru_cache(maxsize=64)
def _render_header(featured: str) -> str:
    return (
        '<a href="#main-content" class="visually-hidden focusable skip-link">Skip to content</a>\n'
        '<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas>\n'
        f'<header role="banner" class="site-header"><a href="/" rel="home" class="title">{NAME}</a>\n'
        f"{render_menu(featured)}\n</header>"
    )


@lru_cache(maxsize=1)
def _render_footer() -> str:
    links = "".join(f'<li><a href="{href}">{label}</a></li>\n' for href, label in FOOTER.items())
    return (
        '<footer role="contentinfo" class="site-footer">\n<nav aria-label="Footer"><ul>\n'
        f"{links}</ul></nav>\n"
        '<p class="summary">An invented catalogue to try readers of catalogues on. No part of it is a source.</p>\n'
        '<p class="detail">Last rebuilt January 1, 2020</p>\n</footer>\n</div>'
    )


def _render_settings(path: str) -> str:
    """Return the settings that Drupal hands to its scripts, `</` escaped as it does."""
    settings = {
        "path": {"baseUrl": "/", "currentPath": path.strip("/"), "currentPathIsAdmin": False, "isFront": path == "/"},
        "pluralDelimiter": "\u0003",
        "user": {"uid": 0, "permissionsHash": "0" * 64},
    }
    text = json.dumps(settings).replace("<", "\\u003C").replace(">", "\\u003E")
    return f'<script type="application/json" data-drupal-selector="drupal-settings-json">{text}</script>\n'
