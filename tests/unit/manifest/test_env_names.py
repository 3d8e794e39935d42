"""Names of variables: what the shells take, and what no manifest may set."""

from __future__ import annotations

import pytest

from portman.base.text import nearest
from portman.manifest.names import default_name, is_justified, variable_flaw

GOOD = "A _A A1 a PORT HOST WEB_PORT PATH_PORT PYTHON_PORT GIT_URL DOCKER_PORT LDAP_PORT PGHOST"
REFUSED = (
    "PATH Path path HOME IFS ENV SHELL BASH_ENV LD_PRELOAD LD_LIBRARY_PATH LD_X_PORT ld_preload "
    "DYLD_INSERT_LIBRARIES PYTHONPATH PYTHONHOME PYTHONSTARTUP NODE_OPTIONS PERL5LIB RUBYOPT "
    "GIT_SSH_COMMAND GIT_DIR TMPDIR PROMPT_COMMAND PS4 PORTMAN_HOME PORTMAN_X_PORT MAKEFLAGS "
    "JAVA_TOOL_OPTIONS Ld_Preload SHELLOPTS PERL5OPT EDITOR PAGER COMSPEC PATHEXT GITHUB_ENV _"
)


#: Tools' own: what they run, load, read as options, or connect to. Refused whatever the value.
TOOLS = (
    "PSQLRC PSQL_PAGER TAR_OPTIONS DOCKER_HOST DOCKER_CONFIG KUBECONFIG HTTPS_PROXY "
    "https_proxy ALL_PROXY NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED "
    "NPM_CONFIG_REGISTRY npm_config_globalconfig PIP_INDEX_URL UV_INDEX_URL UV_PYTHON RUSTC "
    "RUSTDOC RUSTC_WORKSPACE_WRAPPER CARGO_REGISTRY_DEFAULT RUSTUP_DIST_SERVER CC CXX AR LD "
    "CFLAGS GOENV GOPROXY GOTOOLCHAIN GRADLE_USER_HOME MAVEN_ARGS DOTNET_ADDITIONAL_DEPS "
    "CORECLR_ENABLE_PROFILING COMPLUS_Version WGETRC CURL_HOME AWS_CONFIG_FILE AWS_PAGER "
    "SYSTEMD_PAGER LESS LESSKEY TERM TMUX ANSIBLE_CONFIG VAGRANT_VAGRANTFILE PGSERVICEFILE "
    "TF_CLI_CONFIG_FILE PGPASSFILE MYSQL_HOME IPYTHONDIR VIRTUAL_ENV MISE_CONFIG_FILE "
    "NIX_PATH yarn_config BUN_INSTALL DENO_DIR ELECTRON_RUN_AS_NODE OPENSSL_ia32cap RUBY_GC "
    "BUNDLE_PATH PERL_MM_OPT JAVA_OPTIONS CATALINA_OPTS GTK_PATH QT_QPA_PLATFORM_PLUGIN_PATH "
    "VK_ICD_FILENAMES OCL_ICD_VENDORS ASAN_OPTIONS TZ LANGUAGE LC_ALL COMPOSE_FILE "
    "COMPOSE_PROJECT_NAME BUILDKIT_HOST SSH_AUTH_SOCK SUDO_EDITOR NO_PROXY GH_HOST "
    "R_ENVIRON_USER R_LIBS_USER COMPOSER COMPOSER_HOME TWINE_REPOSITORY_URL PUB_HOSTED_URL "
    "SASS_BINARY_SITE CHROMEDRIVER_CDNURL X_INDEX_URL STACK_ROOT HATCH_INDEX_USER VIMRUNTIME "
    "CONTAINER_HOST HOMEBREW_BOTTLE_DOMAIN PUPPETEER_CHROME_DOWNLOAD_BASE_URL X_PROXY "
    "NODE_COMPILE_CACHE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS NODE_DEBUG PGSSLROOTCERT PGSSLMODE "
    "PGREQUIRESSL PGGSSLIB PGKRBSRVNAME MYSQL_UNIX_PORT GCCGO CGO_ENABLED GO111MODULE GONOPROXY "
    "ORG_GRADLE_PROJECT_x HOSTFILE TMOUT MAIL MIX_EXS GHC_ENVIRONMENT OCAMLRUNPARAM PUB_CACHE "
    "SPRING_CONFIG_NAME SPRING_CONFIG_ADDITIONAL_LOCATION AUTOM4TE CONFIG_SITE QMAKESPEC "
    "VSCODE_IPC_HOOK_CLI WEBDRIVER_CHROME_DRIVER SOCKS5_SERVER DBI_TRACE GRPC_PROXY_EXP "
    "WINEPREFIX WSLENV MONO_GAC_PREFIX SDKROOT TF_WORKSPACE"
)
#: What projects set, with a value as they write it.
USUAL = {
    "DATABASE_URL": "postgresql://app:app@localhost:0/shop",
    "REDIS_URL": "redis://localhost:0/0",
    "NEXT_PUBLIC_API_URL": "http://localhost:0",
    "VITE_API_PROXY": "http://localhost:0",
    "VITE_TITLE_TEXT": "./any text",
    "SPRING_DATASOURCE_URL": "jdbc:postgresql://localhost:0/x",
    "ASPNETCORE_URLS": "http://localhost:0;http://127.0.0.1:0",
    "ConnectionStrings__Shop": "Server=localhost,0;Database=x",
    "Kestrel__Endpoints__Http__Url": "http://localhost:0",
    "services__api__http__0": "http://localhost:0",
    "WP_HOME": "http://localhost:0",
    "API_ROOT": "http://localhost:0/v1",
    "PGPORT": "0",
    "PGHOST": "/run/postgresql",
    "PGDATABASE": "shop-feature",
    "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://localhost:0",
    "ALLOWED_HOSTS": "localhost,.example.test",
    "CORS_ORIGINS": "http://localhost:0 http://127.0.0.1:0",
    "CELERY_RESULT_BACKEND": "redis://localhost:0/1",
    "AWS_ENDPOINT_URL": "http://localhost:0",
    "AWS_ENDPOINT_URL_S3": "http://localhost:0",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:0",
    "AZURE_STORAGE_CONNECTION_STRING": "UseDevelopmentStorage=true",
    "PLAYWRIGHT_BASE_URL": "http://localhost:0",
    "OAUTH_REDIRECT": "http://localhost:0/callback",
    "NODE_ENV": "development",
    "ASPNETCORE_ENVIRONMENT": "Development",
    "LOG_LEVEL": "debug",
    "baseUrl": "http://localhost:0",
    "UPSTREAM_V6": "[::1]:0",
    "DB_ADAPTER": "postgresql",
    "SQLALCHEMY_DATABASE_URI": "sqlite:///./dev.db",
    "DB_DSN": "app:app@tcp(localhost:0)/shop?parseTime=true",
    "LIBPQ_DSN": "host=/run/postgresql port=0 dbname=shop",
    "SQLSERVER_CONNECTION": "Server=localhost,0;Database=x;User Id=sa;Password=aB/c+9==",
    "BACKEND_CORS_ORIGINS": '["http://localhost:0", "http://127.0.0.1:0"]',
    "API_PREFIX": "/api/v1",
    "RABBITMQ_VHOST": "/",
    "JWT_SECRET": "aB/c+9==",
    "APP_TITLE": "Our shop, 2nd - edition",
    "SCHEMA_REGISTRY_URL": "http://localhost:0",
    "STACK_NAME": "shop-feature",
    "CONNECT_TIMEOUT": "-1",
    "DB_POOL": "5",
    "FEATURE_X": "true",
    "EMPTY": "",
}
#: Values that no unknown name gets: a path, an option, a command, a name that is looked up.
HOSTILE = (
    *(
        "./evil",
        "/tmp/evil:0",
        "../evil:0",
        ".evil:0",
        "evil.sh",
        "evil",
        "-x",
        "--opt=x:0",
        "a b:0",
    ),
    *(
        "$(x):0",
        "`x`:0",
        "x|y:0",
        "evil:0/../x",
        "file:///tmp/evil:0",
        "ext::sh://x",
        "://h",
        "/:0",
    ),
)


@pytest.mark.parametrize("name", TOOLS.split())
def test_a_tools_own_variable_is_refused(name: str) -> None:
    """A manifest neither sets what a tool reads, nor gives it a port."""
    assert variable_flaw(name) == "refused"


@pytest.mark.parametrize("name", USUAL)
def test_usual_names_are_justified(name: str) -> None:
    """By the last word, a bundler's prefix, an address, or the service it begins with."""
    assert variable_flaw(name) is None
    assert is_justified(name, USUAL[name], {"DB"})


@pytest.mark.parametrize("value", HOSTILE)
def test_an_unknown_name_gets_no_path_option_or_command(value: str) -> None:
    """Not even one that begins with a service's name, unless the value is a plain word."""
    assert not is_justified("UNHEARD_OF", value, {"DB"})
    assert is_justified("DB_UNHEARD", value, {"DB"}) == (value == "evil")


#: What no name gets by its last word alone, whatever it is.
FILES = (
    *("./evil", "./evil:0", "../evil", "~/evil", "~evil", "/tmp/evil", "/evil:0", ".", "..", "-x"),
    *("--opt=x", "host=./evil port=0", "a,./evil", "x;-e", "$(x)", "`x`", "C:\\x", "\\\\h\\x"),
    *("file:./evil", "FILE:///tmp/evil", '["./evil"]', "a|./evil", "/run/../tmp/x", "/runx/y"),
)


@pytest.mark.parametrize("name", ["DATABASE_URL", "X_HOST", "appName", "X_ENV", "PGHOST", "A_KEY"])
@pytest.mark.parametrize("value", FILES)
def test_a_last_word_justifies_no_path_option_or_command(name: str, value: str) -> None:
    """An address, a name or a secret has its shape; a file that a tool would load has not."""
    assert not is_justified(name, value, frozenset())


#: The renderers refuse these as well: test_formats.py.
MISSHAPEN = ("", "1A", "A-B", "A B", "É", "A\n", "A\nB", "A=", "A.B", "²", "A;rm", "$(x)")


@pytest.mark.parametrize("name", GOOD.split())
def test_good(name: str) -> None:
    """Ordinary names, the names of services that are called like programs among them."""
    assert variable_flaw(name) is None


@pytest.mark.parametrize("name", REFUSED.split())
def test_refused(name: str) -> None:
    """Names that change how programs load or find things, in any case."""
    assert variable_flaw(name) == "refused"


@pytest.mark.parametrize("name", MISSHAPEN)
def test_shape(name: str) -> None:
    """Letters, digits and _ of ASCII, no digit first."""
    assert variable_flaw(name) == "shape"


def test_length_and_default() -> None:
    """A limit, and the name that a service gives its variable."""
    assert variable_flaw("A" * 128) is None
    assert variable_flaw("A" * 129) == "length"
    assert default_name("my-api_2") == "MY_API_2_PORT"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *[("prot", "port"), ("PORT", "port"), ("on-conflict", "on_conflict"), ("Count", "count")],
        *[("zzz", None), ("", None), ("p" * 1000, None)],
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    """Case and - for _ are always seen through; nonsense is not guessed at."""
    assert nearest(word, ("port", "protocol", "count", "on_conflict")) == expected


#: Names of files, options and commands that no list of tools can end.
FILES = (
    "IRBRC PRYRC CONDARC NETRC LDAPRC SCREENRC GREP_OPTIONS XZ_OPT RAKEOPT ANT_OPTS MOCHA_OPTIONS "
    "CGO_LDFLAGS GNUMAKEFLAGS GUILE_LOAD_PATH SASS_PATH CHROME_PATH TCLLIBPATH GOCOVERDIR MIX_HOME "
    "PYTEST_PLUGINS PYTEST_ADDOPTS TS_NODE_REQUIRE GUNICORN_CMD_ARGS UVICORN_LOG_CONFIG "
    "GOOGLE_APPLICATION_CREDENTIALS STARSHIP_CONFIG THOR_SHELL ODBCINI TOX_TESTENV_PASSENV "
    "HGEDITOR CVSEDITOR K9SCONFIG SWIFT_EXEC LYNX_CFG AIRFLOW__CORE__PLUGINS_FOLDER X_LOCATION"
)


@pytest.mark.parametrize("name", FILES.split())
@pytest.mark.parametrize("value", ["0", "http://localhost:0", "true", "evil"])
def test_no_value_of_a_file_or_an_option_is_harmless(name: str, value: str) -> None:
    """A number and an address are names of files too, and an attacker names the services."""
    first = name.partition("_")[0]
    assert not is_justified(name, value, {first, name.rpartition("_")[0]})


#: Clients with credentials of the user, and where any client would take its traffic.
CLIENTS = (
    "AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY GITHUB_TOKEN "
    "GITHUB_API_URL GH_TOKEN GITLAB_HOST VAULT_ADDR VAULT_TOKEN CONSUL_HTTP_ADDR NOMAD_ADDR "
    "OPENAI_BASE_URL OPENAI_API_KEY ANTHROPIC_BASE_URL ANTHROPIC_AUTH_TOKEN HF_ENDPOINT HF_TOKEN "
    "AZURE_CLIENT_SECRET ARM_ENDPOINT GOOGLE_API_KEY CLOUDFLARE_API_TOKEN SENTRY_URL TURBO_API "
    "OP_CONNECT_HOST DATABRICKS_HOST RESTIC_REPOSITORY BORG_REPO BORG_RSH PGHOSTADDR PGSSLKEY "
    "DATABASE_URL REDIS_HOST X_DSN OLLAMA_HOST DEBUGINFOD_URLS UNHEARD_OF"
)
#: Hosts that are another's, in the ways an address can be written.
PUBLIC = (
    *("https://evil.example:0/x", "http://localhost@evil.example:0", "evil.example:0", "8.8.8.8:0"),
    *(
        "http://[2001:db8::1]:0",
        "http://134744072:0",
        "http://0x08080808:0",
        "http://evil\u3002com",
    ),
    *("http://localhost:0,http://evil.example:0", "http://localhost.evil.example:0"),
    *("http://evillvh.me:0", "172.40.0.1:0", "http://172.evil.example:0"),
)


@pytest.mark.parametrize("name", CLIENTS.split())
@pytest.mark.parametrize("value", PUBLIC)
def test_no_client_is_sent_elsewhere(name: str, value: str) -> None:
    """Neither by a name that is known, nor by one that only says where to connect."""
    assert variable_flaw(name) or not is_justified(name, value, {name.partition("_")[0]})


@pytest.mark.parametrize(
    "name", [one for one in CLIENTS.split() if one.endswith(("_KEY", "_TOKEN", "_SECRET", "_ID"))]
)
def test_no_credentials_of_a_client_are_set(name: str) -> None:
    """An attacker names the services, too: `[services.github]` explains no GITHUB_TOKEN."""
    for value in ("x", "1", "true", "http://localhost:0"):
        assert not is_justified(name, value, {name.partition("_")[0]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("VAULT_ADDR", "http://localhost:0"),
        ("OPENAI_BASE_URL", "http://llm.shop.localhost:0/v1"),
        ("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:0"),
        ("API_URL", "http://192.168.49.2:0"),
        ("API_URL", "http://host.docker.internal:0"),
        ("DATABASE_URL", "jdbc:h2:mem:testdb"),
        ("REDIS_HOST", "redis"),
        ("UPSTREAM", "[fd00::1]:0"),
        ("API_URL", "http://172.17.0.1:0"),
        ("APP_URL", "http://shop.lvh.me:0"),
        ("APP_HOST", "localtest.me:0"),
    ],
)
def test_addresses_of_this_machine_pass(name: str, value: str) -> None:
    assert variable_flaw(name) is None
    assert is_justified(name, value, frozenset())
