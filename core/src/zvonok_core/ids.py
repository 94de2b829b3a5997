"""Identifiers, each a type of its own, so that a class is never passed for a person.

Ids of people, classes and so on are the journal's own (OneRoster's sourcedId or a
code column): stable over years, opaque, never shown to people.
"""

from typing import NewType

SchoolId = NewType("SchoolId", str)
PersonId = NewType("PersonId", str)
ClassId = NewType("ClassId", str)
"""A cohort: the class that is 7А this year and 8А the next has one ClassId."""
SubgroupId = NewType("SubgroupId", str)
SubjectId = NewType("SubjectId", str)
AssociationId = NewType("AssociationId", str)

UserId = NewType("UserId", str)
"""A full Matrix user id: `@localpart:server`."""
RoomId = NewType("RoomId", str)
"""A Matrix room id: opaque, and without a server name from room version 12 on."""
EventId = NewType("EventId", str)
"""A Matrix event id: opaque, unique over all rooms."""
