"""Whole projects in the shapes of many frameworks: which ports `portman init` proposes, and no more."""

# ruff: noqa: E501 (lines of files as they are)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portman.commands.init import propose
from portman.init import detect as detection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: "s" a service, "c" a container, its port, and a variable that it must take.
SHAPES: Mapping[str, tuple[Mapping[str, str], list[tuple[Any, ...]]]] = {
    "flask main": (
        {
            "app.py": "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=True)\n",
            "requirements.txt": "flask\n",
        },
        [("s", 5000)],
    ),
    "pyproject scripts": (
        {
            "pyproject.toml": '[tool.poe.tasks]\ndev = "uvicorn app:app --reload --port 8001"\ntest = "pytest"\n'
        },
        [("s", 8001)],
    ),
    "pyproject pdm": (
        {
            "pyproject.toml": '[tool.pdm.scripts]\nstart = {cmd = "flask run -p 8002"}\ntest = "pytest"\n'
        },
        [("s", 8002)],
    ),
    "pyproject hatch": (
        {
            "pyproject.toml": '[tool.hatch.envs.default.scripts]\nserve = "uvicorn app:app --port 8003"\n'
        },
        [("s", 8003)],
    ),
    "pipfile": (
        {
            "Pipfile": '[scripts]\nserver = "python manage.py runserver 8004"\n[packages]\ndjango="*"\n'
        },
        [("s", 8004)],
    ),
    "procfile bin serve": (
        {
            "Procfile": "web: bin/serve\nworker: bin/work\n",
            "bin/serve": "#!/bin/sh\nexec ruby server.rb\n",
        },
        [("s", None)],
    ),
    "npm serve port": (
        {"package.json": '{"scripts":{"start":"npx serve build -l 5010"}}'},
        [("s", 5010)],
    ),
    "make serve own": ({"Makefile": "serve:\n\t./serve\nbuild:\n\tgcc serve.c -o serve\n"}, []),
    "laravel sail": (
        {
            "composer.json": '{"require":{"laravel/framework":"^12"},"require-dev":{"laravel/sail":"^1"}}',
            "docker-compose.yml": "services:\n    laravel.test:\n        build:\n            context: './vendor/laravel/sail/runtimes/8.4'\n        ports:\n            - '${APP_PORT:-80}:80'\n            - '${VITE_PORT:-5173}:${VITE_PORT:-5173}'\n        volumes:\n            - '.:/var/www/html'\n    mysql:\n        image: 'mysql/mysql-server:8.0'\n        ports:\n            - '${FORWARD_DB_PORT:-3306}:3306'\n    redis:\n        image: 'redis:alpine'\n        ports:\n            - '${FORWARD_REDIS_PORT:-6379}:6379'\n    mailpit:\n        image: 'axllent/mailpit:latest'\n        ports:\n            - '${FORWARD_MAILPIT_PORT:-1025}:1025'\n            - '${FORWARD_MAILPIT_DASHBOARD_PORT:-8025}:8025'\n",
            "package.json": '{"scripts":{"dev":"vite"}}',
            ".env.example": "APP_PORT=80\nDB_HOST=mysql\nDB_PORT=3306\n",
        },
        [("c", 80), ("c", 5173), ("c", 3306), ("c", 6379), ("c", 1025), ("c", 8025)],
    ),
    "quarkus none": (
        {
            "pom.xml": "<project><dependencyManagement><groupId>io.quarkus.platform</groupId><artifactId>quarkus-bom</artifactId></dependencyManagement><plugin><artifactId>quarkus-maven-plugin</artifactId></plugin></project>",
            "src/main/resources/application.properties": "quarkus.datasource.db-kind=postgresql\n",
        },
        [("s", 8080)],
    ),
    "quarkus yaml": (
        {
            "pom.xml": "x",
            "src/main/resources/application.yml": "quarkus:\n  datasource:\n    db-kind: pg\n  http:\n    cors: true\n    port: 8087\n",
        },
        [("s", 8087)],
    ),
    "micronaut": (
        {
            "build.gradle": "id('io.micronaut.application') version '4'\n",
            "src/main/resources/application.yml": "micronaut:\n  application:\n    name: x\n  server:\n    port: 8083\n",
        },
        [("s", 8083)],
    ),
    "dotnet appsettings": (
        {
            "Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
            "appsettings.Development.json": '{"Kestrel":{"Endpoints":{"Http":{"Url":"http://localhost:5099"}}}}',
        },
        [("s", 5099)],
    ),
    "dotnet useurls": (
        {
            "Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
            "Program.cs": 'var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\napp.Run("http://localhost:5077");\n',
        },
        [("s", 5077)],
    ),
    "go flag int": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nimport ("flag";"fmt";"net/http")\nfunc main() {\n\tport := flag.Int("port", 8080, "port to listen on")\n\tflag.Parse()\n\thttp.ListenAndServe(fmt.Sprintf(":%d", *port), nil)\n}\n',
        },
        [("s", 8080)],
    ),
    "go flag addr": (
        {
            "go.mod": "module x\n",
            "cmd/server/main.go": 'package main\nfunc main() {\n\taddr := flag.String("addr", ":8080", "listen address")\n\tflag.Parse()\n\tlog.Fatal(http.ListenAndServe(*addr, nil))\n}\n',
        },
        [("s", 8080)],
    ),
    "go flag p": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nvar p = flag.Int("p", 9191, "port")\nfunc main() {\n\tflag.Parse()\n\thttp.ListenAndServe(":"+strconv.Itoa(*p), nil)\n}\n',
        },
        [("s", 9191)],
    ),
    "go flag listen address": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nvar listen = flag.String("web.listen-address", ":9100", "Address on which to expose metrics.")\nfunc main(){ flag.Parse(); http.ListenAndServe(*listen, nil) }\n',
        },
        [("s", 9100)],
    ),
    "go flag var": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main() {\n\tvar cfg config\n\tflag.IntVar(&cfg.port, "port", 8484, "API server port")\n\tflag.StringVar(&cfg.env, "env", "development", "Env")\n\tflag.Parse()\n\tsrv := &http.Server{Addr: fmt.Sprintf(":%d", cfg.port)}\n\tsrv.ListenAndServe()\n}\n',
        },
        [("s", 8484)],
    ),
    "go cobra": (
        {
            "go.mod": "module x\n",
            "cmd/serve/main.go": 'package main\nfunc init() {\n\trootCmd.PersistentFlags().Int("port", 5230, "port of server")\n\trootCmd.PersistentFlags().String("addr", "", "address of server")\n}\nfunc main(){ rootCmd.Execute() }\n',
        },
        [("s", 5230)],
    ),
    "go cobra cmdfile": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nimport "x/cmd"\nfunc main() { cmd.Execute() }\n',
            "cmd/serve.go": 'package cmd\nvar serveCmd = &cobra.Command{Use: "serve"}\nfunc init() {\n\tserveCmd.Flags().IntP("port", "p", 7373, "port")\n\trootCmd.AddCommand(serveCmd)\n}\n',
        },
        [("s", 7373)],
    ),
    "go pflag varp": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main() {\n\tpflag.StringVarP(&addr, "listen", "l", "localhost:6161", "listen address")\n\tpflag.Parse()\n\thttp.ListenAndServe(addr, nil)\n}\n',
        },
        [("s", 6161)],
    ),
    "go gin default": (
        {
            "go.mod": "module x\nrequire github.com/gin-gonic/gin v1\n",
            "main.go": "package main\nfunc main() {\n\tr := gin.Default()\n\tr.Run()\n}\n",
        },
        [("s", 8080, "PORT")],
    ),
    "go cmp or": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main() {\n\tport := cmp.Or(os.Getenv("PORT"), "8082")\n\thttp.ListenAndServe(":"+port, nil)\n}\n',
        },
        [("s", 8082, "PORT")],
    ),
    "go client flag": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main() {\n\tdb := flag.Int("db-port", 5432, "database port")\n\thost := flag.String("server", "localhost:8080", "server to connect to")\n\tflag.Parse()\n\tnet.Dial("tcp", *host)\n}\n',
        },
        [],
    ),
    "go flag parallel": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main(){\n p := flag.Int("p", 100, "parallel jobs")\n addr := flag.String("addr", "localhost:9999", "address of the server to connect to")\n c, _ := net.Dial("tcp", *addr)\n}\n',
        },
        [],
    ),
    "go viper": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main(){\n viper.SetDefault("server.port", 8666)\n http.ListenAndServe(viper.GetString("server.port"), nil)\n}\n',
        },
        [("s", 8666)],
    ),
    "go const flag": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nconst defaultPort = 8345\nfunc main(){\n port := flag.Int("port", defaultPort, "port")\n http.ListenAndServe(fmt.Sprintf(":%d", *port), nil)\n}\n',
        },
        [("s", 8345)],
    ),
    "go urfave": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nfunc main(){\n app := &cli.App{Flags: []cli.Flag{&cli.IntFlag{Name: "port", Value: 8346, EnvVars: []string{"PORT"}}}}\n app.Run(os.Args)\n}\nfunc serve(){ http.ListenAndServe(":"+p, nil)}\n',
        },
        [("s", 8346)],
    ),
    "go kong": (
        {
            "go.mod": "module x\n",
            "main.go": 'package main\nvar CLI struct {\n\tPort int `help:"port" default:"8348"`\n}\nfunc main(){ kong.Parse(&CLI); http.ListenAndServe(fmt.Sprintf(":%d", CLI.Port), nil) }\n',
        },
        [("s", 8348)],
    ),
    "rust rocket": (
        {
            "Cargo.toml": '[dependencies]\nrocket = "0.5"\n',
            "src/main.rs": '#[macro_use] extern crate rocket;\n#[launch]\nfn rocket() -> _ { rocket::build().mount("/", routes![index]) }\n',
        },
        [("s", 8000)],
    ),
    "rust rocket toml": (
        {
            "Cargo.toml": '[dependencies]\nrocket = "0.5"\n',
            "Rocket.toml": '[default]\naddress = "0.0.0.0"\nport = 8123\n',
            "src/main.rs": "#[launch]\nfn rocket() -> _ { rocket::build() }\n",
        },
        [("s", 8123)],
    ),
    "trunk": (
        {
            "Trunk.toml": "[serve]\nport = 8181\n",
            "Cargo.toml": "[package]\nname='x'\n",
            "index.html": "<html/>",
        },
        [("s", 8181)],
    ),
    "deno serve": (
        {
            "deno.jsonc": '{"tasks":{"start":"deno serve -A main.ts"}}',
            "main.ts": "export default { fetch() {} }\n",
        },
        [("s", 8000)],
    ),
    "deno fresh": (
        {
            "deno.json": '{"tasks":{"dev":"vite","build":"vite build"}}',
            "vite.config.ts": "export default defineConfig({plugins:[fresh()]})",
        },
        [("s", 5173)],
    ),
    "bin www": (
        {
            "package.json": '{"scripts":{"start":"node ./bin/www"}}',
            "bin/www": "#!/usr/bin/env node\nvar port = normalizePort(process.env.PORT || '3000');\napp.set('port', port);\nserver.listen(port);\n",
            "app.js": "var express = require('express');\nmodule.exports = app;\n",
        },
        [("s", 3000, "PORT")],
    ),
    "cra env": (
        {
            "package.json": '{"scripts":{"start":"react-scripts start"},"dependencies":{"react-scripts":"5"}}',
            ".env.example": "PORT=3005\nREACT_APP_API=http://localhost:3005\n",
        },
        [("s", 3005, "PORT")],
    ),
    "jekyll": (
        {
            "_config.yml": "title: x\nport: 4001\n",
            "Gemfile": "gem 'jekyll'\n",
            "Makefile": "serve:\n\tbundle exec jekyll serve\n",
        },
        [("s", 4001)],
    ),
    "scala play": (
        {
            "build.sbt": 'lazy val root = (project in file(".")).enablePlugins(PlayScala)\n',
            "conf/routes": "GET / x\n",
        },
        [("s", 9000)],
    ),
    "ruby sinatra": (
        {"app.rb": "require 'sinatra'\nget('/') { 'x' }\n", "Gemfile": "gem 'sinatra'\n"},
        [("s", 4567)],
    ),
    "mprocs": (
        {
            "mprocs.yaml": 'procs:\n  web:\n    shell: next dev\n  api:\n    cmd: ["uvicorn", "app:app", "--port", "8000"]\n'
        },
        [("s", 3000), ("s", 8000)],
    ),
    "process compose": (
        {
            "process-compose.yaml": "version: '0.5'\nprocesses:\n  api:\n    command: uvicorn app:app --port 8090\n"
        },
        [("s", 8090)],
    ),
    "pm2 ecosystem": (
        {
            "ecosystem.config.js": "module.exports = { apps: [{ name: 'api', script: './server.js', env: { PORT: 4004 } }] }\n",
            "server.js": "app.listen(process.env.PORT)\n",
            "package.json": "{}",
        },
        [("s", 4004)],
    ),
    "mise tasks": (
        {"mise.toml": '[tasks.dev]\nrun = "uvicorn app:app --port 8011"\n'},
        [("s", 8011)],
    ),
    "tilt": (
        {"Tiltfile": "local_resource('api', serve_cmd='uvicorn app:app --port 8012')\n"},
        [("s", 8012)],
    ),
    "remix dev": (
        {
            "package.json": '{"scripts":{"dev":"react-router dev","start":"react-router-serve ./build/server/index.js"}}'
        },
        [("s", 5173)],
    ),
    "medusa like client": (
        {
            "package.json": '{"scripts":{"dev":"medusa develop"},"dependencies":{"@medusajs/medusa":"2"}}',
            ".env.template": "STORE_CORS=http://localhost:8000\nADMIN_CORS=http://localhost:5173,http://localhost:9000\nREDIS_URL=redis://localhost:6379\n",
        },
        [("s", 9000)],
    ),
    "procfile npm serve": (
        {"Procfile": "web: npm run serve\n", "package.json": '{"scripts":{"serve":"astro dev"}}'},
        [("s", 4321)],
    ),
    "procfile yarn serve": (
        {
            "Procfile": "web: yarn run serve\n",
            "package.json": '{"scripts":{"serve":"serve -s public"}}',
        },
        [("s", 3000)],
    ),
    "script serve own": (
        {
            "package.json": '{"scripts":{"dev":"vite","serve":"./scripts/serve.sh"}}',
            "scripts/serve.sh": "#!/bin/sh\necho hi\n",
        },
        [("s", 5173)],
    ),
    "cross env": (
        {
            "package.json": '{"scripts":{"dev":"cross-env PORT=3010 node server.js"}}',
            "server.js": "app.listen(process.env.PORT)",
        },
        [("s", 3010)],
    ),
    "destructure": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const { PORT = 4000 } = process.env;\napp.listen(PORT);\n",
        },
        [("s", 4000, "PORT")],
    ),
    "hapi": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const init = async () => {\n const server = Hapi.server({\n  port: 3302,\n  host: 'localhost'\n });\n await server.start();\n};\n",
        },
        [("s", 3302)],
    ),
    "ternary": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const port = process.env.PORT ? Number(process.env.PORT) : 3306;\napp.listen(port);\n",
        },
        [("s", 3306, "PORT")],
    ),
    "ws": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const wss = new WebSocketServer({ port: 3310 });\n",
        },
        [("s", 3310)],
    ),
    "apollo": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const { url } = await startStandaloneServer(server, { listen: { port: 4310 } });\n",
        },
        [("s", 4310)],
    ),
    "apollo listen": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "server.listen().then(({ url }) => {});\nconst server = new ApolloServer({});\n",
        },
        [("s", 4000)],
    ),
    "nitro listen": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const listener = app.listen(process.env.PORT, function(){ });\n",
        },
        [("s", None, "PORT")],
    ),
    "cakephp": (
        {"composer.json": '{"require":{"cakephp/cakephp":"5.*"}}', "bin/cake": "#!/bin/sh\n"},
        [("s", 8765)],
    ),
    "codeigniter": (
        {
            "composer.json": '{"require":{"codeigniter4/framework":"4.*"}}',
            "spark": "#!/usr/bin/env php\n",
        },
        [("s", 8080)],
    ),
    "yii": (
        {"composer.json": '{"require":{"yiisoft/yii2":"2.*"}}', "yii": "#!/usr/bin/env php\n"},
        [("s", 8080)],
    ),
    "laravel env": (
        {
            "composer.json": '{"require":{"laravel/framework":"^11"}}',
            ".env.example": "SERVER_PORT=8090\nAPP_URL=http://localhost:8090\n",
        },
        [("s", 8090, "SERVER_PORT")],
    ),
    "spring zero": (
        {"pom.xml": "spring-boot", "src/main/resources/application.properties": "server.port=0\n"},
        [],
    ),
    "ktor": (
        {
            "build.gradle.kts": 'id("io.ktor.plugin")',
            "src/main/resources/application.conf": "ktor {\n  deployment {\n    port = 8085\n    port = ${?PORT}\n  }\n}\n",
        },
        [("s", 8085)],
    ),
    "ktor code": (
        {
            "build.gradle.kts": 'id("io.ktor.plugin")',
            "src/main/kotlin/Application.kt": 'fun main() {\n    embeddedServer(Netty, port = 8086, host = "0.0.0.0", module = Application::module).start(wait = true)\n}\n',
        },
        [("s", 8086)],
    ),
    "vertx": (
        {
            "pom.xml": "<artifactId>vertx-web</artifactId>",
            "src/main/java/Main.java": "vertx.createHttpServer().requestHandler(r).listen(8887);\n",
        },
        [("s", 8887)],
    ),
    "elixir bandit": (
        {
            "mix.exs": "defmodule X do\nend\n",
            "lib/x/application.ex": "children = [{Bandit, plug: X.Router, port: 4001}]\n",
        },
        [("s", 4001)],
    ),
    "swift vapor": (
        {
            "Package.swift": '.package(url: "https://github.com/vapor/vapor.git", from: "4.0.0")',
            "Sources/App/entrypoint.swift": "try await app.execute()\n",
        },
        [("s", 8080)],
    ),
    "dart shelf": (
        {
            "pubspec.yaml": "name: x\n",
            "bin/server.dart": "final port = int.parse(Platform.environment['PORT'] ?? '8080');\nfinal server = await serve(handler, ip, port);\n",
        },
        [("s", 8080, "PORT")],
    ),
    "just arg": (
        {"justfile": 'serve port="8033":\n    python -m http.server {{port}}\n'},
        [("s", 8033)],
    ),
    "bun workspaces": (
        {
            "package.json": '{"workspaces":["apps/*"],"scripts":{"dev":"bun run --filter \'*\' dev"}}',
            "apps/api/package.json": '{"name":"api","scripts":{"dev":"bun --watch src/index.ts"}}',
            "apps/api/src/index.ts": "export default { port: 3000, fetch: app.fetch }\n",
            "apps/web/package.json": '{"name":"web","scripts":{"dev":"vite"}}',
        },
        [("s", 3000), ("s", 5173)],
    ),
    "moon nx run": (
        {
            "package.json": '{"scripts": {"dev": "nx dev web"}}',
            "apps/web/package.json": '{"name":"web","nx":{"targets":{"dev":{"command":"next dev"}}}}',
        },
        [("s", 3000)],
    ),
    "nx run commands": (
        {
            "nx.json": "{}",
            "apps/web/project.json": '{"name":"web","targets":{"serve":{"executor":"nx:run-commands","options":{"command":"next dev -p 4260","cwd":"apps/web"}}}}',
        },
        [("s", 4260)],
    ),
    "sanity": ({"package.json": '{"scripts": {"dev": "sanity dev"}}'}, [("s", 3333)]),
    "pydantic": (
        {
            "app/config.py": "class Settings(BaseSettings):\n    host: str = '127.0.0.1'\n    port: int = 8040\n",
            "app/main.py": "uvicorn.run(app, port=settings.port)\n",
        },
        [("s", 8040)],
    ),
    "argparse": (
        {
            "server.py": "p = argparse.ArgumentParser()\np.add_argument('--port', type=int, default=8050)\nHTTPServer((args.host, args.port), H).serve_forever()\n"
        },
        [("s", 8050)],
    ),
    "click": (
        {
            "main.py": "@click.option('--port', default=8060, help='port')\ndef main(port):\n    uvicorn.run(app, port=port)\n"
        },
        [("s", 8060)],
    ),
    "typer": (
        {"main.py": "def main(port: int = typer.Option(8070)):\n    uvicorn.run(app, port=port)\n"},
        [("s", 8070)],
    ),
    "chainlit": ({"Makefile": "dev:\n\tchainlit run app.py -w\n"}, [("s", 8000)]),
    "grpc py": (
        {
            "server.py": "server = grpc.server(futures.ThreadPoolExecutor())\nserver.add_insecure_port('[::]:50052')\nserver.start()\n"
        },
        [("s", 50052)],
    ),
    "rust port const": (
        {
            "Cargo.toml": "x",
            "src/main.rs": "const PORT: u16 = 9001;\n#[tokio::main]\nasync fn main() { let l = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await.unwrap(); }\n",
        },
        [("s", 9001)],
    ),
    "rust parse": (
        {
            "Cargo.toml": "x",
            "src/main.rs": 'let addr: SocketAddr = "0.0.0.0:9003".parse().unwrap();\nServer::bind(&addr)\n',
        },
        [("s", 9003)],
    ),
    "rust warp": (
        {
            "Cargo.toml": "x",
            "src/main.rs": "warp::serve(hello).run(([127, 0, 0, 1], 3030)).await;\n",
        },
        [("s", 3030)],
    ),
    "compose cd": (
        {
            "justfile": "up:\n  cd infra && docker compose up -d\n",
            "infra/compose.yaml": "services:\n  db:\n    image: postgres\n    ports: ['5439:5432']\n",
        },
        [("c", 5439)],
    ),
    "client only js": (
        {
            "package.json": '{"scripts": {"dev": "node src/index.js"}}',
            "src/index.js": "const redis = createClient({ host: 'localhost', port: 6379 });\n",
        },
        [],
    ),
    "a task works in a folder": (
        {
            "Taskfile.yml": "tasks:\n  up:\n    dir: docker\n    cmds:\n      - docker compose -f dev.yml up\n",
            "docker/dev.yml": "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n",
            "docker/docker-compose.yml": "services:\n  app:\n    image: x\n    ports: ['9091:9000']\n",
        },
        [("c", 5432)],
    ),
    "a target that no file says": (
        {
            "compose.yaml": "services:\n  db:\n    image: x\n    ports: ['${DB_PORT:?x}:${INNER:?x}']\n"
        },
        [],
    ),
    "an example beside documentation": (
        {
            "contrib/compose.yml": "services:\n  app:\n    image: x\n    ports: ['80:8080']\n",
            "contrib/README.md": "docker compose -f compose.yml up\n",
            ".devcontainer/devcontainer.json": '{"dockerComposeFile": "c.yml"}',
            ".devcontainer/c.yml": "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n",
        },
        [("c", 5432)],
    ),
    "settings in a constant": (
        {
            "package.json": '{"scripts": {"dev": "webpack serve"}}',
            "webpack.config.js": "const PORT = process.env.PORT || 9000;\nconst devServer = {\n  port: PORT,\n};\n",
        },
        [("s", 9000, "PORT")],
    ),
    "modules of Java": (
        {
            "pom.xml": "<modules><module>a</module></modules> spring-boot",
            "a/pom.xml": "spring-boot-maven-plugin",
            "a/src/main/resources/application.yml": "server:\n  port: 8090\n",
            "b/pom.xml": "spring-boot-maven-plugin",
            "b/src/main/resources/application.properties": "spring.application.name=b\n",
            "lib/pom.xml": "spring-boot-starter",
        },
        [("s", 8090), ("s", 8080)],
    ),
    "pages dev": (
        {"package.json": '{"scripts": {"dev": "wrangler pages dev ./dist"}}'},
        [("s", 8788)],
    ),
    "metro": (
        {
            "package.json": '{"scripts": {"start": "react-native start", "android": "react-native run-android"}}'
        },
        [("s", 8081)],
    ),
    "fastapi fullstack": (
        {
            "docker-compose.yml": "services:\n  db:\n    image: postgres\n  adminer:\n    image: adminer\n",
            "docker-compose.override.yml": "services:\n  db:\n    ports: ['5432:5432']\n  adminer:\n    ports: ['8080:8080']\n",
            "frontend/package.json": '{"name":"frontend","scripts":{"dev":"vite"}}',
            "README.md": "## Dev\n\n```bash\ncd backend\nfastapi dev app/main.py\n```\n",
            "backend/app/main.py": "from fastapi import FastAPI\napp=FastAPI()\n",
        },
        [("s", 8000), ("s", 5173), ("c", 5432), ("c", 8080)],
    ),
    "celery flower": (
        {
            "Procfile": "web: gunicorn config.wsgi\nflower: celery -A config flower\nworker: celery -A config worker\n"
        },
        [("s", 5555), ("s", 8000)],
    ),
    "rust clap bind": (
        {
            "Cargo.toml": "x",
            "src/main.rs": '#[derive(Parser)]\nstruct Cli {\n    #[arg(long, default_value = "127.0.0.1:8081")]\n    listen: SocketAddr,\n}\n',
        },
        [("s", 8081)],
    ),
    "leptos": (
        {
            "Cargo.toml": '[package.metadata.leptos]\nsite-addr = "127.0.0.1:3000"\nreload-port = 3001\n',
            "src/main.rs": "x",
        },
        [("s", 3000), ("s", 3001)],
    ),
    "ember": ({"package.json": '{"scripts": {"start": "ember serve"}}'}, [("s", 4200)]),
    "ionic": ({"package.json": '{"scripts": {"start": "ionic serve"}}'}, [("s", 8100)]),
    "vercel": ({"package.json": '{"scripts": {"dev": "vercel dev"}}'}, [("s", 3000)]),
    "tasks of invoke": (
        {
            "noxfile.py": "x",
            "tasks.py": "from invoke import task\n@task\ndef serve(c):\n    c.run('uvicorn app:app --port 8003')\n",
        },
        [("s", 8003)],
    ),
    "sinatra as a base": (
        {
            "app.rb": "require 'sinatra/base'\nclass App < Sinatra::Base\n  get('/') { 'x' }\n  run! if app_file == $0\nend\n",
            "Gemfile": "gem 'sinatra'",
        },
        [("s", 4567)],
    ),
    "a target of any name": (
        {"environment.yml": "x", "Makefile": "lab:\n\tjupyter lab --port=8888\nrun-lab: lab\n"},
        [("s", 8888)],
    ),
    "settings of strapi": (
        {
            "package.json": '{"scripts": {"develop": "strapi develop"}}',
            "config/server.js": "module.exports = ({ env }) => ({ host: env('HOST','0.0.0.0'), port: env.int('PORT', 1337) })\n",
        },
        [("s", 1337)],
    ),
    "a server for tests": (
        {
            "Makefile": "test:\n\tuvicorn app:app --port 8123 &\n\tpytest\n\ne2e:\n\tnpx next dev -p 3999\n"
        },
        [],
    ),
    "redwood": (
        {
            "redwood.toml": "[web]\n  port = 8910\n[api]\n  port = 8911\n",
            "package.json": '{"scripts": {"dev": "rw dev"}}',
        },
        [("s", 8910), ("s", 8911)],
    ),
    "netlify": (
        {
            "package.json": '{"scripts": {"dev": "netlify dev"}}',
            "netlify.toml": "[dev]\n  port = 8888\n",
        },
        [("s", 8888)],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_ports_of_a_project(name: str, tmp_path: Path) -> None:
    """Each service once, with the port at which people know it."""
    files, wanted = SHAPES[name]
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    entries = propose(detection.detect(str(tmp_path))).entries
    found = [(one.found.kind[0], one.port) for one in entries]
    assert sorted(found, key=str) == sorted((one[:2] for one in wanted), key=str)
    for _, port, *variable in wanted:
        taken = next(one.variables for one in entries if one.port == port)
        assert not variable or variable[0] in taken


#: Names of files that stand for .env, or hold the values of development.
EXAMPLES = (
    *("env.sample", ".env-example", "example.env.local", ".env.local.sample", "dotenv.example"),
    *("default.env", ".env.default", ".env.local.template", ".envrc.example", "config/.env.dist"),
    *(".env.docker", "env/dev.env", ".env.development.example"),
)


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_of_an_env_file_by_its_name(path: str, tmp_path: Path) -> None:
    """However people call it; what is written goes into no file that people commit."""
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("API_PORT=8100\n", encoding="utf-8")
    proposal = propose(detection.detect(str(tmp_path)))
    assert [(one.name, one.port) for one in proposal.entries] == [("api", 8100)]
    assert path not in [one for one, _ in proposal.outputs]
