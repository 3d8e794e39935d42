"""Whose server is it: which checkout a holder belongs to, and as which of its services.

Evidence in this order: what `portman run` noted when it became the program, the token in the
environment, the labels of a container, the working folder. For a forwarder only some of it counts,
never where it was started (base/forwarders.py). What works in another checkout, or in a folder that
was deleted and made again, is not ours whatever it was started as. Folders are compared by device
and inode: a mount of ours is ours, a folder made again under its name is not.
"""

from __future__ import annotations

import os

from portman.base.forwarders import forwarder_of
from portman.base.record import NamedTuple
from portman.checkout.ownership import (
    Tenant,
    checkout_slug,
    checkout_token,
    lies_in,
    manifest_folder,
)
from portman.machine.mounts import born, folders_up

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    from portman.base.holder import Holder
    from portman.base.values import ContainerFacts, Service

    FolderId = tuple[int, int]

    #: Where a program works, as a checkout sees it. "elsewhere" is another checkout, or a folder
    #: that was deleted and never was here; "remade" one of ours that is there again as another
    #: folder; "outside" a folder of no checkout, or one that cannot be seen.
    Place = Literal["inside", "outside", "elsewhere", "remade"]


class Evidence(NamedTuple):
    """Whether a holder belongs to a checkout; `services` are those it points to, () for any.

    `compose` is the Compose service of a container that is none of the manifest's.
    """

    ours: bool
    services: tuple[str, ...] = ()
    compose: str = ""
    place: Place = "outside"


NOT_OURS = Evidence(ours=False)


def evidence_of(holder: Holder, tenant: Tenant) -> Evidence:
    """Return whose a holder is. Paths are compared as the platform does."""
    if holder.container is not None:
        return _of_container(holder, tenant)
    behind = forwarder_of(holder)
    counts = "folder" if behind is None else behind.evidence
    place = _place(holder, tenant.path)
    if place == "outside" and _by_folder(holder, tenant, place):
        place = "inside"  # of a `dir` that is a link to a folder elsewhere
    run = holder.run
    own_start = run is not None and bool(run.start) and run.start in _spelled(holder.folders[:1])
    if place in ("elsewhere", "remade") and not own_start:
        return Evidence(ours=False, place=place)
    claims: list[tuple[str, str]] = []
    if run is not None and counts:
        if run.path == tenant.path and run.folder and _is_other_folder(run.folder, run.path):
            return Evidence(ours=False, place="remade")
        claims.append((checkout_token(run.path, run.instance), run.service))
    if holder.claims_checkout is not None and counts:
        claims.append((holder.claims_checkout, holder.claims_service or ""))
    if run is not None and run.inherited:
        claims.reverse()  # its own environment is nearer than a parent's note
    for token, service in claims:
        said = _claimed(token, tenant)
        if said is not None:
            known = said and tenant.service(service) is not None
            services = (service,) if known else _by_folder(holder, tenant, place)
            return Evidence(said, services if said else (), place=place)
    if place != "inside" or counts != "folder":
        return Evidence(ours=False, place=place)
    return Evidence(ours=True, services=_by_folder(holder, tenant, place), place=place)


def is_ours(holder: Holder, path: str, instance: str = "") -> bool:
    return evidence_of(holder, Tenant(path, instance)).ours


def was_ours(holder: Holder, path: str, instance: str = "") -> bool:
    """Return whether `holder` belongs to this checkout or to one whose place this one took.

    Compose uses its containers again, so that their ports are no one else's.
    """
    seen = evidence_of(holder, Tenant(path, instance))
    return seen.ours or seen.place == "remade"


def is_service(evidence: Evidence, service: Service | None, holder: Holder) -> bool:
    """Return whether a holder is this service; None stands for any service of the checkout.

    A program in another folder than the service's `dir`, one above it too, is not it, unless what
    `run` noted or its token says that it belongs to this checkout.
    """
    if not evidence.ours or service is None:
        return evidence.ours
    if evidence.services:
        return service.name in evidence.services
    if evidence.compose:
        return service.kind != "container"
    says_so = holder.run is not None or holder.claims_checkout is not None
    elsewhere = bool(service.dir) and evidence.place == "inside" and not says_so
    return not elsewhere or holder.container is not None


def _claimed(token: str, tenant: Tenant) -> bool | None:
    """Return what a token says of a tenant; None where it names another path: it decides nothing.

    A shell started by `portman run` in one checkout hands its token down to servers that are
    started in another.
    """
    same = _claim(token)
    if same == _claim(checkout_token(tenant.path, tenant.instance)):
        return True
    named, mark, instance = same.rpartition("#")
    path = os.path.normcase(tenant.path)
    here = same == path or (bool(mark) and named == path and "/" not in instance)
    return False if here else None


def _claim(token: str) -> str:
    """Bring the path of a token into the platform's form, and leave an instance as it is."""
    path, mark, instance = token.rpartition("#")
    if not mark or "/" in instance or os.sep in instance:
        return os.path.normcase(token)
    return os.path.normcase(path) + mark + instance


def _of_container(holder: Holder, tenant: Tenant) -> Evidence:
    container = holder.container
    assert container is not None
    said = None if container.checkout is None else _claimed(container.checkout, tenant)
    if said is None:
        inside = _holds(container.folder, tenant.path) or (
            container.folder is None and _place(holder, tenant.path) == "inside"
        )
        if container.tool and not inside:  # `project_id = "${checkout.slug}"`, say
            own = tenant.slug and tenant.slug()
            inside = container.tool[1] == (own or checkout_slug(tenant.path, tenant.instance))
        if not inside:
            return NOT_OURS
    elif not said:
        return NOT_OURS
    if is_older(container, tenant.path):
        return Evidence(ours=False, place="remade")
    name = container.service or container.compose_service
    if not name:
        return Evidence(ours=True)
    known = [one.name for one in tenant.services if name in (one.compose, one.name)]
    if container.service:
        known = [container.service] if tenant.service(container.service) else known
    compose = "" if known or container.service else name
    return Evidence(ours=True, services=tuple(known), compose=compose)


def is_older(container: ContainerFacts, path: str) -> bool:
    """Return whether a container was made before the folder at `path`: for one before it, then.

    By whole seconds; within one nothing is known.
    """
    return 0 < container.created < born(path)


def _holds(folder: str | None, path: str) -> bool:
    """Return whether the folder a container is labelled with lies in the checkout at `path`."""
    if folder is None:
        return False
    own, above = _id(path), folders_up(folder)
    if own is not None and above:
        if own not in above:
            return False
    elif not lies_in(os.path.normcase(folder), os.path.normcase(path), os.sep):
        return False
    nearest = manifest_folder(folder)
    return nearest is None or _is_same(nearest, path) or lies_in(path, nearest, os.sep)


def _place(holder: Holder, path: str) -> Place:  # noqa: PLR0911 - one answer a line, in order
    cwd, own = holder.cwd, _id(path)
    if holder.folders and own is not None:
        if own in holder.folders:
            if cwd is None:
                return "inside"
            if holder.cwd_deleted:
                return "remade" if os.path.exists(cwd) else "inside"
            nearest = manifest_folder(cwd)
            return "inside" if nearest is None or _is_same(nearest, path) else "elsewhere"
        if cwd is None:
            return "outside"
        if holder.cwd_deleted:
            return "remade" if lies_in(cwd, path, os.sep) else "elsewhere"
        return "outside" if manifest_folder(cwd) is None else "elsewhere"
    if cwd is None:
        return "outside"
    nearest = manifest_folder(cwd)
    here, there = os.path.normcase(cwd), os.path.normcase(path)
    if lies_in(here, there, os.sep):
        known = nearest is None or lies_in(path, nearest, os.sep)
        return "inside" if known else "elsewhere"
    return "outside" if nearest is None else "elsewhere"


def _by_folder(holder: Holder, tenant: Tenant, place: Place) -> tuple[str, ...]:
    """Return the services in whose `dir` a program works, the innermost `dir` if several.

    A `dir` may be a link to a folder of no checkout, but to none that is above this checkout.
    """
    found: dict[int, list[str]] = {}
    for one in tenant.services if place in ("inside", "outside") else ():
        if one.dir:
            folder = os.path.join(tenant.path, one.dir)
            depth = _depth(holder, folder)
            above = place == "outside" and lies_in(tenant.path, os.path.realpath(folder), os.sep)
            if depth is not None and not above:
                found.setdefault(depth, []).append(one.name)
    return tuple(found[min(found)]) if found else ()


def _depth(holder: Holder, folder: str) -> int | None:
    """Return how far above the working folder a folder is; None if it is not above."""
    if holder.folders:
        seen = _id(folder)
        return holder.folders.index(seen) if seen in holder.folders else None
    cwd, above = os.path.normcase(holder.cwd or ""), os.path.normcase(os.path.normpath(folder))
    return cwd[len(above) :].count(os.sep) if lies_in(cwd, above, os.sep) else None


def folder_id(path: str) -> str:
    seen = _id(path)
    return "" if seen is None else f"{seen[0]}:{seen[1]}"


def _is_other_folder(recorded: str, path: str) -> bool:
    return folder_id(path) not in ("", recorded)


def _spelled(folders: tuple[FolderId, ...]) -> list[str]:
    return [f"{device}:{inode}" for device, inode in folders]


def _is_same(one: str, other: str) -> bool:
    seen = _id(one)
    if seen is None or seen[1] == 0:
        return os.path.normcase(one) == os.path.normcase(other)
    return seen == _id(other)


def _id(path: str) -> FolderId | None:
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino
