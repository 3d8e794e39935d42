"""What `portman integrate` makes of the configs of test runners that are there already."""

from __future__ import annotations

import pytest

from portman.base.values import Output, Service
from portman.integrations import ProjectFacts, propose

PROJECT = ProjectFacts(
    "shop",
    (
        Service("web", env=("WEB_PORT",), usual=3000),
        Service("api", env=("API_PORT",), usual=8000),
        Service("db", "container", env=("DB_PORT",), target=5432),
    ),
    (Output(".env"),),
    {"web": "npm run dev"},
)
HELPER = "portman.ports.cjs"

GOOD: list[tuple[str, str, str, str]] = [
    (  # nothing of ours yet; comments and the rest stay
        "playwright",
        "playwright.config.ts",
        "import { defineConfig, devices } from '@playwright/test';\n\n"
        "// ours\nexport default defineConfig({\n  testDir: './e2e', // tests\n"
        "  use: {\n    trace: 'on-first-retry',\n  },\n"
        "  projects: [{ name: 'a', use: { ...devices['x'] } }],\n});\n",
        "import { defineConfig, devices } from '@playwright/test';\n"
        "import { url, webServer } from './portman.ports.cjs';\n\n"
        "// ours\nexport default defineConfig({\n"
        "  webServer: webServer('web', 'npm run dev'),\n  testDir: './e2e', // tests\n"
        "  use: {\n    baseURL: url('web'),\n    trace: 'on-first-retry',\n  },\n"
        "  projects: [{ name: 'a', use: { ...devices['x'] } }],\n});\n",
    ),
    (  # a server with its address, as Playwright's own starter has it
        "playwright",
        "playwright.config.ts",
        "import { defineConfig } from '@playwright/test'\n"
        "const base = process.env.BASE_URL || 'http://localhost:3000'\n"
        "export default defineConfig({\n  use: { baseURL: base },\n"
        "  webServer: {\n    command: 'npm run dev -- --port 3000', // start\n"
        "    url: 'http://localhost:3000/health',\n    reuseExistingServer: !process.env.CI,\n"
        "    timeout: 1200_000,\n  },\n})\n",
        "import { defineConfig } from '@playwright/test'\n"
        "import { isOwn, url } from './portman.ports.cjs'\n"
        "const base = process.env.BASE_URL || url('web')\n"
        "export default defineConfig({\n  use: { baseURL: base },\n"
        "  webServer: {\n"
        "    command: 'portman run --service web -- npm run dev -- --port {web}', // start\n"
        "    url: url('web') + '/health',\n    reuseExistingServer: isOwn('web'),\n"
        "    timeout: 1200_000,\n  },\n})\n",
    ),
    (  # several servers, by number and by address; CommonJS; an object in one line
        "playwright",
        "playwright.config.js",
        "// @ts-check\nconst { defineConfig } = require('@playwright/test');\n\n"
        "module.exports = defineConfig({\n  use: { baseURL: 'http://127.0.0.1:3000/' },\n"
        "  webServer: [\n    { command: 'npm run dev', port: 3000 },\n"
        "    { command: 'npm run api', url: `http://localhost:8000/health`, "
        "reuseExistingServer: true },\n  ],\n});\n",
        "// @ts-check\nconst { defineConfig } = require('@playwright/test');\n"
        "const { isOwn, port, url } = require('./portman.ports.cjs');\n\n"
        "module.exports = defineConfig({\n  use: { baseURL: url('web') },\n"
        "  webServer: [\n    { reuseExistingServer: isOwn('web'), "
        "command: 'portman run --service web -- npm run dev', port: port('web') },\n"
        "    { command: 'portman run --service api -- npm run api', "
        "url: url('api') + `/health`, reuseExistingServer: isOwn('api') },\n  ],\n});\n",
    ),
    (  # exported by its name, with a type
        "playwright",
        "playwright.config.ts",
        "import type { PlaywrightTestConfig } from '@playwright/test';\n"
        "const config: PlaywrightTestConfig = {\n  use: { baseURL: 'http://localhost:3000' },\n"
        "};\nexport default config;\n",
        "import type { PlaywrightTestConfig } from '@playwright/test';\n"
        "import { url, webServer } from './portman.ports.cjs';\n"
        "const config: PlaywrightTestConfig = {\n  webServer: webServer('web', 'npm run dev'),\n"
        "  use: { baseURL: url('web') },\n};\nexport default config;\n",
    ),
    (
        "vitest",
        "vite.config.ts",
        "import { defineConfig } from 'vite'\r\nimport react from '@vitejs/plugin-react'\r\n\r\n"
        "export default defineConfig({\r\n  plugins: [react()],\r\n})\r\n",
        "import { defineConfig } from 'vite'\r\nimport react from '@vitejs/plugin-react'\r\n"
        "import { env } from './portman.ports.cjs'\r\n\r\n"
        "export default defineConfig({\r\n  test: { env: env() },\r\n"
        "  plugins: [react()],\r\n})\r\n",
    ),
    (
        "vitest",
        "vitest.config.mts",
        'import { defineConfig } from "vitest/config"\nexport default defineConfig(() => ({\n'
        '  test: { globals: true, env: { TZ: "UTC" } },\n}))\n',
        'import { defineConfig } from "vitest/config"\nimport { env } from "./portman.ports.cjs"\n'
        "export default defineConfig(() => ({\n"
        '  test: { globals: true, env: { ...env(), TZ: "UTC" } },\n}))\n',
    ),
    (
        "cypress",
        "cypress.config.js",
        "module.exports = {\n  e2e: {\n    // where\n    baseUrl: 'http://localhost:8000',\n"
        "    setupNodeEvents(on) { return on },\n  },\n};\n",
        "const { url } = require('./portman.ports.cjs');\n"
        "module.exports = {\n  e2e: {\n    // where\n    baseUrl: url('api'),\n"
        "    setupNodeEvents(on) { return on },\n  },\n};\n",
    ),
    (
        "cypress",
        "cypress.config.ts",
        "import { defineConfig } from 'cypress'\n\nexport default defineConfig({\n  e2e: {},\n})\n",
        "import { defineConfig } from 'cypress'\nimport { url } from './portman.ports.cjs'\n\n"
        "export default defineConfig({\n  e2e: { baseUrl: url('web') },\n})\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "path", "before", "after"), GOOD)
def test_an_existing_config_asks_portman(tool: str, path: str, before: str, after: str) -> None:
    """Nothing else changes, and the second time nothing at all does."""
    helper, config = propose(tool, PROJECT, {path: before})
    assert (helper.path, config.path) == (HELPER, path)
    assert config.text == after
    again = propose(tool, PROJECT, {path: after, HELPER: helper.text or ""})
    assert [one.text for one in again] == [helper.text, after]


BAD: list[tuple[str, str, str]] = [
    ("export default make();\n", "which object it exports is not certain", "playwright"),
    (
        "export default defineConfig({\n  ...base,\n});\n",
        "line 2: use may be in what is spread there",
        "playwright",
    ),
    ("export default { use: common };\n", "line 1: use is not an object there", "playwright"),
    (
        "export default {\n  use: { baseURL: process.env.BASE },\n};\n",
        "line 2: write baseURL: url('web')",
        "playwright",
    ),
    (
        "export default {\n  use: {\n    baseURL: 'http://localhost:4999',\n  },\n};\n",
        "line 3: write baseURL: url('web')",
        "playwright",
    ),
    (
        "export default {\n  webServer: { command: 'cd web && npm start', port: 3000 },\n};\n",
        "line 2: write command: 'portman run --service web -- COMMAND'",
        "playwright",
    ),
    (
        "export default {\n  webServer: { command: 'npm start', port: 3999 },\n};\n",
        "line 2: write url: url('web')",
        "playwright",
    ),
    ("export default {\n  webServer: server,\n};\n",
     "line 2: webServer is not an object", "playwright"),
    ("export default {\n  test: {\n    env: own,\n  },\n};\n",
     "line 3: write env: env()", "vitest"),
    ("export default { e2e: { baseUrl: `${x}` } };\n", "line 1: write baseUrl", "cypress"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "tool"), BAD)
def test_what_is_not_certain_is_left_and_its_line_named(text: str, reason: str, tool: str) -> None:
    path = f"{tool}.config.js"
    _, config = propose(tool, PROJECT, {path: text})
    assert (config.path, config.text) == (path, None)
    assert reason in config.reason
    assert "portman.ports.cjs" in config.by_hand


@pytest.mark.parametrize("tool", ["playwright", "vitest", "cypress"])
def test_a_missing_config_is_made(tool: str) -> None:
    _, config = propose(tool, PROJECT, {})
    assert config.path == f"{tool}.config.mjs"
    assert config.text is not None
    assert "from './portman.ports.cjs';\n" in config.text


def test_no_command_is_made_up() -> None:
    """Nothing of the project says what starts the service: the lines are shown."""
    text = "export default {\n  testDir: 'e2e',\n};\n"
    project = PROJECT._replace(commands={})
    _, config = propose("playwright", project, {"playwright.config.js": text})
    assert config.text is None
    assert "says what starts web" in config.reason


LAUNCH = ".claude/launch.json"
SERVERS = """\
{
  "version": "0.0.1",  // ours
  "configurations": [
    { "name": "web", "runtimeExecutable": "npm", "runtimeArgs": ["run", "dev", "3000"],
      "port": 3000, "autoPort": true, "env": {"X": "${HOME}"} },
    { "name": "docs", "runtimeExecutable": "mkdocs", "port": 4000 },
  ]
}
"""


def test_the_servers_of_claude_become_a_template() -> None:
    """Ports are variables, programs start by `portman run`, another server and comments stay."""
    changes = {one.path: one for one in propose("claude", PROJECT, {LAUNCH: SERVERS})}
    wanted = (
        SERVERS.replace('"npm"', '"portman"')
        .replace('["run", "dev", "3000"]',
                 '["run", "--service", "web", "--", "npm", "run", "dev", "{web}"]')
        .replace('"port": 3000', '"port": ${WEB_PORT}')
        .replace("true", "false").replace("${HOME}", "$${HOME}")
    )  # fmt: skip
    assert changes[f"{LAUNCH}.in"].text == wanted
    assert "git rm --cached --ignore-unmatch .claude/launch.json" in changes[LAUNCH].by_hand
    assert changes[".gitignore"].text == "/.claude/launch.json\n"
    manifest = 'name = "shop"\n[services]\nweb = 3000'
    told = propose("claude", PROJECT, {LAUNCH: SERVERS, "ports.toml": manifest})
    text = next(one.text for one in told if one.path == "ports.toml")
    assert text == (
        f'{manifest}\n\n[[output]]\npath = ".env"\n\n[[output]]\ntemplate = "{LAUNCH}.in"\n'
    )


@pytest.mark.parametrize("text", ['{"configurations": [{"port": 4000}]}', "{}", "junk"])
def test_servers_of_others_are_left_alone(text: str) -> None:
    changes = {one.path: one for one in propose("claude", PROJECT, {LAUNCH: text})}
    assert changes[LAUNCH].text is None
    assert f"{LAUNCH}.in" not in changes
