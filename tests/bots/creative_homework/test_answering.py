"""Recordings, in the discussion, in the chat, and to the bot alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from bots.creative_homework.conftest import TOPICS, Class, class_in
from support.recordings import WAVEFORM, film, saying, silence, sound

from zvonok_botkit.chat import Stored
from zvonok_botkit.testing import NOON, FakeChat, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Role
from zvonok_creative_homework.bot import bot
from zvonok_creative_homework.declared import HomeworkSettings

TOO_LONG = "Получилось 75 секунд, а договорились уложиться в 60. Оставьте самое интересное и пришлите запись ещё раз."
STRANGE = (
    "В этом файле нет ни звука, ни видео. Запишите, пожалуйста, голосовое или видеосообщение прямо в чате."
)
DAMAGED = "Запись обрывается или повреждена. Пришлите её, пожалуйста, ещё раз или запишите заново."


async def status(class_: Class) -> str:
    await class_.teacher.says("!кто рассказал")
    return class_.words(class_.teacher)[-2]


async def test_in_the_discussion(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await class_.records(class_.ivan, 42) == []
    assert class_.marked(class_.ivan)
    assert "• Петров Иван: «Молния», 42 секунды" in await status(class_)


@pytest.mark.parametrize(
    ("recording", "kind", "mimetype", "seconds"),
    [
        (sound(2), "audio", "audio/ogg", "2 секунды"),
        (sound(2, "aac", "ipod"), "audio", "audio/mp4", "2 секунды"),
        (sound(2, "libopus", "webm"), "audio", "audio/webm", "2 секунды"),
        (film(61), "video", "video/mp4", None),
        (film(5, "libvpx", "webm", live="1"), "video", "video/webm", "5 секунд"),
        (saying(film(70), 5), "video", "video/mp4", None),
        (film(5), "file", "video/mp4", "5 секунд"),
    ],
    ids=range(7),
)
async def test_each_format_is_as_long_as_it_is(
    class_: Class, recording: bytes, kind: str, mimetype: str, seconds: str | None
) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    claimed = {"info": {"duration": 1_000, "mimetype": mimetype, "size": 3}}
    below = class_.ivan.in_thread(class_.list)
    said = await class_.ivan.sends_file("r", recording, mimetype, kind, **claimed, **below)
    if seconds:
        assert said == [] and f"«Молния», {seconds}" in await status(class_)
    else:
        assert said[0].startswith(("Получилась 61 секунда, а ", "Получилось 70 секунд, а "))


async def test_element_s_voice_message(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    block = {"duration": 2_000, "waveform": WAVEFORM}
    content = {"org.matrix.msc1767.audio": block, "org.matrix.msc1767.text": "Голосовое сообщение.ogg"}
    below = class_.ivan.in_thread(class_.list)
    await class_.ivan.sends_file("voice.ogg", sound(2), "audio/ogg", "audio", voice=True, **content, **below)
    assert class_.marked(class_.ivan)


async def test_a_second_more_is_too_long_and_a_part_of_one_is_not(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await class_.records(class_.ivan, 60.9) == []
    assert class_.marked(class_.ivan)
    (said,) = await class_.records(class_.ivan, 75)
    assert said == TOO_LONG
    told = class_.sent()[-1].content
    assert told["m.relates_to"]["m.in_reply_to"] == {"event_id": class_.ivan.last}
    assert told["m.relates_to"]["event_id"] == class_.list
    assert told["m.mentions"] == {"user_ids": [class_.ivan.user]}
    assert "60 секунд" in await status(class_)  # the one before still counts


async def test_a_slip_of_the_finger_is_no_story(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await class_.records(class_.ivan, 0.9) == [
        "Запись вышла короче секунды. Запишите, пожалуйста, ещё раз."
    ]
    assert "Рассказов: 0 из 3." in await status(class_)


async def test_the_teacher_says_how_long(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (без срока, до 2 минут)")
    await nobody_yet.ivan.reacts(nobody_yet.list, "1️⃣")
    assert await nobody_yet.records(nobody_yet.ivan, 119) == []
    assert (await nobody_yet.records(nobody_yet.ivan, 121))[0].startswith(
        "Получилась 121 секунда, а договорились уложиться в 120."
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", STRANGE),
        (b"%PDF-1.7" + bytes(500), STRANGE),
        (b"OggS" + bytes(500), DAMAGED),
        (film(3)[:1_000], DAMAGED),
    ],
    ids=["nothing", "a PDF", "a beginning", "half of it"],
)
async def test_what_is_no_recording_gets_a_sentence(class_: Class, data: bytes, said: str) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    below = class_.ivan.in_thread(class_.list)
    assert await class_.ivan.sends_file("r.ogg", data, "audio/ogg", "audio", voice=True, **below) == [said]
    assert "Рассказов: 0 из 3." in await status(class_)


async def test_what_is_too_big_gets_a_sentence(tmp_path: Path) -> None:
    settings = {"creative-homework": HomeworkSettings(most_megabytes=1)}
    async with conversation(bot, database_url=f"sqlite:///{tmp_path / 'b.db'}", settings=settings) as talk:
        class_ = class_in(talk)
        await class_.teacher.says(TOPICS)
        await class_.ivan.reacts(class_.list, "2️⃣")
        below = class_.ivan.in_thread(class_.list)
        assert await class_.ivan.sends_file("r.wav", silence(200), "audio/wav", "audio", **below) == [
            "В этом файле 2 МБ, а я могу принять не больше 1. Запишите, пожалуйста, ещё раз: покороче или в "
            "качестве попроще."
        ]


async def test_what_is_not_there_gets_a_sentence_and_what_is_away_is_tried_again(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    gone = {
        "msgtype": "m.audio",
        "body": "r.ogg",
        "url": "mxc://school.test/gone",
        **class_.ivan.in_thread(class_.list),
    }
    assert await class_.ivan.sends("m.room.message", gone) == [
        "Не получилось открыть эту запись. Пришлите её, пожалуйста, ещё раз."
    ]
    class_.talk.chat.failing.append(TemporaryError("away"))
    await class_.records(class_.ivan)
    assert not class_.marked(class_.ivan)
    await class_.wait(seconds=2)
    assert class_.marked(class_.ivan)


async def test_in_the_chat_itself_by_somebody_who_has_a_topic_and_has_not_told_of_it(class_: Class) -> None:
    async def in_the_chat(seconds: int, kind: str = "audio", *, voice: bool = True) -> list[str]:
        return await class_.ivan.sends_file("r.wav", silence(seconds), "audio/wav", kind, voice=voice)

    assert await in_the_chat(30) == [] and not class_.marked(class_.ivan)  # no topic yet
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await in_the_chat(30, voice=False) == [] and not class_.marked(class_.ivan)  # a song, perhaps
    assert await in_the_chat(75) == [TOO_LONG]
    assert class_.sent()[-1].content["m.relates_to"] == {"m.in_reply_to": {"event_id": class_.ivan.last}}
    assert await in_the_chat(30) == [] and class_.marked(class_.ivan)
    assert await in_the_chat(10) == [] and not class_.marked(class_.ivan)  # has told already
    assert "«Молния», 30 секунд" in await status(class_)
    await class_.anna.reacts(class_.list, "1️⃣")
    await class_.anna.sends_file("r.mp4", film(3), "video/mp4", "video")
    assert class_.marked(class_.anna)


async def test_in_a_thread_about_something_else_it_is_no_answer(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.teacher.says("Смотрите, что я нашла")
    await class_.records(class_.ivan, **class_.ivan.in_thread(class_.teacher.last))
    assert not class_.marked(class_.ivan)


async def test_in_reply_to_the_list(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan, **{"m.relates_to": {"m.in_reply_to": {"event_id": class_.list}}})
    assert class_.marked(class_.ivan)


async def test_who_has_no_topic_yet_is_asked_for_one(class_: Class) -> None:
    assert await class_.records(class_.ivan) == ["Рассказ принят! На какую он тему? Свободны темы: 1, 2, 3."]
    assert class_.marked(class_.ivan)
    await class_.ivan.says("3", **class_.ivan.in_thread(class_.list))
    assert "• Петров Иван: «Эхо», 42 секунды" in await status(class_)


async def test_the_bot_s_own_questions_can_be_answered(class_: Class) -> None:
    """Outside of the discussion, in reply to what the bot has said there."""
    to_the_list = {"m.relates_to": {"m.in_reply_to": {"event_id": class_.list}}}
    assert await class_.records(class_.ivan, 75, **to_the_list) == [TOO_LONG]
    assert (await class_.records(class_.ivan, 42, **class_.ivan.in_thread(class_.sent()[-1].id)))[
        0
    ].startswith("Рассказ принят! На какую он тему?")
    await class_.ivan.replies(class_.sent()[-1].id, "3")
    assert class_.topics()[2] == "3. Эхо — Петров Иван"


async def test_a_teacher_s_example_and_a_picture_are_no_answers(class_: Class) -> None:
    await class_.records(class_.teacher)
    assert not class_.marked(class_.teacher)
    below = class_.ivan.in_thread(class_.list)
    assert await class_.ivan.sends_file("r.png", b"\x89PNG", "image/png", "image", **below) == []
    assert await class_.ivan.sends_file("r.pdf", b"%PDF", "application/pdf", **below) == []
    assert not class_.marked(class_.ivan)


async def test_a_voice_that_answers_somebody_else_s_story_is_none(class_: Class) -> None:
    for person, number in ((class_.ivan, "1️⃣"), (class_.anna, "2️⃣")):
        await person.reacts(class_.list, number)
    await class_.records(class_.ivan)
    relates = {
        "rel_type": "m.thread",
        "event_id": class_.list,
        "m.in_reply_to": {"event_id": class_.ivan.last},
    }
    await class_.records(class_.anna, **{"m.relates_to": relates})
    assert not class_.marked(class_.anna)
    assert "Рассказов: 1 из 3." in await status(class_)


async def test_the_newest_counts_and_what_is_taken_back_does_not(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan, 42)
    await class_.wait(minutes=1)
    await class_.records(class_.ivan, 31)
    newest = class_.ivan.last
    assert "31 секунда" in await status(class_)
    await class_.ivan.takes_back(newest)
    assert "42 секунды" in await status(class_)
    await class_.ivan.takes_back(next(e.id for e in class_.talk.chat.timeline if e.content.get("url")))
    assert "Рассказов: 0 из 3." in await status(class_)


async def test_an_edit_may_bring_another_recording(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan, 42)
    told = next(e for e in class_.talk.chat.timeline if e.id == class_.ivan.last)

    async def edit(**new: object) -> list[str]:
        relates = {"rel_type": "m.replace", "event_id": told.id}
        content = {**told.content, "m.new_content": {**told.content, **new}, "m.relates_to": relates}
        return await class_.ivan.sends("m.room.message", content)

    signs = [event for event in class_.talk.said if event.type == "m.reaction"]
    assert await edit(body="с подписью") == [] and "42 секунды" in await status(class_)
    assert [event for event in class_.talk.said if event.type == "m.reaction"] == signs
    address = await class_.talk.chat.upload(silence(75), "r", "audio/wav")
    assert await edit(url=address) == [TOO_LONG]
    assert "Рассказов: 0 из 3." in await status(class_)
    address = await class_.talk.chat.upload(silence(33), "r", "audio/wav")
    assert await edit(url=address) == [] and "33 секунды" in await status(class_)


async def test_what_is_taken_back_while_it_is_looked_at_is_not_counted(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    chat = class_.talk.chat
    address = await chat.upload(silence(75), "r", "audio/wav")
    content = {"msgtype": "m.audio", "body": "r", "url": address, **class_.ivan.in_thread(class_.list)}
    sent = chat.add(class_.room.id, class_.ivan.user, "m.room.message", content)
    chat.add(class_.room.id, class_.ivan.user, "m.room.redaction", {}, redacts=sent.id)
    await class_.talk.settle()
    assert class_.words()[-1].startswith("🎙")
    assert not class_.marked(class_.ivan)


@dataclass
class Slow(FakeChat):
    """A homeserver that lets something happen while it gives a file."""

    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    streamed: int = 0
    says: int | None = None
    """The size that it tells of every file, where it is not the true one."""

    async def look(self, address: str) -> Stored:
        stored = await super().look(address)
        return stored if self.says is None else replace(stored, size=self.says)

    async def stream(self, address: str) -> AsyncIterator[bytes]:
        self.streamed += 1
        while self.meanwhile:
            await self.meanwhile.pop()()
        async for piece in super().stream(address):
            yield piece


@pytest.mark.parametrize("seconds", [42, 75])
async def test_what_is_taken_back_while_it_is_measured_is_not_counted(
    database_url: str, seconds: int
) -> None:
    chat = Slow(ManualClock(NOON))
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        class_ = class_in(talk)
        await class_.teacher.says(TOPICS)
        await class_.ivan.reacts(class_.list, "2️⃣")

        async def take_back() -> None:
            chat.add(class_.room.id, class_.ivan.user, "m.room.redaction", {}, redacts=class_.ivan.last)
            await talk.hear()
            await talk.program.handle_all(bot.name)

        chat.meanwhile.append(take_back)
        assert await class_.records(class_.ivan, seconds) == []
        assert chat.streamed == 1
        assert [e.content["m.relates_to"]["rel_type"] for e in talk.said if e.type == "m.reaction"] == []
        assert "Рассказов: 0 из 3." in await status(class_)


async def test_what_is_too_big_or_no_recording_is_not_even_fetched(tmp_path: Path) -> None:
    chat = Slow(ManualClock(NOON))
    settings = {bot.name: HomeworkSettings(most_megabytes=1)}
    url = f"sqlite:///{tmp_path / 'b.db'}"
    async with conversation(bot, database_url=url, chat=chat, clock=chat.clock, settings=settings) as talk:
        class_ = class_in(talk)
        await class_.teacher.says(TOPICS)
        await class_.records(class_.ivan, 200)
        below = class_.ivan.in_thread(class_.list)
        assert await class_.ivan.sends_file("r.ogg", b"MZ", "audio/ogg", "audio", **below) == [STRANGE]
        assert chat.streamed == 0
        chat.says = 100
        assert (await class_.records(class_.ivan, 200))[0].startswith("В этом файле 2 МБ, а я могу принять")


# ---------------------------------------------------------------- to the bot alone


async def test_who_is_shy_is_heard_by_the_teacher_alone(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    before = len(class_.sent())
    await class_.records_alone(class_.ivan, 42)
    assert class_.words(class_.ivan)[-1] == (
        "Спасибо, рассказ на тему «Молния» принят (42 секунды). Его услышит только Смирнова Ольга: "
        "классу я его не показываю."
    )
    words, story = class_.sent(class_.teacher)
    assert (
        words.content["body"]
        == "Петров Иван рассказывает на тему «Молния» только вам: класс эту запись не услышит."
    )
    address = next(e.content["url"] for e in class_.talk.chat.timeline if e.id == class_.ivan.last)
    assert story.content == {
        "msgtype": "m.audio",
        "body": "Петров Иван",
        "url": address,
        "info": {"mimetype": "audio/x-wav", "size": len(silence(42)), "duration": 42_000},
        "m.mentions": {},
        "org.matrix.msc3245.voice": {},
        "org.matrix.msc1767.audio": {"duration": 42_000},
    }
    assert len(class_.sent()) == before
    assert "• Петров Иван: «Молния», 42 секунды, лично" in await status(class_)
    await class_.ivan.takes_back(class_.ivan.last)
    assert class_.talk.said[-1].redacts == story.id
    assert "Рассказов: 0 из 3." in await status(class_)


async def test_a_substitute_hears_what_the_teacher_would_have_heard(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    view = class_.talk.directory.views[class_.room.id]
    others = tuple(member for member in view.members if member.user != class_.teacher.user)
    class_.talk.directory.views[class_.room.id] = replace(view, members=others)
    class_.talk.program.rooms.forget(class_.room.id)
    assert await class_.records_alone(class_.ivan) == [
        "Сейчас в том чате нет учителя, который мог бы вас услышать. Попробуйте, пожалуйста, позже."
    ]
    oleg = class_.room.enter("Орлов Олег Петрович, учитель", Role.TEACHER)
    await class_.records_alone(class_.ivan)
    assert "Его услышит только Орлов Олег" in class_.words(class_.ivan)[-1]
    assert len(class_.sent(oleg)) == 2 and class_.sent(class_.teacher) == []


async def test_of_several_teachers_the_one_hears_who_has_set_it(nobody_yet: Class) -> None:
    oleg = nobody_yet.room.enter("Орлов Олег Петрович, учитель", Role.TEACHER)
    await oleg.says(TOPICS)
    await nobody_yet.ivan.reacts(nobody_yet.list, "2️⃣")
    await nobody_yet.records_alone(nobody_yet.ivan)
    assert len(nobody_yet.sent(oleg)) == 2 and nobody_yet.sent(nobody_yet.teacher) == []


async def test_an_edit_alone_takes_the_place_of_what_the_teacher_had(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records_alone(class_.ivan, 42)
    told = next(e for e in class_.talk.chat.timeline if e.id == class_.ivan.last)
    first = class_.sent(class_.teacher)[-1].id
    address = await class_.talk.chat.upload(silence(33), "r", "audio/wav")
    relates = {"rel_type": "m.replace", "event_id": told.id}
    new = {**told.content, "url": address}
    alone = await class_.ivan.writes_directly()
    await alone.sends("m.room.message", {**told.content, "m.new_content": new, "m.relates_to": relates})
    assert [event.redacts for event in class_.talk.said if event.redacts] == [first]
    assert class_.sent(class_.teacher)[-1].content["url"] == address


async def test_what_was_too_long_is_said_alone_too(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await class_.records_alone(class_.ivan, 75) == [TOO_LONG]
    assert class_.words(class_.ivan) == [TOO_LONG] and class_.sent(class_.teacher) == []
    await class_.ivan.takes_back(class_.ivan.last)
    assert not any(event.redacts for event in class_.talk.said)


async def test_hostile_words_about_a_recording_go_nowhere(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    alone = await class_.ivan.writes_directly()
    await alone.sends_file("../../x\u202e.ogg", sound(1), "audio/ogg; <script>", "video", format="<b>")
    story = class_.sent(class_.teacher)[-1].content
    assert story.keys() == {"msgtype", "body", "url", "info", "m.mentions"}
    assert story["info"].keys() == {"size", "duration"} and story["body"] == "Петров Иван"


async def test_the_bot_takes_nothing_alone_that_it_does_not_wait_for(class_: Class) -> None:
    nobody_waits = ["Спасибо, но я не знаю, для чего этот файл: сейчас его никто не ждёт."]
    assert await class_.records_alone(class_.ivan) == nobody_waits
    await class_.ivan.reacts(class_.list, "2️⃣")
    alone = await class_.ivan.writes_directly()
    assert await alone.sends_file("r.pdf", b"%PDF", "application/pdf") == nobody_waits


async def test_alone_the_round_is_meant_in_which_one_has_not_told_yet(class_: Class) -> None:
    other = class_in(class_.talk)
    await other.teacher.says("!творческое Сыр; Хлеб (до завтра, по двое)")
    await other.ivan.reacts(other.list, "1️⃣")
    await class_.ivan.reacts(class_.list, "1️⃣")
    for topic in ("«Сыр»", "«Радуга»", "«Сыр»"):
        await class_.records_alone(class_.ivan)
        assert topic in class_.words(class_.ivan)[-1]


async def test_after_the_end_stories_are_not_counted(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    below = class_.ivan.in_thread(class_.list)
    await class_.teacher.says("!закончить")
    assert await class_.records(class_.ivan, **below) == [
        "Задание уже закончено, новые рассказы я не засчитываю. Но одноклассники всё равно могут вас послушать."
    ]
    assert await class_.records(class_.ivan, **class_.ivan.in_thread("$elsewhere")) == []
