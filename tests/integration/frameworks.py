"""One project for each framework of docs/frameworks.md, as small as it runs."""

from __future__ import annotations

from typing import NamedTuple

from tests.integration.test_servers import DJANGO

GO = """\
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", os.Getenv("HOST")+":"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "hello NAME")
	})))
}
"""
RAILS = """\
require "action_controller/railtie"

class Shop < Rails::Application
  config.eager_load = false
  config.logger = Logger.new($stdout)
  routes.append { root to: ->(_) { [200, {}, ["hello NAME"]] } }
end
"""


class Framework(NamedTuple):
    """The words of docs/frameworks.md, what they need, and the files of a project.

    The files say NAME where the checkout's name is to stand; `page` is the path below the
    service's URL that shows it. A need is a Python package, `npm:` a package or `program:` a name.
    """

    name: str
    command: str
    needs: tuple[str, ...]
    files: dict[str, str]
    env: str = ""
    service: str = "web"
    page: str = ""


FRAMEWORKS = (
    Framework(
        "Django",
        "portman run --service web -- python manage.py runserver {web}",
        ("django",),
        {"manage.py": DJANGO.replace('"hello"', '"hello NAME"')},
    ),
    Framework(
        "Flask",
        "portman run --service web -- flask run",
        ("flask",),
        {
            "app.py": "from flask import Flask\napp = Flask(__name__)\n"
            "app.route('/')(lambda: 'hello NAME')\n"
        },
        'env = ["WEB_PORT", "FLASK_RUN_PORT"]',
    ),
    Framework(
        "FastAPI",
        "portman run --service web -- uvicorn app:app",
        ("fastapi", "uvicorn"),
        {
            "app.py": "from fastapi import FastAPI\napp = FastAPI()\n\n"
            "@app.get('/')\ndef root():\n    return 'hello NAME'\n"
        },
        'env = ["WEB_PORT", "UVICORN_PORT"]',
    ),
    Framework(
        "gunicorn",
        "portman run --service web -- gunicorn app:app -b {web.host}:{web}",
        ("gunicorn",),
        {
            "app.py": "def app(environ, start):\n"
            "    start('200 OK', [])\n    return [b'hello NAME']\n"
        },
    ),
    Framework(
        "Node",
        "portman run --service web -- node server.js",
        ("program:node",),
        {
            "server.js": "require('http').createServer((q, r) => r.end('hello NAME'))"
            ".listen(process.env.PORT, process.env.HOST)\n"
        },
    ),
    Framework(
        "Vite",
        "portman run --service web -- npx vite --port {web} --strictPort",
        ("npm:vite",),
        {
            "index.html": "<p>hello NAME</p>",
            "vite.config.js": "export default { clearScreen: false }\n",
        },
    ),
    Framework(
        "Next.js",
        "portman run --service web -- npx next dev",
        ("npm:next", "npm:react", "npm:react-dom"),
        {"pages/index.js": "export default function Home() { return <p>hello NAME</p> }\n"},
    ),
    Framework(
        "Go",
        "portman run --service web -- go run .",
        ("program:go",),
        {"go.mod": "module shop\n\ngo 1.19\n", "main.go": GO},
    ),
    Framework(
        "Rails",
        "portman run --service web -- bin/rails server",
        ("program:rails", "program:puma"),
        {
            "bin/rails": "#!/usr/bin/env ruby\n"
            "APP_PATH = File.expand_path('../config/application', __dir__)\n"
            "require 'rails/commands'\n",
            "config/application.rb": RAILS,
            "config/puma.rb": "port ENV.fetch('PORT', 3000)\n",
            "config.ru": "require_relative 'config/application'\n"
            "Rails.application.initialize!\nrun Rails.application\n",
        },
    ),
    Framework(
        "Storybook",
        "portman run --service storybook -- npx storybook dev -p {storybook} --exact-port",
        ("npm:storybook", "npm:@storybook/html-vite"),
        {
            ".storybook/main.js": "export default "
            "{ framework: '@storybook/html-vite', stories: ['../*.stories.js'] }\n",
            "shop.stories.js": "export default { title: 'hello NAME' }\n"
            "export const Page = { render: () => '<p>hello</p>' }\n",
        },
        service="storybook",
        page="index.json",
    ),
)
