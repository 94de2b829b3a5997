"""Users and roles into people, roles, positions, guardians and associations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.cleaning import UnfitError, person_name, slug
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.base import Base
from zvonok_appservice.roster.oneroster.columns import ORGS, ROLES, USERS, RoleRecord, User
from zvonok_appservice.roster.oneroster.fields import FieldError, items, period, required_title, take, truth
from zvonok_appservice.roster.snapshot import (
    ALWAYS,
    Association,
    AssociationMember,
    Dates,
    Guardianship,
    Origin,
    Person,
    PositionRow,
    RoleRow,
)
from zvonok_core.ids import AssociationId, PersonId
from zvonok_core.roles import Position, Role
from zvonok_core.text import text

_ROLES: dict[str, Role | None] = {
    "principal": Role.PRINCIPAL,
    "counselor": Role.COUNSELOR,
    "teacher": Role.TEACHER,
    "aide": Role.AIDE,
    "guardian": Role.GUARDIAN,
    "parent": Role.GUARDIAN,
    "relative": Role.GUARDIAN,
    "student": Role.STUDENT,
    # Those who run computers, not the school; what else they are, a position tells.
    "administrator": None,
    "proctor": None,
    "siteAdministrator": None,
    "systemAdministrator": None,
    "districtAdministrator": None,
}


class People:
    """Fills a draft with whoever has a role or a position in its school."""

    def __init__(self, base: Base, draft: Draft, findings: Findings) -> None:
        self._base = base
        self._draft = draft
        self._findings = findings
        self._schools: dict[str, set[str]] = defaultdict(set)
        self.here: set[str] = set()
        """The users who have, or may have, a role in the school."""

    def read(self) -> None:
        """Read all there is about people."""
        if self._base.version == "1.1":
            self._roles_of_users()
        else:
            self._roles_of_their_own()
        users = self._base.of(USERS)
        for id_ in [id_ for id_ in users if id_ in self.here]:
            self._person(users[id_])
        _Guardians(self._base, self._draft, self._findings).read()

    # ------------------------------------------------------------ roles

    def _roles_of_users(self) -> None:
        school = self._draft.school.id
        for user in self._base.of(USERS).values():
            person = PersonId(user.id)
            orgs = items(user.orgs)
            for org in orgs:
                if self._base.has(ORGS, org, user.origin, "orgSourcedIds", self._findings, person):
                    self._belongs(user.id, org)
            if school in orgs:
                self._role(person, user.role, user.position, ALWAYS, user.origin)

    def _roles_of_their_own(self) -> None:
        for row in self._base.of(ROLES).values():
            person = PersonId(row.user)
            if not self._base.has(ORGS, row.org, row.origin, "orgSourcedId", self._findings, person):
                continue
            self._belongs(row.user, row.org)
            if row.org != self._draft.school.id:
                continue
            if not self._base.has(USERS, row.user, row.origin, "userSourcedId", self._findings):
                continue
            self._dated_role(person, row)

    def _dated_role(self, person: PersonId, row: RoleRecord) -> None:
        try:
            dates = period(row.begin_date, row.end_date)
        except FieldError as error:
            self.here.add(person)
            self._findings.bad_row(error.text, row.origin, error.column, error.value, person)
            return
        self._role(person, row.role, row.position, dates, row.origin)

    def _role(self, person: PersonId, role: str, positions: str, dates: Dates, origin: Origin) -> None:
        held = {Position.HEAD: None} if role == "principal" else {}
        for position in items(positions):
            if position in frozenset(Position):
                held[Position(position)] = None
            else:
                self._unknown("metadata.position", position, origin, person)
        if role not in _ROLES:
            self._unknown("role", role, origin, person)
            return
        known = _ROLES[role]
        if known is not None:
            self._draft.roles.append(RoleRow(person, known, dates, origin))
        for position_held in held:
            self._draft.positions.append(PositionRow(person, position_held, dates, origin))
        if known is not None or held:
            self.here.add(person)

    def _unknown(self, column: str, value: str, origin: Origin, person: PersonId) -> None:
        self.here.add(person)
        self._findings.bad_row(text("is not a known word"), origin, column, value, person)

    def _belongs(self, user: str, org: str) -> None:
        if org != self._draft.school.id and self._base.of(ORGS)[org].type == "school":
            self._schools[user].add(org)

    # ------------------------------------------------------------ people

    def _person(self, user: User) -> None:
        person = PersonId(user.id)
        try:
            self._draft.people[person] = Person(
                id=person,
                family=_part_of_name("familyName", user.family),
                given=_part_of_name("givenName", user.given),
                patronymic=take(person_name, "middleName", user.middle),
                enabled=take(truth, "enabledUser", user.enabled),
                origin=user.origin,
            )
        except FieldError as error:
            self._findings.bad_row(error.text, user.origin, error.column, error.value, person)
            return
        if user.id in self._schools:
            sentence = text("the person has roles in another school, too; this one sees only its own")
            self._findings.note(sentence, user.origin, person=person)
        self._associations(person, user)

    def _associations(self, person: PersonId, user: User) -> None:
        chairs = {slug(title) for title in items(user.chairs)}
        done: set[AssociationId] = set()
        for column, titles in (
            ("metadata.chairs", user.chairs),
            ("metadata.associations", user.associations),
        ):
            for raw in items(titles):
                try:
                    title = take(required_title, column, raw)
                except FieldError as error:
                    self._findings.bad_row(error.text, user.origin, error.column, error.value, person)
                    continue
                id_ = AssociationId(slug(title))
                if id_ not in done:
                    done.add(id_)
                    self._draft.associations.setdefault(id_, Association(id_, title, user.origin))
                    member = AssociationMember(person, id_, id_ in chairs, ALWAYS, user.origin)
                    self._draft.association_members.append(member)


def _part_of_name(column: str, value: str) -> str:
    name = take(person_name, column, value)
    if not name:
        raise FieldError(UnfitError(text("is empty")), column, value)
    return name


class _Guardians:
    """Agents are people "to which this user has a relationship": which of the two is the
    guardian, their roles tell."""

    def __init__(self, base: Base, draft: Draft, findings: Findings) -> None:
        self._base = base
        self._draft = draft
        self._findings = findings
        self._students = {row.person for row in draft.roles if row.role is Role.STUDENT}
        self._guardians = {row.person for row in draft.roles if row.role is Role.GUARDIAN}
        self._found: dict[tuple[PersonId, PersonId], Guardianship] = {}

    def read(self) -> None:
        """Read the relations on every row, in whichever direction they are given."""
        users = self._base.of(USERS)
        for person in self._draft.people:
            user = users[person]
            for column, restricted, agent in self._relations(user):
                self._relation(user, column, agent, restricted)
        self._draft.guardianships.extend(self._found.values())

    @staticmethod
    def _relations(user: User) -> Iterator[tuple[str, bool, PersonId]]:
        for agent in items(user.agents):
            yield "agentSourcedIds", False, PersonId(agent)
        for agent in items(user.restricted_agents):
            yield "metadata.restrictedAgents", True, PersonId(agent)

    def _relation(self, user: User, column: str, agent: PersonId, restricted: bool) -> None:
        person = PersonId(user.id)
        if not self._base.has(USERS, agent, user.origin, column, self._findings, person):
            return
        if agent not in self._draft.people:
            if person in self._students and not self._findings.is_set_aside(agent):
                sentence = text("this relative of the student has no role in the school")
                self._findings.note(sentence, user.origin, column, agent, person)
            return
        if person in self._students and agent in self._guardians:
            pair = agent, person
        elif person in self._guardians and agent in self._students:
            pair = person, agent
        elif self._findings.is_set_aside(person) or self._findings.is_set_aside(agent):
            return
        elif person in self._guardians and agent in self._guardians:
            sentence = text("a guardian can't be the guardian of a guardian")
            self._findings.bad_row(sentence, user.origin, column, agent, person)
            return
        elif person in self._students and agent in self._students:
            sentence = text("a student can't be the guardian of a student")
            self._findings.bad_row(sentence, user.origin, column, agent, person)
            return
        else:
            sentence = text("neither of the two is the guardian of the other")
            self._findings.note(sentence, user.origin, column, agent, person)
            return
        known = self._found.get(pair)
        if known is None or (restricted and not known.restricted):
            self._found[pair] = Guardianship(*pair, restricted, ALWAYS, user.origin)
