"""How servers say their port in code, by language: the tables that code.py goes by. Data."""

from __future__ import annotations

from portman.base.record import NamedTuple

#: The variable of a port, as a group of a pattern.
PORT_NAME = r"([A-Z][A-Z0-9_]*_PORT|PORT)"

#: Languages by the ending of a file: how a default stands beside a variable, how a literal listens.
#: In the first, group 1 is the variable and 2 the number, unless one group is called `number`.
CODE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "js": (
        (
            (
                rf"(?:process|Bun|import\.meta|Deno)\.env(?:\.get)?[.(\[]+[\"']?{PORT_NAME}[\"'\])]*"
                r"(?:\s+as\s+\w+)?[^\n;]{0,20}?(?:\|\||\?\?|,(?!\s*10\b))\s*[\"']?(\d{2,5})"
            ),
            # process.env.PORT ? Number(process.env.PORT) : 3000
            rf"process\.env\.{PORT_NAME}\s*\?(?!\?)[^:;\n]{{1,60}}:\s*[\"']?(\d{{2,5}})",
            # env.int('PORT', 1337), of Strapi and AdonisJS
            rf"\benv(?:\.int|\.get)?\(\s*[\"']{PORT_NAME}[\"']\s*,\s*[\"']?(\d{{2,5}})",
            # const { PORT = 3000 } = process.env
            rf"\{{[^{{}}]{{0,200}}?\b{PORT_NAME}\s*=\s*[\"']?(\d{{2,5}})[^{{}}]{{0,200}}\}}\s*=\s*process\.env\b",
            rf"\.get(?:<\w+>)?\(\s*[\"']{PORT_NAME}[\"']\s*(?:,|\)\s*(?:\|\||\?\?))\s*[\"']?(\d{{2,5}})",
            # PORT: z.coerce.number().default(3030), of zod, envalid, Joi
            (
                rf"\b{PORT_NAME}\s*:\s*(?:z|v|num|port|[Jj]oi|yup|t|Type)\b"
                r"(?:(?!\b[A-Z][A-Z0-9_]+\s*:)[\s\S]){0,400}?default\b[(:\s\"']{1,4}(\d{2,5})"
            ),
        ),
        (
            r"\.listen\(\s*(?:\{[^}]{0,400}?\bport\s*:\s*)?(\d{2,5})\b",
            r"\b(?:Bun|Deno)\.serve\(\s*\{[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
            r"\bserve\(\s*\{[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
            r"\b(?:[Hh]api\.(?:server|Server)|WebSocket(?:\.)?Server|WSServer)\(\s*\{[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
            r"\blisten\s*:\s*\{[^}]{0,200}?\bport\s*:\s*(\d{2,5})\b",
            r"\bexport\s+default\s*\{(?=[^;]{0,400}?\bfetch\b)[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
        ),
    ),
    "go": (
        (
            rf"[Ee]nv\w*\(\s*\"{PORT_NAME}\"\s*,\s*\"?:?(\d{{2,5}})\"?",
            # &cli.IntFlag{Name: "port", Value: 8080, EnvVars: []string{"PORT"}}
            (
                r"Flag\{[^{}]{0,200}?Value:\s*\"?:?(?P<number>\d{2,5})\"?[^{}]{0,200}?"
                rf"(?:EnvVars?|Sources):[^\n]{{0,60}}?\"{PORT_NAME}\""
            ),
            rf"cmp\.Or\(\s*os\.Getenv\(\"{PORT_NAME}\"\)\s*,\s*\"?:?(\d{{2,5}})\"?",
            rf"env(?:config)?:\"{PORT_NAME}[^`\n]{{0,200}}?[Dd]efault(?::\"|=):?(\d{{2,5}})\"",
        ),
        (
            r"(?:ListenAndServe(?:TLS)?|\.Listen|\.Run|Start)\(\s*(?:\"tcp\",\s*)?\"[^\"]*:(\d{2,5})\"",
            r"\bAddr:\s*\"[^\"]*:(\d{2,5})\"",
            r"\b(?:http|listen|server|bind|web|api)_?[Aa]ddr(?:ess)?\s*:?=\s*\"[\w.]*:(\d{4,5})\"",
            (
                r"Flag\{\s*Name:\s*\"(?:[\w-]*-)?(?:port|addr|listen)\"[^{}]{0,200}?"
                r"Value:\s*\"?[^\s\",:]{0,40}?:?(\d{2,5})\b"
            ),
            # Port int `help:"..." default:"8080"`, of kong, go-flags, envconfig
            r"\b(?:[A-Z]\w*)?Port\s+\w+\s+`[^`\n]{0,200}?\bdefault:\":?(\d{2,5})\"",
        ),
    ),
    "py": (
        (
            rf"(?:getenv|environ\.get|config|env\w*)\(\s*[\"']{PORT_NAME}[\"']\s*,[^\n]{{0,12}}?(\d{{2,5}})",
            rf"(?m)^[ \t]+{PORT_NAME}\s*:\s*int\s*=\s*(?:Field\([^\n]{{0,60}}?)?(\d{{2,5}})",
        ),
        (
            (
                r"\b(?:uvicorn\.run|app\.run|run_app|socketio\.run|ui\.run|serve|launch|run_simple)"
                r"\([^)]{0,400}?\b(?:server_)?port\s*=\s*(\d{2,5})\b"
            ),
            r"HTTPServer\(\s*\(\s*[\"'][^\"']*[\"']\s*,\s*(\d{2,5})",
            r"\badd_(?:in)?secure_port\(\s*f?[\"'][^\"'\n]{0,40}:(\d{2,5})[\"']",
        ),
    ),
    "rb": (
        (rf"ENV(?:\.fetch)?[\[(]\s*[\"']{PORT_NAME}[\"']\]?\s*(?:,|\|\|)\s*[\"']?(\d{{2,5}})",),
        (r"TCPServer\.(?:new|open)\([^)\n]{0,80}?(\d{2,5})\)", r"\bset\s+:port,\s*(\d{2,5})"),
    ),
    "rs": (
        (rf"\"{PORT_NAME}\"[^;]{{0,120}}?\"?(?<![\w.])(\d{{2,5}})(?![\w.])",),
        (
            r"(?:bind|serve)\(\s*&?\"[^\"]*:(\d{2,5})\"",
            r"(?:bind|run)\(\s*\(\s*(?:\"[^\"]*\"|\[[^\]]*\])\s*,\s*(\d{2,5})",
            r"SocketAddr::from\(\(\s*\[[^\]]*\]\s*,\s*(\d{2,5})",
            # #[arg(long, default_value = "127.0.0.1:8081")] listen: SocketAddr
            (
                r"default_value(?:_t)?\s*=\s*\"?(?:[\w.\[\]:-]*:)?(\d{2,5})\"?[^\]\n]*\]\s*"
                r"(?:pub\s+)?(?:\w+_)?(?:port|listen|addr|address|bind)\s*:"
            ),
            r"\"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(\d{2,5})\"\s*\.parse\b",
        ),
    ),
    "java": (
        (
            rf"[Gg]etenv\(\"{PORT_NAME}\"\)[^;\n]{{0,30}}?\?:\s*\"?(\d{{2,5}})",
            rf"getOrDefault\(\s*\"{PORT_NAME}\"\s*,\s*\"?(\d{{2,5}})",
        ),
        (
            r"\bembeddedServer\([^)]{0,200}?\bport\s*=\s*(\d{2,5})\b",
            r"\.listen\(\s*(\d{2,5})\b",
            r"\b(?:ServerSocket|Undertow\.builder\(\)\.addHttpListener)\(\s*(\d{2,5})\b",
            r"\bHttpServer\.create\(\s*new InetSocketAddress\((?:\"[^\"]*\",\s*)?(\d{2,5})\)",
            r"\bJavalin\b[\s\S]{0,400}?\.start\(\s*(?:\"[^\"]*\",\s*)?(\d{2,5})\)",
        ),
    ),
    "dart": (
        (
            rf"Platform\.environment\[[\"']{PORT_NAME}[\"']\]\s*\?\?\s*[\"']?(\d{{2,5}})",
            rf"fromEnvironment\(\s*[\"']{PORT_NAME}[\"']\s*,\s*defaultValue:\s*[\"']?(\d{{2,5}})",
        ),
        (r"\bserve\([^)]{0,120}?,\s*(\d{2,5})\)", r"\bHttpServer\.bind\([^)]{0,120}?,\s*(\d{2,5})"),
    ),
    "ex": (
        (rf"System\.get_env\(\"{PORT_NAME}\"(?:\)\s*\|\||,)\s*\"?(\d{{2,5}})",),
        (r"\b(?:Bandit|Plug\.Cowboy)\b[^\n]{0,200}?\bport:\s*(\d{2,5})",),
    ),
}
CODE |= {"ts": CODE["js"], "mjs": CODE["js"], "cjs": CODE["js"], "mts": CODE["js"]}
CODE |= {"kt": CODE["java"]}

#: A server that takes its port from a variable and has no number of its own.
BARE = {
    "js": rf"\.listen\(\s*(?:Number\(|parseInt\(|\+)?process\.env\.{PORT_NAME}\b[\s,)]",
    "go": rf"ListenAndServe\(\s*\":\"\s*\+\s*os\.Getenv\(\"{PORT_NAME}\"\)",
    "rb": rf"\bset\s+:port,\s*ENV\[[\"']{PORT_NAME}[\"']\]",
}
BARE |= dict.fromkeys(("ts", "mjs", "cjs", "mts"), BARE["js"])

#: An option with its default: `--port` of argparse, click and typer.
OPTION = {
    "py": (
        (
            r"\b(?:add_argument|[Oo]ption)\([^)]{0,200}?[\"']--(port|http-port|listen-port)[\"']"
            r"[^)]{0,200}?\bdefault\s*=\s*(\d{2,5})\b"
        ),
        r"\b(port)\s*:\s*(?:int|Annotated\[[^\]]*\])\s*=\s*(?:typer\.Option\(\s*)?(\d{2,5})\b",
    ),
}


class Unasked(NamedTuple):
    """A server that listens on a number of its own where the code names none.

    `shows` is what must stand in the file, `call` what starts it.
    """

    shows: str
    call: str
    port: int
    variable: str = ""


UNASKED: dict[str, tuple[Unasked, ...]] = {
    "py": (
        Unasked(r"\bDash\(", r"\bapp\.run(?:_server)?\(", 8050, "PORT"),
        Unasked(r"\bFlask\(", r"\bapp\.run\(", 5000),
        Unasked(r"\bQuart\(", r"\bapp\.run\(", 5000),
        Unasked(r"\bimport uvicorn\b", r"\buvicorn\.run\(", 8000),
        Unasked(r"\bgradio\b", r"\b\w+\.launch\(", 7860, "GRADIO_SERVER_PORT"),
        Unasked(r"\bnicegui\b", r"\bui\.run\(", 8080),
        Unasked(r"\baiohttp\b", r"\bweb\.run_app\(", 8080),
    ),
    "go": (Unasked(r"\bgin\.(?:Default|New)\(", r"\.Run\(", 8080, "PORT"),),
    "rs": (Unasked(r"\brocket\b", r"\brocket::(?:build|ignite)\(", 8000, "ROCKET_PORT"),),
    "rb": (
        Unasked(r"[\"']sinatra[\"']", r"(?m)^[ \t]*(?:get|post)\b", 4567, "PORT"),
        Unasked(r"[\"']sinatra/base[\"']", r"\brun!", 4567, "PORT"),
    ),
    "js": (
        Unasked(r"\bDeno\b", r"\bDeno\.serve\(", 8000),
        Unasked(r"\bBun\b", r"\bBun\.serve\(", 3000, "PORT"),
        Unasked(r"\bApolloServer\b", r"\bserver\.listen\(", 4000),
        Unasked(r"\bstartStandaloneServer\b", r"\bawait startStandaloneServer\(", 4000),
    ),
}
UNASKED |= dict.fromkeys(("ts", "mjs", "mts"), UNASKED["js"])

#: An option of a Go server with its default, by flag, pflag, cobra or viper: `"port", 8080`,
#: `"web.listen-address", ":9100"`, `&addr, "listen", "l", "localhost:6161"`.
GO_FLAG = (
    r"\b(?:(?:Int|Uint|Uint16|String)(?:Var)?P?|SetDefault)\(\s*(?:&[\w.]+,\s*)?"
    r"\"(?P<name>(?:(?:server|http|web|api|app|listen|bind)[._-])?"
    r"(?:port|p|http|bind|listen|(?:(?:listen|bind|http)[._-]?)?(?:addr|address)"
    r"|(?:listen|http)[._-]?port))\"(?:\s*,\s*\"\w?\")?\s*,\s*(?:[a-z][\w.]*\()?"
    r"\"?(?:(?:[A-Za-z][\w.-]*|\d+\.\d+\.\d+\.\d+|\[::\]?)?:)?(?P<port>\d{2,5})\b(?![.\d])"
    r"(?P<use>[^\n]{0,200})"
)
GO_SERVES = r"[Ll]isten|lags\(\)|\.Serve\(|\.Run\(|\.Start\(|\bcobra\.Command\b"
