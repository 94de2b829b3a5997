"""Posts are put on the shelf, and found again by whoever may read them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from zvonok_botkit import Answer, Bot, Context, Say, text
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role
from zvonok_hashtags.bot import HashtagSettings, bot

speaker = Bot[None, None]("speaker")


@speaker.command("speak", "сказать")
async def speak(ctx: Context) -> Answer:
    """Say something with a hashtag: `!speak`"""
    return Say(text("A solved task #ВПР"), key="spoken")


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, speaker, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    return talk.room("7А. Класс")


@pytest.fixture
def anna(room: TalkRoom) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


async def found(asker: TalkPerson, query: str) -> list[str]:
    """What is found, without links."""
    (answer,) = await asker.says(f"!найти {query}")
    return [line for line in answer.splitlines() if not line.startswith("  http")]


NOTHING = "В этом чате ничего не нашлось."


async def test_all_hashtags_and_words_must_be_there_and_the_newest_comes_first(
    talk: Talk, anna: TalkPerson
) -> None:
    await anna.says("Первое письмо #ОГЭ #английский")
    talk.clock.advance(days=1)
    await anna.says("Второе письмо #огэ")
    await anna.says("Без хештега: письмо")
    assert await found(anna, "#ОГЭ") == [
        "• 25.11.2026: Второе письмо #огэ",
        "• 24.11.2026: Первое письмо #ОГЭ #английский",
    ]
    assert await found(anna, "#английский #огэ") == ["• 24.11.2026: Первое письмо #ОГЭ #английский"]
    assert await found(anna, "письма второго") == ["• 25.11.2026: Второе письмо #огэ"]
    assert (await found(anna, "#английский второе"))[0].startswith(NOTHING)
    assert await anna.says("!найти …") == ["Напишите хештег или слово. Например: #ОГЭАЯ письмо"]


async def test_other_messages_leave_no_trace(talk: Talk, anna: TalkPerson) -> None:
    await anna.says("Письмо без хештега")
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_inbox") == 0
    await anna.says("Письмо #ОГЭ")
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_inbox") == 1


async def test_the_link_leads_to_the_post(anna: TalkPerson) -> None:
    await anna.says("Письмо #ОГЭ")
    post = anna.last
    (answer,) = await anna.says("!найти #огэ")
    room = anna.room.id.replace("!", "%21")
    assert (
        answer.splitlines()[1] == f"  https://matrix.to/#/{room}/{post.replace('$', '%24')}?via=school.test"
    )


async def test_edits_and_deletions_are_followed(anna: TalkPerson, room: TalkRoom) -> None:
    async def edit(post: str, words: str, who: TalkPerson = anna) -> None:
        new = {"msgtype": "m.text", "body": words}
        relates = {"rel_type": "m.replace", "event_id": post}
        await who.says(f"* {words}", **{"m.new_content": new, "m.relates_to": relates})

    await anna.says("Письмо #ОГЭ")
    post = anna.last
    await edit(post, "Эссе #ЕГЭ")
    assert await found(anna, "#егэ эссе") and (await found(anna, "#огэ"))[0].startswith(NOTHING)
    oleg = room.enter("Белов Олег, ученик")
    await edit(post, "Шпаргалка #ЕГЭ", oleg)
    assert (await found(anna, "шпаргалка"))[0].startswith(NOTHING)
    await edit(post, "Без хештега")
    assert (await found(anna, "#егэ"))[0].startswith(NOTHING)
    await edit(post, "И снова #ОГЭ")
    assert await found(anna, "#огэ") == ["• 24.11.2026: И снова #ОГЭ"]
    await anna.takes_back(post)
    assert (await found(anna, "#огэ"))[0].startswith(NOTHING)


async def test_a_hashtag_that_is_added_later_counts_for_its_own_author_only(
    anna: TalkPerson, room: TalkRoom
) -> None:
    oleg = room.enter("Белов Олег, ученик")
    await anna.says("Просто письмо")
    post = anna.last
    relates = {"m.relates_to": {"rel_type": "m.replace", "event_id": post}}
    for who, words in ((oleg, "Ложь #ОГЭ"), (anna, "Письмо #ОГЭ")):
        await who.says("*", **relates, **{"m.new_content": {"msgtype": "m.text", "body": words}})
    assert await found(anna, "#огэ") == ["• 24.11.2026: Письмо #ОГЭ"]
    timeline = anna.room.talk.chat.timeline
    edit = next(e.id for e in timeline if e.sender == anna.user and "m.new_content" in e.content)
    await anna.takes_back(edit)
    assert (await found(anna, "#огэ"))[0].startswith(NOTHING), "what it said before is not known"


async def test_in_a_direct_chat_all_of_one_s_own_chats_are_searched_and_no_others(
    talk: Talk, anna: TalkPerson
) -> None:
    other = talk.room("8Б. Класс").enter("Белов Олег Игоревич, ученик")
    both = talk.room("7А. Родители").enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
    await anna.says("Письмо #ОГЭ")
    await other.says("Чужое #ОГЭ")
    talk.clock.advance(minutes=1)
    await both.says("Собрание #ОГЭ")
    alone = await anna.writes_directly()
    await alone.says("Личное #ОГЭ")
    assert await found(alone, "#огэ") == [
        "• 24.11.2026, 7А. Родители: Собрание #ОГЭ",
        "• 24.11.2026, 7А. Класс: Письмо #ОГЭ",
    ]
    assert await found(anna, "#огэ") == ["• 24.11.2026: Письмо #ОГЭ"]
    assert (await found(alone, "чужое"))[0].startswith("В ваших чатах ничего не нашлось.")


async def test_a_chat_that_is_not_the_school_s_is_not_searched(talk: Talk, anna: TalkPerson) -> None:
    own = talk.room("Кружок", managed=False).enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
    await own.says("Давно #ОГЭ")
    alone = await anna.writes_directly()
    assert (await found(alone, "#огэ"))[0].startswith("В ваших чатах ничего не нашлось.")


async def test_what_other_bots_say_is_found_and_commands_and_answers_are_not(anna: TalkPerson) -> None:
    await anna.says("!сказать #ВПР")
    assert await found(anna, "#впр") == ["• 24.11.2026: A solved task #ВПР"]
    assert await found(anna, "#впр") == ["• 24.11.2026: A solved task #ВПР"]


async def test_a_caption_counts_and_a_name_of_a_file_does_not(anna: TalkPerson) -> None:
    await anna.sends_file("#ОГЭ.pdf", b"1")
    assert (await found(anna, "#огэ"))[0].startswith(NOTHING)
    await anna.sends_file("x.pdf", b"1", body="Сборник #ОГЭ")
    assert await found(anna, "#огэ") == ["• 24.11.2026: Сборник #ОГЭ"]


async def test_many_are_cut_and_old_ones_forgotten(talk: Talk, database_url: str) -> None:
    async with conversation(
        bot,
        database_url=database_url,
        chat=talk.chat,
        clock=talk.clock,
        settings={"hashtags": HashtagSettings(10)},
    ) as again:
        anna = again.room("9А. Класс").enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        for number in range(70):
            await anna.says(f"Письмо {number} #ОГЭ")
        answer = await found(anna, "#огэ")
        assert len(answer) == 11 and answer[-1] == "Есть и ещё: добавьте слово или хештег."
        assert await found(anna, "#огэ 0") == ["• 24.11.2026: Письмо 0 #ОГЭ"]
        again.clock.advance(days=11)
        assert (await found(anna, "#огэ"))[0].startswith(NOTHING)
