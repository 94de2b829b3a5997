"""Counts for monitoring: true, and without anybody's name."""

from __future__ import annotations

import math

from builders import picture_of, small_school
from prometheus_client.parser import text_string_to_metric_families

from .conftest import Site, bearer


async def counts(site: Site) -> dict[str, float]:
    async with site.client.get("/metrics", headers=bearer()) as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        told = await response.text()
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if "le" not in sample.labels
    }


async def test_before_anything_has_happened(empty_site: Site) -> None:
    told = await counts(empty_site)
    assert math.isnan(told["zvonok_journal_age_seconds"])
    assert told["zvonok_people_known"] == 0
    assert told["zvonok_steps_totaldone"] == told["zvonok_steps_totalfailed"] == 0


async def test_what_has_happened_is_counted(site: Site) -> None:
    site.metrics.journal(well=True)
    site.clock.advance(minutes=3)
    site.metrics.looked(2.5, done=7, failed=1)
    site.metrics.looked(0.5, done=1, failed=0)
    site.metrics.hinted()
    told = await counts(site)
    assert told["zvonok_journal_age_seconds"] == 180
    assert told["zvonok_journal_unavailable"] == 0
    assert told["zvonok_steps_totaldone"] == 8
    assert told["zvonok_steps_totalfailed"] == 1
    assert told["zvonok_look_seconds_count"] == 2
    assert told["zvonok_look_seconds_sum"] == 3
    assert told["zvonok_hints_total"] == 1
    site.metrics.journal(well=False)
    assert (await counts(site))["zvonok_journal_unavailable"] == 1


async def test_the_school_is_counted_off_the_picture(site: Site) -> None:
    before = small_school()
    picture = picture_of(
        before.later().leave("zhuk").snapshot(), before=before.snapshot(), linked=["petrov", "zhuk", "belova"]
    )
    await site.board.hang(picture)
    told = await counts(site)
    assert told["zvonok_people_known"] == len(before.people) - 1
    assert told["zvonok_people_linked"] == 2
    assert told["zvonok_rooms"] == len(picture.desired.rooms)
    assert told["zvonok_removals_held"] == 0


async def test_nobody_is_named(site: Site) -> None:
    async with site.client.get("/metrics", headers=bearer()) as response:
        told = (await response.text()).casefold()
    for person in small_school().people.values():
        assert person.id not in told
        assert person.family.casefold() not in told
