"""What adopt adds to launch settings, and to the code of an Aspire AppHost."""

from __future__ import annotations

import pytest

from portman.adopt.plan import plan
from portman.adopt.project import Edit, Job, Place, Project, apply, as_bytes, by_file


def after(text: str, edits: list[Edit] | tuple[Edit, ...]) -> str:
    return apply(as_bytes(text), edits).decode("utf-8", "surrogateescape")


PROFILES = """\
{
  "profiles": {
    // ours
    "http": {
      "commandName": "Project",
      "applicationUrl": "http://localhost:5221",
      "environmentVariables": { "A": "b" }
    },
    "https": {
      "commandName": "Project",
      "applicationUrl": "https://localhost:7221;http://localhost:5221",
      "environmentVariables": {
        "ASPNETCORE_ENVIRONMENT": "Development",
        "SELF": "http://localhost:5221/x",
        "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL": "https://localhost:9221"
      }
    },
    "IIS Express": { "commandName": "IISExpress" }
  }
}
"""
#: What is added behind the last profile.
ADDED = """,
    "portman": {
      "commandName": "Project",
      "environmentVariables": {
        "ASPNETCORE_URLS": "https://localhost:%API_HTTPS_PORT%;http://localhost:%API_PORT%",
        "ASPNETCORE_ENVIRONMENT": "Development",
        "SELF": "http://localhost:%API_PORT%/x",
        "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL": "https://localhost:%API_OTLP_PORT%"
      }
    }"""
LAUNCH = "src/Api/Properties/launchSettings.json"


def dotnet(name: str, port: int) -> Job:
    variable = f"{name.upper().replace('-', '_')}_PORT"
    return Job(name, port, (variable,), "src/Api", places=(Place(LAUNCH, 5, "sure", ""),))


API = (dotnet("api", 5221), dotnet("api-https", 7221), dotnet("api-otlp", 9000))


@pytest.mark.parametrize("marks", ["", "\ufeff", "\r\n"])
def test_a_launch_profile_of_our_own(marks: str) -> None:
    """The fullest profile is copied, its numbers are variables; the others keep every byte."""
    text = PROFILES.replace("\n", "\r\n") if marks == "\r\n" else marks + PROFILES
    added = ADDED.replace("\n", "\r\n") if marks == "\r\n" else ADDED
    made = plan(Project({LAUNCH: text}, API))
    last = '"IIS Express": { "commandName": "IISExpress" }'
    assert after(text, [made.edits[0]]) == text.replace(last, last + added)
    assert len(by_file(made.edits)[LAUNCH]) == 1
    command = "portman run --service api -- dotnet run --project src/Api --launch-profile portman"
    assert {one.command for one in made.outcomes.values()} == {command}
    again = plan(Project({LAUNCH: after(text, [made.edits[0]])}, API))
    assert not again.edits
    assert {one.command for one in again.outcomes.values()} == {command}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            '{"profiles": {"x": {"applicationUrl": "http://localhost:5221"}}}',
            ', "portman": {"environmentVariables": '
            '{ "ASPNETCORE_URLS": "http://localhost:%API_PORT%" }}',
        ),
        ('{"profiles": {"x": {"applicationUrl": "http://localhost:5221;http://h:1"}}}', ""),
        ('{"profiles": {"x": {"commandName": "IISExpress"}}}', ""),
        ('{"profiles": {"portman": {"applicationUrl": "http://localhost:5221"}}}', ""),
        ("{}", ""),
        ("", ""),
    ],
)
def test_launch_settings_that_are_another_matter(text: str, wanted: str) -> None:
    """An address that is no job's, no profile that starts the project, a name that is taken."""
    made = plan(Project({LAUNCH: text}, API))
    assert "".join(one.new for one in by_file(made.edits).get(LAUNCH, ())) == wanted
    way = "--launch-profile portman" if wanted else "--urls"
    assert way in made.outcomes["api"].command
    assert (made.outcomes["api-otlp"].way == "unknown") == (not wanted)


HOST = '<Project Sdk="Aspire.AppHost.Sdk/9"><ProjectReference Include="..\\Api\\Shop.Api.csproj" />'
ADD = 'var api = builder.AddProject<Projects.Shop_Api>("api", f(")"))'
ENDPOINT = """.WithEndpoint("http", e => e.Port = int.Parse(Environment.GetEnvironmentVariable\
("API_PORT") ?? "5221"), createIfNotExists: false)"""


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (f"{ADD}\n  .WithReference(db);\n", f"{ADD}\n  {ENDPOINT}\n  .WithReference(db);\n"),
        (f"{ADD};\n", f"{ADD}\n    {ENDPOINT};\n"),
        (f"{ADD}.Wait();\r\n", f"{ADD}\r\n    {ENDPOINT}.Wait();\r\n"),
        (f"{ADD};\n{ADD};\n", ""),
        ("builder.AddProject<Projects.Web>();\n", ""),
    ],
)
def test_what_an_apphost_starts(code: str, wanted: str) -> None:
    """Its code gives the endpoint the variable's number; an unclear call is named with the line."""
    files = {"src/Host/Host.csproj": HOST, "src/Host/Program.cs": code}
    made = plan(Project(files, API[:1]))
    if not wanted:
        assert made.outcomes["api"].way == "unknown"
        assert ENDPOINT in made.left[0].what
        return
    assert after(code, made.edits) == wanted
    assert made.outcomes["api"].command == "portman run -- dotnet run --project src/Host"
    again = plan(Project({**files, "src/Host/Program.cs": wanted}, API[:1]))
    assert (again.edits, again.left) == ((), ())
    files["src/Host/Properties/launchSettings.json"] = PROFILES
    place = Place("src/Host/Properties/launchSettings.json", 5, "sure", "")
    host = Job("host", 5221, ("HOST_PORT",), "src/Host", places=(place,))
    made = plan(Project(files, (API[0], host, host._replace(name="host-https", port=7221))))
    command = "portman run --service host -- dotnet run --project src/Host --launch-profile portman"
    assert {one.command for one in made.outcomes.values()} == {command}


def test_what_two_apphosts_publish() -> None:
    """One entry for both, and each takes its variable."""
    text = 'b.AddContainer("mail", "x")\n  .WithHttpEndpoint(port: 8025, targetPort: 80);\n'
    places = tuple(
        Place(f"{x}/AppHost.cs", 2, "sure", "the AppHost publishes mail on it") for x in "ab"
    )
    job = Job("mail", 8025, ("MAIL_PORT",), "a", places=places)
    files = {place.path: text for place in places}
    made = plan(Project(files, (job,)))
    new = 'int.Parse(Environment.GetEnvironmentVariable("MAIL_PORT") ?? "8025")'
    assert [(one.file, one.new) for one in made.edits] == [(x.path, new) for x in places]
    assert made.outcomes["mail"].command == "portman run -- dotnet run --project a"
    started = places[0]._replace(what="the AppHost starts mail on it", role="hint")
    left = plan(Project(files, (job._replace(places=(started,)),))).left
    assert [one.line for one in left] == [2]
