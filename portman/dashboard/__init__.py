"""The page of `portman dashboard`: what it shows (pure), the server, and who may ask it.

Starlette, uvicorn, Jinja2 and segno are the extra `ports-toml[dashboard]`; nothing else of portman
imports them, and only `server` and `page` do here.
"""
