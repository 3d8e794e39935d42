"""Names of services, and of variables: what shells accept, and what a manifest may set.

A manifest is a stranger's until it is read. So `[env]` sets only a name that its last word, a
service of the manifest or its value justifies (`is_justified`), and neither `[env]` nor a service
sets a name by which programs load or find things (`variable_flaw`). docs/security.md has the rule.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Literal

    NameFlaw = Literal["shape", "length", "refused"]

LONGEST_SERVICE, LONGEST_VARIABLE = 63, 128

#: Refused in this spelling, one text a group: a list of words reads better so.
_REFUSED = (
    # where programs, modules and files are found
    "PATH HOME PWD OLDPWD CDPATH FPATH MANPATH INFOPATH TMPDIR TMP TEMP USER LOGNAME TERMINFO",
    "TERMCAP CLASSPATH GOPATH GOROOT GOFLAGS GOENV GOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE",
    "GOTOOLCHAIN GOBIN GOCACHE GOMODCACHE GOWORK GOVCS GO111MODULE GOFIPS140 GONOPROXY GCCGO",
    "PKG_CONFIG_PATH LIBRARY_PATH CPATH VPATH PUB_CACHE CONFIG_SITE QMAKESPEC AUTOM4TE WINEPREFIX",
    "SDKROOT",
    "CURDIR GCONV_PATH LOCPATH NLSPATH HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF",
    "GLIBC_TUNABLES MODULE_PATH MAILPATH TZ TZDIR LANG LANGUAGE VIRTUAL_ENV FAKECHROOT PREFIX",
    # what a shell does with a line, and names it keeps for itself
    "_ IFS ENV SHELL SHELLOPTS BASHOPTS POSIXLY_CORRECT GLOBIGNORE EXECIGNORE ZDOTDIR SHLVL TERM",
    "PROMPT PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 UID EUID PPID GROUPS FUNCNAME DIRSTACK SECONDS",
    "RANDOM LINENO OPTIND OPTARG HISTFILE INPUTRC MFLAGS TMUX STY TMOUT HOSTFILE FIGNORE MAIL",
    "MAILCHECK CHILD_MAX",
    # code that interpreters load, and options they take
    "PHPRC PHP_INI_SCAN_DIR _JAVA_OPTIONS",
    "NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_EXTRA_CA_CERTS NODE_ICU_DATA NODE_DEBUG",
    "NODE_COMPILE_CACHE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS MIX_EXS GHC_ENVIRONMENT",
    "COMPOSER STACK_ROOT STACK_YAML PUB_HOSTED_URL FLUTTER_STORAGE_BASE_URL TEXINPUTS",
    "NODE_TLS_REJECT_UNAUTHORIZED SSLKEYLOGFILE REQUESTS_CA_BUNDLE DJANGO_SETTINGS_MODULE",
    "SPRING_APPLICATION_JSON LOGGING_CONFIG SOCKS_SERVER SOCKS5_SERVER GRPC_PROXY_EXP TF_WORKSPACE",
    # programs that other programs start, and what they are built with
    "EDITOR VISUAL PAGER MANPAGER BROWSER FCEDIT VIMINIT EXINIT PAGER_COMMAND LESS LESSOPEN",
    "LESSCLOSE LESSKEY LESSKEYIN LESSHISTFILE LESSSECURE MAKEFLAGS MAKEFILES MAKEOVERRIDES",
    "MAKESHELL MAKELEVEL",
    "CC CPP CXX FC AS AR LD NM RANLIB STRIP CFLAGS CPPFLAGS CXXFLAGS LDFLAGS ASFLAGS",
    # settings of clients: where they connect, and what they run
    "PSQLRC PSQL_PAGER PSQL_EDITOR PSQL_HISTORY PGSERVICE PGSERVICEFILE PGPASSFILE PGSYSCONFDIR",
    "PGOPTIONS MYSQL_HOME MYSQL_HISTFILE MYSQL_TEST_LOGIN_FILE SQLITE_HISTORY HGRCPATH P4CONFIG",
    "PGHOSTADDR MYSQL_UNIX_PORT",
    "AWS_CONFIG_FILE AWS_PAGER AWS_PROFILE AWS_CA_BUNDLE AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI CONTAINER_HOST GH_HOST SSHPASS KRB5_CONFIG",
    "TAPE GZIP BZIP2 UNZIP LESSEDIT GHCRTS CARGO DISPLAY WAYLAND_DISPLAY XAUTHORITY",
    "KRB5CCNAME FREETDS NLS_LANG TNS_ADMIN NINJA_STATUS GODEBUG GOEXPERIMENT GOAUTH GREP_COLORS",
    "LS_COLORS GREP_COLOR MIX_ARCHIVES FLASK_APP QUART_APP WERKZEUG_RUN_MAIN OH_MY_ZSH",
    "COVERAGE_PROCESS_START REDISCLI_AUTH TS_NODE_PROJECT MYSQL_PS1",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    # what a GitHub job reads its own commands from
    "GITHUB_ENV GITHUB_PATH GITHUB_OUTPUT GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_WORKSPACE",
    # Windows
    "COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR USERPROFILE HOMEDRIVE HOMEPATH APPDATA",
    "LOCALAPPDATA PROGRAMDATA PROGRAMFILES ALLUSERSPROFILE PSMODULEPATH",
)
_EXACT = frozenset(" ".join(_REFUSED).split())
#: Everything of a tool: LD_PRELOAD and its kind, every switch of CPython, the dozen programs that
#: git runs, the registries and settings of package managers. PORTMAN_* are our own.
_TOOLS = (
    # the loader, the allocator, sanitizers, the shell, desktop libraries
    *("LD_", "DYLD_", "_RLD", "MALLOC_", "ASAN_", "LSAN_", "MSAN_", "TSAN_", "UBSAN_"),
    *("BASH_", "ZSH_", "LC_", "LESS_", "XDG_", "DBUS_", "SYSTEMD_", "SUDO_", "SSH_"),
    *("GTK_", "GDK_", "GIO_", "GST_", "QT_", "QML", "LIBGL_", "OCL_", "VK_ICD_"),
    *("VK_LAYER_", "VK_ADD_", "VK_DRIVER_", "VK_LOADER_", "VK_INSTANCE_"),
    # interpreters, their packages and versions
    *("PYTHON", "IPYTHON", "JUPYTER_", "PIP_", "PIPX_", "PIPENV_", "UV_", "POETRY_", "PDM_"),
    *("CONDA_", "MAMBA_", "PYENV_", "NPM_", "PNPM_", "YARN_", "BUN_", "DENO_", "COREPACK_"),
    *("NVM_", "FNM_", "VOLTA_", "NODENV_", "ELECTRON_", "PUPPETEER_", "PLAYWRIGHT_DOWNLOAD_"),
    *("PLAYWRIGHT_BROWSERS_", "CYPRESS_INSTALL_", "CYPRESS_RUN_", "CYPRESS_DOWNLOAD_"),
    *("R_", "COMPOSER_", "TWINE_", "FLIT_", "HATCH_", "OPAM", "CABAL_", "GHCUP_", "VCPKG_"),
    *("CONAN_", "BAZEL", "EMACS", "VIM", "NVIM_", "FZF_", "RIPGREP_", "GDB", "LLDB_"),
    *("PERL", "RUBY", "GEM_", "BUNDLE_", "BUNDLER_", "RBENV_", "LUA_", "ERL_", "JULIA_", "HEX_"),
    *("JAVA_", "JDK_", "GRADLE_", "MAVEN_", "MVN_", "SBT_", "CATALINA_", "SDKMAN_", "JENV_"),
    *("DOTNET_", "CORECLR_", "COR_", "COMPLUS_", "NUGET_", "MSBUILD", "RUSTC", "RUSTDOC"),
    *("RUSTFLAGS", "RUSTUP_", "CARGO_", "MISE_", "ASDF_", "DIRENV_", "NIX_", "GUIX_", "HOMEBREW_"),
    # builds, containers, clouds, transfers
    *("MAKE_", "CMAKE_", "CCACHE_", "SCCACHE_", "DISTCC_", "GIT_", "SVN_", "CVS_", "RSYNC_"),
    *("TAR_", "WGET", "CURL_", "OPENSSL_", "SSL_", "GNUPG", "GPG_", "DOCKER_", "COMPOSE_"),
    *("BUILDKIT_", "BUILDX_", "BUILDAH_", "PODMAN_", "CONTAINERS_", "KUBE", "HELM_", "TF_CLI_"),
    *("TF_REATTACH_", "TF_PLUGIN_", "TF_DATA_", "TF_REGISTRY_"),
    *("TERRAFORM_", "TERRAGRUNT_", "ANSIBLE_", "VAGRANT_", "PACKER_", "PULUMI_", "CLOUDSDK_"),
    *("WSL", "VSCODE_", "OCAML", "DBI_", "MONO_", "CGO_", "ORG_GRADLE_", "SPRING_CONFIG_"),
    *("WEBDRIVER_", "PGSSL", "PGGSS", "PGKRB", "PGREQUIRE", "PORTMAN_"),
)
#: Where installers fetch programs from, whatever comes before.
_SOURCES = (
    *("_BINARY_HOST", "_BINARY_SITE", "_BINARY_MIRROR", "_DOWNLOAD_HOST", "_DOWNLOAD_BASE_URL"),
    *("_DIST_URL", "_DIST_BASE_URL", "_CDNURL", "_INDEX_URL", "_MIRROR", "_REPOSITORY_URL"),
)
#: Whatever comes before: a client sends its traffic, or its questions, where these say.
_SUFFIXES = ("_PROXY", "_PRELOAD", "_ASKPASS", "_STARTUP_HOOKS", *_SOURCES)
#: Last words, or their ends, of names whose value is a file, an option or a command: a number and
#: an address are file names as well (`IRBRC=1`), so no value of them can be told to be harmless.
_FILES = frozenset(
    (  # noqa: SIM905 - a list of words reads better so
        "OPT OPTS OPTION OPTIONS ARG ARGS FLAG FLAGS PATH PATHS HOME DIR DIRS DIRECTORY FILE FILES "
        "RC RCFILE CONFIG CONF INI PLUGIN PLUGINS EXECUTABLE BINARY BIN COMMAND CMD SHELL REQUIRE "
        "REQUIRES PRELOAD LIBRARY LIBRARIES LIB LIBS MODULE MODULES EXTENSION EXTENSIONS HOOK "
        "HOOKS "
        "SCRIPT SCRIPTS EDITOR PAGER BROWSER CREDENTIALS ROOT PASSENV DEFAULTS LOADER WRAPPER "
        "COMPILER LINKER RUNNER DLL SO INIT STARTUP RSH CERT CRL EXEC CFG FOLDER FOLDERS LOCATION "
        "LOCATIONS"
    ).split()
)
#: Names of that kind under which frameworks keep an address of the application itself.
_PAGES = frozenset(("WP_HOME", "API_ROOT", "API_PATH", "AUTH_ROOT", "SITE_ROOT", "URL_ROOT"))
_FILES_JOINED = (
    *("RC", "FLAGS", "OPTS", "OPTIONS", "OPT", "PATH", "DIR", "INI", "INIT", "CONF", "CONFIG"),
    *("EDITOR", "PAGER"),
)
#: Clients that carry credentials of the user: clouds, forges, models, vaults, monitors, backups. Of
#: their names only addresses of this machine pass (LocalStack's, say), and a region.
_CLIENTS = tuple(
    (  # noqa: SIM905 - a list of words reads better so
        "AWS_ ARM_ AZURE_CLIENT_ AZURE_TENANT_ AZURE_AUTHORITY_ AZURE_OPENAI_ GOOGLE_ GCE_ GEMINI_ "
        "VERTEX_ OCI_ SCW_ OS_ CLOUDFLARE_ CF_ DIGITALOCEAN_ HCLOUD_ LINODE_ FLY_ HEROKU_ NETLIFY_ "
        "VERCEL_ RAILWAY_ RENDER_ FIREBASE_ SUPABASE_ACCESS_ VAULT_ BAO_ CONSUL_ NOMAD_ BOUNDARY_ "
        "OP_ BW_ DOPPLER_ INFISICAL_ SOPS_ GITHUB_ GH_ GITLAB_ GLAB_ GL_ GITEA_ BITBUCKET_ CI_ "
        "ACTIONS_ CIRCLE_ JENKINS_ OPENAI_ ANTHROPIC_ CLAUDE_ COPILOT_ MISTRAL_ GROQ_ COHERE_ "
        "LITELLM_ HF_ HUGGINGFACE_ HUGGING_FACE_ REPLICATE_ WANDB_ KAGGLE_ SENTRY_URL SENTRY_AUTH_ "
        "DD_ DATADOG_ NEW_RELIC_ SNYK_ SONAR_ CODECOV_ PERCY_ SAUCE_ BROWSERSTACK_ ARTIFACTORY_ "
        "JFROG_ NEXUS_ TURBO_ NX_ EXPO_TOKEN EAS_ STRIPE_API_ TWILIO_ SLACK_ DATABRICKS_ "
        "SNOWFLAKE_ SNOWSQL_ INFLUX_TOKEN ARGOCD_ ETCDCTL_ RESTIC_ RCLONE_ BORG_ MC_HOST_ CRATES_"
    ).split()
)
#: Last words of names whose value a client connects to.
_CONNECTS = frozenset(
    (  # noqa: SIM905 - a list of words reads better so
        "URL URLS URI URIS DSN HOST HOSTNAME ADDR ADDRS ADDRESS ADDRESSES ENDPOINT ENDPOINTS "
        "SERVER SERVERS BROKER BROKERS NODES PEERS SEEDS UPSTREAM UPSTREAMS CONNECTION "
        "CONNECTIONSTRING"
    ).split()
)
#: Ends of names that no public server has (RFC 6761, RFC 6762, ICANN's .internal), and of names
#: whose owners point all of them at 127.0.0.1 for development.
_NOT_PUBLIC = (".localhost", ".local", ".test", ".internal")
_LOOPBACK = (".lvh.me", ".localtest.me", ".ddev.site", ".lndo.site")
#: Variables that a bundler copies into a page: no tool reads them as its own settings.
_PUBLIC = (
    *("VITE_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "REACT_APP_", "VUE_APP_", "EXPO_PUBLIC_"),
    *("GATSBY_", "STORYBOOK_", "NG_APP_", "PUBLIC_", "CONNECTIONSTRINGS__"),
)
#: Last words of names that say where a service is, or what it is called there.
_ENDINGS = frozenset(
    (  # noqa: SIM905 - a list of words reads better so
        "URL URLS URI URIS DSN HOST HOSTS HOSTNAME HOSTNAMES PORT PORTS ADDR ADDRS ADDRESS "
        "ADDRESSES ENDPOINT ENDPOINTS ORIGIN ORIGINS LISTENER LISTENERS SERVER SERVERS BROKER "
        "BROKERS NODES PEERS SEEDS UPSTREAM UPSTREAMS DOMAIN DOMAINS BIND LISTEN ISSUER AUDIENCE "
        "CALLBACK WEBHOOK CONNECTION CONNECTIONSTRING NAME USER USERNAME PASSWORD PASS DB DATABASE "
        "SCHEMA REALM TENANT BUCKET QUEUE TOPIC VHOST REGION NAMESPACE PREFIX KEY SECRET TOKEN ID "
        "TITLE LEVEL DEBUG ENV ENVIRONMENT MODE STAGE TIMEOUT ENABLED COUNT SIZE SLUG"
    ).split()
)
#: The same at the end of a word: PGHOST, DATABASEURL; and words that only end alike.
#: Those of them whose value may be the path of a URL.
_ROUTES = frozenset(("PREFIX", "VHOST", "CALLBACK", "NAMESPACE", "REALM"))
_JOINED = ("URL", "URI", "DSN", "HOST", "PORT", "ADDR", "ENDPOINT")
_ALIKE = ("IMPORT", "EXPORT", "SUPPORT", "TRANSPORT", "REPORT")
_POSTGRES = frozenset(("PGDATABASE", "PGUSER", "PGPASSWORD", "PGAPPNAME"))


def is_service_name(name: str) -> bool:
    return (
        name.isascii()
        and 0 < len(name) <= LONGEST_SERVICE
        and name[0].isalpha()
        and name.replace("-", "_").isidentifier()
    )


def variable_flaw(name: str) -> NameFlaw | None:
    """Check the name of a variable; None if a service may carry its port in it.

    `shape`: not `[A-Za-z_][A-Za-z0-9_]*` (POSIX 8.1, and what all env-file readers share);
    `length`: over LONGEST_VARIABLE; `refused`: it changes how programs load or find things. Case is
    ignored for the last: zsh ties `path` to PATH, and Windows knows no case at all.
    """
    if not (name.isascii() and name.isidentifier()):
        return "shape"
    if len(name) > LONGEST_VARIABLE:
        return "length"
    return "refused" if _is_refused(name.upper()) else None


def is_justified(  # noqa: PLR0911 - one return a rule
    name: str, value: str, beginnings: Container[str]
) -> bool:
    """Return whether `[env]` may give the variable (without a flaw) this value.

    In `value` each reference is what it stands for ("http://localhost:0", "0"). A name that says a
    file, an option or a command never does. One of these suffices: the last word of the name is
    one of an address or of a service's data, and the value names no file, option, command or public
    host; a
    bundler copies variables of this prefix into a page; the
    value is addresses, or a number or a truth value; the name begins with the name of a service,
    spelled as `beginning` does, and the value is a plain word.
    """
    upper = name.upper()
    if upper.startswith(_PUBLIC):
        return True
    if upper in _PAGES and "://" in value:
        return not _names_a_file(value, routes=True)
    if _last_word(name) in _FILES or _last_word(name).endswith(_FILES_JOINED):
        return False
    if upper.startswith(_CLIENTS) and not _is_for_client(name, value):
        return False
    if _connects(name) and _leaves(value):
        return False
    if upper in _POSTGRES or upper.startswith("AWS_ENDPOINT_URL_") or _ends_well(name):
        return not _names_a_file(value, routes=_last_word(name) in _ROUTES)
    if value.lower() in _TRUTH:
        return True
    plain = value.replace("-", "").replace("_", "")
    if plain.isascii() and plain.isalnum() and value[0] != "-":
        words = upper.split("_")
        starts = ("_".join(words[:count]) for count in range(1, len(words)))
        return value.isdigit() or any(one in beginnings for one in starts)
    return _is_addresses(value) and not _leaves(value)


def beginning(service: str) -> str:
    """Spell the name of a service as variables about it begin."""
    return service.replace("-", "_").replace(".", "_").upper()


def default_name(service: str) -> str:
    """Name the variable that carries a service's port unless the manifest names another."""
    return f"{beginning(service)}_PORT"


_TRUTH = frozenset(("true", "false", "yes", "no", "on", "off", ""))


def _is_refused(upper: str) -> bool:
    if upper in _EXACT or upper.startswith(("LD_", "DYLD_", "PORTMAN_")):
        return True
    if upper.endswith(_SUFFIXES):
        return not upper.startswith(_PUBLIC)
    return upper.startswith(_TOOLS) and not _only_looks_alike(upper)


def _only_looks_alike(upper: str) -> bool:
    """Distinguish PYTHON_PORT or GIT_URL (a service of that name) from a switch of the program."""
    return upper.endswith("_PORT") or (upper.endswith("_URL") and upper.count("_") == 1)


def _last_word(name: str) -> str:
    word = name.rstrip("0123456789_").rpartition("_")[2]
    if word and not word.isupper() and not word.islower():  # camelCase: from its last capital
        at = max((index for index, char in enumerate(word) if char.isupper()), default=0)
        word = word[at:] if at else word
    return word.upper()


def _is_for_client(name: str, value: str) -> bool:
    """Accept a region, and an address of this machine: never credentials of the user's client."""
    word = _last_word(name)
    if word == "REGION":
        return True
    where = _connects(name) or word in ("API", "BASE") or "ENDPOINT_URL" in name.upper()
    return where and _is_addresses(value) and not _leaves(value)


def _connects(name: str) -> bool:
    upper = _last_word(name)
    alike = upper.endswith(_ALIKE) or upper.endswith("PORT")
    return upper in _CONNECTS or (upper.endswith(_JOINED) and not alike)


def _is_addresses(value: str) -> bool:
    items = value.replace(",", " ").replace(";", " ").split()
    return bool(items) and all(map(_is_address, items))


def _leaves(value: str) -> bool:
    """Return whether a value names a host beyond this machine and its private network."""
    for item in value.translate(_BETWEEN).translate(_DOTS).split():
        host = item.rpartition("://")[2] if "://" in item else item
        for stop in "/?#":
            host = host.partition(stop)[0]
        host = host.rpartition("@")[2].rpartition("\\")[2]
        bare = host.removeprefix("[").partition("]")[0]
        numbers = bare.count(":") > 1 and not set(bare.lower()) - set("0123456789abcdef:.")
        host = bare if numbers else bare.partition(":")[0]
        if not _stays(host.lower().rstrip(".")):
            return True
    return False


def _stays(host: str) -> bool:
    """Accept a name without a dot (a container's), one that is not public, a private address."""
    if ":" in host:
        return host in ("::", "::1") or host.startswith(("fe80:", "fc", "fd"))
    parts = host.split(".")
    if all(one.isdigit() for one in parts):  # also an address in one number
        private = host in ("0.0.0.0", "0") or parts[0] in ("127", "10")  # noqa: S104 - compared
        docker = parts[0] == "172" and len(parts) == 4 and 16 <= int(parts[1]) < 32
        few = len(parts) == 1 and len(host) < 6
        return private or docker or few or parts[:2] == ["192", "168"]
    plain = len(parts) < 2 and not host.startswith("0x")
    return plain or not parts[0] or f".{host}".endswith((*_NOT_PUBLIC, *_LOOPBACK))


def _ends_well(name: str) -> bool:
    upper = _last_word(name)
    if name.upper().endswith("CONNECTION_STRING"):
        return True
    return upper in _ENDINGS or (upper.endswith(_JOINED) and not upper.endswith(_ALIKE))


#: What stands between the items of a value: lists of JSON, `key=value;`, words.
_BETWEEN = str.maketrans(dict.fromkeys(",;|=\"'[]{}", " "))
#: The dots of IDNA (RFC 3490, 3.1), and the brackets around an address in Go's DSN.
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "(": " ", ")": " "})
#: Folders in which no repository and no other user puts files: sockets of servers are there.
_RUN = ("/run/", "/var/run/")


def _names_a_file(value: str, *, routes: bool) -> bool:
    """Return whether a value has a path, an option or a command in it; `routes`: /paths are none.

    What is relative without `./` cannot be told from a name.
    """
    if "`" in value or "$(" in value or "\\" in value:
        return True
    for item in value.translate(_BETWEEN).split():
        option = item[0] == "-" and item != "-" and not item[1].isdigit()
        path = item in (".", "..") or item.startswith(("./", "../", "~")) or "/../" in item
        rooted = item.startswith("/") and len(item) > 1 and not routes
        if option or path or (rooted and not f"{item}/".startswith(_RUN)):
            return True
        if item.lower().startswith(("file:", "ext:")):
            return True
    return False


def _is_address(text: str) -> bool:
    """Accept `HOST:PORT`, and `SCHEME://HOST` with what follows; never a path."""
    scheme, mark, rest = text.rpartition("://") if text.count("://") == 1 else ("", "", text)
    if mark:
        letters = scheme.replace("+", "").replace(".", "").replace(":", "").replace("_", "")
        known = letters.isalnum() and letters.isascii() and "::" not in scheme
        if not known or scheme.lower().endswith("file"):
            return False
        for stop in "/?#":
            rest = rest.partition(stop)[0]
        rest = rest.rpartition("@")[2]
    host, colon, port = rest.rpartition(":")
    if not colon or not port.isdigit():
        host, port = (rest, "") if mark else ("", "")
    host = host.removeprefix("[").removesuffix("]") if "[" in host else host.replace(":", "/")
    plain = host.replace(".", "").replace("-", "").replace("_", "").replace(":", "")
    return bool(plain) and plain.isascii() and plain.isalnum() and host[0] not in ".-_"
