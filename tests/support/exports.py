"""OneRoster exports for tests, written by hand row by row.

    export = Export("1.2").org().term("y1", "2026-09-01", "2027-06-01")
    export.homeroom("c7a", "7А").person("petrov", "Петров Иван", "student")
    export.write(tmp_path / "export.zip")

Columns stand in the specification's order, metadata columns behind them. What a test
doesn't say is filled with something harmless.
"""

from __future__ import annotations

import copy
import csv
import io
import zipfile
from pathlib import Path
from typing import Self

SCHOOL = "school-1"
TERM = "y2026"

_STATUS = ("status", "dateLastModified")
COLUMNS: dict[str, tuple[str, ...]] = {
    "academicSessions": (
        "sourcedId",
        *_STATUS,
        "title",
        "type",
        "startDate",
        "endDate",
        "parentSourcedId",
        "schoolYear",
    ),
    "orgs": ("sourcedId", *_STATUS, "name", "type", "identifier", "parentSourcedId"),
    "courses": (
        "sourcedId",
        *_STATUS,
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ),
    "classes": (
        "sourcedId",
        *_STATUS,
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ),
    "users": (
        "sourcedId",
        *_STATUS,
        "enabledUser",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
    ),
    "roles": (
        "sourcedId",
        *_STATUS,
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
        "userProfileSourcedId",
    ),
    "enrollments": (
        "sourcedId",
        *_STATUS,
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ),
}
_USERS_1_1 = ("sourcedId", *_STATUS, "enabledUser", "orgSourcedIds", "role", *COLUMNS["users"][4:])


class Export:
    """An export in the making: rows of columns, by file name without `.csv`."""

    def __init__(self, version: str = "1.2", kind: str = "bulk") -> None:
        self.version = version
        self.kind = kind
        self.tables: dict[str, list[dict[str, str]]] = {
            name: [] for name in COLUMNS if name != "roles" or version == "1.2"
        }
        self.hints: dict[str, str] = {}
        """Of the manifest, where they are to say something else than is true."""
        self.manifest = True

    def copy(self) -> Export:
        """Another export that says the same until it is changed."""
        return copy.deepcopy(self)

    def row(self, table: str, id_: str, **values: str) -> Self:
        """A row of any table. In names of columns, `metadata_` stands for `metadata.`."""
        named = {key.replace("metadata_", "metadata."): value for key, value in values.items()}
        self.tables[table].append({"sourcedId": id_, **named})
        return self

    def change(self, table: str, id_: str, **values: str) -> Self:
        """Other values in a row that there is."""
        for row in self.tables[table]:
            if row["sourcedId"] == id_:
                row.update({key.replace("metadata_", "metadata."): value for key, value in values.items()})
        return self

    def drop(self, table: str, id_: str) -> Self:
        """One row less."""
        self.tables[table] = [row for row in self.tables[table] if row["sourcedId"] != id_]
        return self

    # ------------------------------------------------------------ what schools have

    def org(self, id_: str = SCHOOL, name: str = "Школа № 1") -> Self:
        return self.row("orgs", id_, name=name, type="school")

    def term(self, id_: str = TERM, begin: str = "2026-09-01", end: str = "2027-06-01") -> Self:
        return self.row(
            "academicSessions",
            id_,
            title="Год",
            type="schoolYear",
            startDate=begin,
            endDate=end,
            schoolYear=end[:4],
        )

    def course(self, id_: str, title: str, **values: str) -> Self:
        return self.row("courses", id_, **{"title": title, "orgSourcedId": SCHOOL, **values})

    def homeroom(self, id_: str, title: str, **values: str) -> Self:
        defaults = {
            "title": title,
            "classType": "homeroom",
            "courseSourcedId": "",
            "schoolSourcedId": SCHOOL,
            "termSourcedIds": TERM,
        }
        return self.row("classes", id_, **{**defaults, **values})

    def lesson(self, id_: str, course: str, **values: str) -> Self:
        defaults = {
            "title": id_,
            "classType": "scheduled",
            "courseSourcedId": course,
            "schoolSourcedId": SCHOOL,
            "termSourcedIds": TERM,
        }
        return self.row("classes", id_, **{**defaults, **values})

    def person(self, id_: str, name: str, role: str = "", **values: str) -> Self:
        """A user with one role in the school; more of them by `role` (1.2 alone)."""
        family, given, *rest = name.split(" ", 2)
        user = {
            "enabledUser": "true",
            "username": id_,
            "familyName": family,
            "givenName": given,
            "middleName": "".join(rest),
        }
        if self.version == "1.1":
            user.update(orgSourcedIds=SCHOOL, role=role)
        self.row("users", id_, **{**user, **values})
        if self.version == "1.2" and role:
            self.role(id_, role)
        return self

    def role(self, person: str, role: str, org: str = SCHOOL, **values: str) -> Self:
        id_ = f"{person}-{role}-{len(self.tables['roles'])}"
        return self.row(
            "roles", id_, userSourcedId=person, roleType="primary", role=role, orgSourcedId=org, **values
        )

    def enrol(self, person: str, class_: str, role: str = "student", **values: str) -> Self:
        id_ = values.pop("id_", f"{person}-{class_}")
        return self.row(
            "enrollments",
            id_,
            **{
                "userSourcedId": person,
                "classSourcedId": class_,
                "schoolSourcedId": SCHOOL,
                "role": role,
                **values,
            },
        )

    # ------------------------------------------------------------ writing

    def files(self) -> dict[str, bytes]:
        """The export's files, with a manifest unless there is to be none."""
        contents: dict[str, bytes] = {}
        if self.manifest:
            properties = [("manifest.version", "1.0"), ("oneroster.version", self.version)]
            for name, rows in self.tables.items():
                properties.append((f"file.{name}", self.hints.get(name, self.kind if rows else "absent")))
            contents["manifest.csv"] = written([("propertyName", "value"), *properties])
        for name, rows in self.tables.items():
            if rows:
                contents[f"{name}.csv"] = written(self._lines(name, rows))
        return contents

    def _lines(self, name: str, rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
        standard = _USERS_1_1 if (name, self.version) == ("users", "1.1") else COLUMNS[name]
        extensions = sorted({key for row in rows for key in row} - set(standard))
        assert all(column.startswith("metadata.") for column in extensions), extensions
        status = (
            {"status": "active", "dateLastModified": "2026-09-01T00:00:00Z"} if self.kind == "delta" else {}
        )
        columns = (*standard, *extensions)
        return [columns, *(tuple({**status, **row}.get(column, "") for column in columns) for row in rows)]

    def write(self, path: Path) -> Path:
        """The export as a zip, or as a folder where `path` has no suffix."""
        return put(self.files(), path)


def written(rows: list[tuple[str, ...]]) -> bytes:
    """Rows as CSV in UTF-8."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def put(contents: dict[str, bytes], path: Path) -> Path:
    """Files as a zip, or as a folder where `path` has no suffix; what was there is gone."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return path
    path.mkdir(exist_ok=True)
    for old in path.iterdir():
        old.unlink()
    for name, content in contents.items():
        (path / name).write_bytes(content)
    return path


def small_school(version: str = "1.2") -> Export:
    """Two classes of two, with a head, two class heads, guardians, and every kind of
    lesson."""
    export = Export(version).org().term()
    export.homeroom("c7a", "7А").homeroom("c7b", "7Б")
    export.course("alg", "Алгебра", subjectCodes="ALG").course(
        "eng", "Английский язык", subjects="Английский язык"
    )
    export.lesson("l-alg-7a", "alg", metadata_classes="c7a")
    export.lesson("l-eng-7a-1", "eng", metadata_classes="c7a", metadata_subgroup="группа 1")
    export.lesson("l-eng-7ab", "eng", title="Английский язык, 7А и 7Б")
    export.person("head", "Громова Анна Ильинична", "principal" if version == "1.2" else "administrator")
    if version == "1.1":
        export.change("users", "head", metadata_position="head")
    export.person("belova", "Белова Ольга Петровна", "teacher").enrol(
        "belova", "c7a", "teacher", primary="true"
    )
    export.person("volkov", "Волков Пётр Иванович", "teacher").enrol(
        "volkov", "c7b", "teacher", primary="true"
    )
    export.enrol("belova", "l-alg-7a", "teacher", primary="true").enrol("volkov", "l-eng-7a-1", "teacher")
    export.enrol("volkov", "l-eng-7ab", "teacher", primary="true")
    for student, class_ in (("a1", "c7a"), ("a2", "c7a"), ("b1", "c7b"), ("b2", "c7b")):
        family = {"a1": "Петров", "a2": "Сидоров", "b1": "Орлов", "b2": "Лебедев"}[student]
        export.person(student, f"{family} Иван Олегович", "student", agentSourcedIds=f"g-{student}")
        export.person(f"g-{student}", f"{family} Олег", "parent")
        export.enrol(student, class_)
    return (
        export.enrol("a1", "l-alg-7a")
        .enrol("a1", "l-eng-7a-1")
        .enrol("a2", "l-eng-7ab")
        .enrol("b1", "l-eng-7ab")
    )
