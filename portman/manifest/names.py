"""Names of services, and of variables: what shells accept, less what changes how programs run."""

from __future__ import annotations

from typing import Literal

LONGEST_SERVICE, LONGEST_VARIABLE = 63, 128

#: Refused in this spelling, one text a group: a list of words reads better so.
_REFUSED = (
    # where programs, modules and files are found
    "PATH HOME PWD OLDPWD CDPATH FPATH MANPATH INFOPATH TMPDIR TMP TEMP USER LOGNAME TERMINFO",
    "TERMCAP CLASSPATH JAVA_HOME GOPATH GOROOT GOFLAGS CARGO_HOME RUSTUP_HOME GEM_HOME GEM_PATH",
    "BUNDLE_GEMFILE PKG_CONFIG_PATH LIBRARY_PATH CPATH VPATH CURDIR GCONV_PATH LOCPATH NLSPATH",
    "HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF GLIBC_TUNABLES MODULE_PATH MAILPATH",
    # what a shell does with a line, and names it keeps for itself
    "_ IFS ENV SHELL SHELLOPTS BASHOPTS BASH_ENV POSIXLY_CORRECT GLOBIGNORE EXECIGNORE ZDOTDIR",
    "PROMPT PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 UID EUID PPID GROUPS FUNCNAME DIRSTACK SECONDS",
    "RANDOM LINENO OPTIND OPTARG HISTFILE INPUTRC MAKEFLAGS MAKEFILES MFLAGS MAKEOVERRIDES",
    "MAKESHELL MAKELEVEL",
    # code that interpreters load or options they take
    "NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NPM_CONFIG_NODE_OPTIONS",
    "NPM_CONFIG_SCRIPT_SHELL NPM_CONFIG_PREFIX PERL5LIB PERL5OPT PERL5DB PERLLIB RUBYOPT RUBYLIB",
    "JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JAVA_OPTS MAVEN_OPTS GRADLE_OPTS SBT_OPTS",
    "LUA_PATH LUA_CPATH LUA_INIT PHPRC PHP_INI_SCAN_DIR DOTNET_STARTUP_HOOKS DOTNET_ROOT",
    "COR_PROFILER COR_PROFILER_PATH CORECLR_PROFILER CORECLR_PROFILER_PATH RUSTC_WRAPPER RUSTFLAGS",
    "ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ERL_LIBS R_PROFILE R_PROFILE_USER R_LIBS JULIA_LOAD_PATH",
    "OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE",
    "GIO_MODULE_DIR GTK_MODULES QT_PLUGIN_PATH",
    # programs that other programs start
    "EDITOR VISUAL PAGER MANPAGER BROWSER FCEDIT LESSOPEN LESSCLOSE VIMINIT EXINIT",
    "SSH_ASKPASS SSH_AUTH_SOCK SUDO_ASKPASS RSYNC_RSH CVS_RSH SVN_SSH PAGER_COMMAND",
    # what a GitHub job reads its own commands from
    "GITHUB_ENV GITHUB_PATH GITHUB_OUTPUT GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_WORKSPACE",
    # Windows
    "COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR USERPROFILE HOMEDRIVE HOMEPATH APPDATA",
    "LOCALAPPDATA PROGRAMDATA PROGRAMFILES ALLUSERSPROFILE PSMODULEPATH",
)
_EXACT = frozenset(" ".join(_REFUSED).split())
#: LD_PRELOAD and its kind; every interpreter switch of CPython; git runs GIT_SSH, GIT_PAGER and
#: a dozen more, and GIT_DIR moves the repository; XDG_* move settings; PORTMAN_* are our own.
_PREFIXES = ("LD_", "DYLD_", "_RLD", "MALLOC_", "PYTHON", "GIT_", "BASH_", "XDG_", "PORTMAN_")
#: Under PYTHON* too, but about the user's own services: a service called `python` may have a port.
_HARMLESS_ENDINGS = ("_PORT", "_URL")

NameFlaw = Literal["shape", "length", "refused"]


def is_service_name(name: str) -> bool:
    """Accept letters, digits, `-` and `_`, a letter first."""
    return (
        name.isascii()
        and 0 < len(name) <= LONGEST_SERVICE
        and name[0].isalpha()
        and name.replace("-", "_").isidentifier()
    )


def variable_flaw(name: str) -> NameFlaw | None:
    """Check the name of a variable; None if it may be used.

    `shape`: not `[A-Za-z_][A-Za-z0-9_]*` (POSIX 8.1, and what all env-file readers share);
    `length`: over LONGEST_VARIABLE; `refused`: it changes how programs load or find things. Case is
    ignored for the last: zsh ties `path` to PATH, and Windows knows no case at all.
    """
    if not (name.isascii() and name.isidentifier()):
        return "shape"
    if len(name) > LONGEST_VARIABLE:
        return "length"
    upper = name.upper()
    if upper in _EXACT or (upper.startswith(_PREFIXES) and not _only_looks_alike(upper)):
        return "refused"
    return None


def default_name(service: str) -> str:
    """Name the variable that carries a service's port unless the manifest names another."""
    return service.replace("-", "_").replace(".", "_").upper() + "_PORT"


def _only_looks_alike(upper: str) -> bool:
    """Distinguish PYTHON_PORT or GIT_URL (a service of that name) from a switch of the program."""
    return not upper.startswith(("LD_", "DYLD_", "PORTMAN_")) and upper.endswith(_HARMLESS_ENDINGS)
