"""Moodle's two formats: there and back, and files as people have them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_tasks import any_items
from support.tasks import KINDS, item

from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Criterion, Item, Matching, Number, Open, Picture
from zvonok_exam_prep.shown import right_answer

BOTH = [Format.GIFT, Format.XML]
NAMES = {Format.GIFT: "a.gift", Format.XML: "a.xml"}


def kept(one: Item, format: Format) -> Item:
    """What is left of a task after it was there and back, but for what is told as lost."""
    asks = one.asks
    if isinstance(asks, Open):
        asks = Open((Criterion("Ответ", ("",) * (one.points + 1)),), asks.sample)
        if format is Format.GIFT:
            asks = replace(asks, sample="")
    if isinstance(asks, Matching):
        by_letter = sorted(range(len(asks.options)), key=lambda place: asks.options[place])
        options = tuple(asks.options[place] for place in by_letter)
        asks = Matching(asks.left, options, tuple(by_letter.index(place) for place in asks.right))
    if format is Format.GIFT:
        one = replace(one, hints=(), pictures=())
    bare = {key: re.sub(r"[<>`\\]", "", getattr(one, key)).strip() for key in ("source", "topic")}
    return replace(one, asks=asks, **bare)


def comparable(one: Item) -> Item:
    pictures = tuple(picture for picture in one.pictures if not picture.address)
    return replace(one, pictures=pictures)


@pytest.mark.parametrize("format", BOTH)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(any_items(calm=True), min_size=1, max_size=2, unique_by=lambda one: one.id))
def test_what_is_written_is_read_as_far_as_moodle_can_hold_it(format: Format, items: list[Item]) -> None:
    found = read(NAMES[format], write(items, format).content)
    assert found.problems == ()
    assert [comparable(one) for one in found.items] == [comparable(kept(one, format)) for one in items]


@pytest.mark.parametrize("format", BOTH)
def test_what_is_lost_is_told_and_nothing_else(format: Format) -> None:
    items = [item(asks, 2, id=f"проба-{number}") for number, asks in enumerate(KINDS)]
    written = write(items, format)
    lost = [(one.item, str(one.text)) for one in written.losses]
    sample = [("проба-7", "The sample answer is left out.")] if format is Format.GIFT else []
    assert lost == [("проба-7", "The criteria are left out."), *sample]
    found = read(NAMES[format], written.content).items
    assert [right_answer(one) for one in found[:5]] == [right_answer(one) for one in items[:5]]


def test_ticking_everything_is_worth_nothing_to_moodle_either() -> None:
    content = write([item(KINDS[1], 2)], Format.GIFT).content.decode()
    assert [line.strip()[:8] for line in content.split("\n") if "~" in line] == [
        "~%50%кит",
        "~%-50%Сл",
        "~%50%ёж",
        "~%-50%ры",
    ]
    assert 'fraction="-50"' in write([item(KINDS[1], 2)], Format.XML).content.decode()


def test_gift_as_people_type_it() -> None:
    words = """
// Комментарий учителя
$CATEGORY: $course$/Русский язык/Орфография

// [id:а-1] [tag:класс:5] [tag:ОГЭРЯ]
::Сочетания:: В каком слове пишется «жи»? {
~ч..щ # Нет, «чащ\\: а».
=ж..знь # Верно!
~ш..рота%
####Жи и ши пиши с буквой «и».
}

Столица России — {=Москва =город Москва} на реке Москве.

2 + 2 \\= 5 {F #Сосчитайте ещё раз. #Да!}

Сколько будет $$\\\\frac\\{1\\}\\{2\\}$$ от 10? {#5:0.1}

От одного до пяти? {#1..5}

Выберите чётные.{~%50%2 ~%50%4 ~%-100%3}

Подберите пару. {=кот -> мяу =пёс -> гав = -> му}

Напишите сочинение. {}
"""
    found = read("Русский.txt", words.encode(), {"subject": "русский язык", "grades": "6"})
    assert [str(one.sentence) for one in found.problems] == []
    assert [right_answer(one) for one in found.items] == [
        "2) ж..знь", "Москва", "2) Неверно", "5", "3", "1, 2", "А3 Б1", "",
    ]  # fmt: skip
    first = found.items[0]
    assert (first.id, first.grades, first.tags, first.topic) == ("а-1", (5,), ("ОГЭРЯ",), "Орфография")
    assert first.question == "В каком слове пишется «жи»?"
    assert first.explanation == "Жи и ши пиши с буквой «и»."
    assert first.asks.options[0].comment == "Нет, «чащ: а»."  # type: ignore[union-attr]
    assert found.items[1].question == "Столица России — _____ на реке Москве."
    assert found.items[2].question == "2 + 2 = 5"
    assert found.items[3].question == "Сколько будет $\\frac{1}{2}$ от 10?"
    assert found.items[4].asks == Number(3, 2)  # type: ignore[arg-type]
    assert [str(one.text) for one in found.notes] == []


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [("Кто? {=а", 1, "brace"), ("\n\nКто? =а}", 3, "brace"), ("Кто? {=а ~б =в}", 1, "Exactly one option"),
     ("Кто? {=а*}", 1, "star"), ("Сколько? {#}", 1, "No answer is right"), ("Сколько? {#пять}", 1, "A number is wanted"),
     ("Сколько? {#1 =2}", 1, "Only one number"), ("Пары {\n=а -> б\n=в\n}", 3, "A pair is written"),
     ("Кто?\n{~а\n~б}", 1, "Say by numbers"), ("Кто?\n{=\n~б}", 1, "It is empty"), ("{=а}", 1, "It is missing"),
     ("Слово $$\\\\nosuch$$ {=а}", 1, "\\nosuch"), ("Только описание", 0, "no tasks")],
)  # fmt: skip
def test_faults_of_gift_are_told_with_their_line(words: str, line: int, said: str) -> None:
    found = read("a.gift", words.encode(), {"subject": "биология", "grades": "5"})
    assert found.items == ()
    assert any(one.line == line and said in str(one.text) for one in found.problems), found.problems


def test_all_faults_are_told_at_once_and_nothing_is_taken() -> None:
    words = "Хорошо? {T}\n\nПлохо? {=а ~б =в}\n\nТоже {\n\nИ это {#x}"
    found = read("a.gift", words.encode(), {"subject": "биология", "grades": "5"})
    assert found.items == () and [one.line for one in found.problems] == [3, 5, 7]


def test_what_moodle_knows_and_we_do_not_is_noted() -> None:
    words = "Кто? {=кит#Верно ~%50%слон ~ёж}\n\nСлово? {=%50%кот =пёс#Да}\n\nПросто слова"
    found = read("a.gift", words.encode(), {"subject": "биология", "grades": "5"})
    assert len(found.items) == 2
    assert [str(one.text) for one in found.notes] == [
        "Options that are right in part count as wrong.",
        "An answer that is right in part is left out: кот",
        "A comment on an answer is left out: Да",
        "A description without a question is left out.",
    ]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0 -->
<question type="category"><category><text>$course$/top/Дроби</text></category></question>
<question type="description"><name><text>x</text></name><questiontext format="html"><text>Прочитайте</text></questiontext></question>
<question type="multichoice">
  <name><text>Дробь</text></name>
  <questiontext format="html"><text><![CDATA[<p>Чему равно&nbsp;\\(\\frac{1}{2}\\) от&nbsp;10&nbsp;$?</p><p>Площадь 10 м<sup>2</sup> <img src="@@PLUGINFILE@@/%D0%B0.png" alt="круг"></p>]]></text>
  <file name="а.png" path="/" encoding="base64">iVBORw0KGgoAAAA=</file></questiontext>
  <generalfeedback format="html"><text>Половина.&lt;br&gt;Да!</text></generalfeedback>
  <defaultgrade>2.0000000</defaultgrade><idnumber>дробь-1</idnumber>
  <single>true</single>
  <answer fraction="100" format="html"><text>5</text><feedback format="html"><text></text></feedback></answer>
  <answer fraction="0" format="html"><text>2 &lt; 3</text><feedback format="html"><text>Нет</text></feedback></answer>
  <hint format="html"><text>Разделите.</text></hint>
  <tags><tag><text>класс:5</text></tag><tag><text>предмет:математика</text></tag></tags>
</question>
<question type="truefalse"><questiontext format="plain_text"><text>2 &lt; 3</text></questiontext>
  <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
<question type="numerical"><questiontext format="html"><text>Длина?</text></questiontext>
  <answer fraction="100"><text>2.5</text><tolerance>0.1</tolerance></answer>
  <units><unit><multiplier>1</multiplier><unit_name>см</unit_name></unit></units></question>
<question type="ordering"><questiontext format="html"><text>Порядок?</text></questiontext>
  <answer fraction="1"><text>раз</text></answer><answer fraction="2"><text>два</text></answer></question>
</quiz>"""


def test_xml_as_moodle_writes_it() -> None:
    found = read("a.xml", XML.encode(), {"subject": "физика", "grades": "7"})
    assert [str(one.sentence) for one in found.problems] == []
    first, second, third, fourth = found.items
    assert first.question == "Чему равно $\\frac{1}{2}$ от 10 \\$?\nПлощадь 10 м$^{2}$"
    assert first.pictures == (Picture("а.png", "круг", "", b"\x89PNG\r\n\x1a\n\0\0\0"),)
    assert (first.id, first.points, first.grades, first.subject) == ("дробь-1", 2, (5,), "математика")
    assert (first.explanation, first.hints, first.topic) == ("Половина.\nДа!", ("Разделите.",), "Дроби")
    assert [option.words for option in first.asks.options] == ["5", "2 < 3"]  # type: ignore[union-attr]
    assert (second.question, right_answer(second), second.grades) == ("2 < 3", "1) Верно", (7,))
    assert right_answer(third) == "2,5 см"
    assert right_answer(fourth) == "21"
    assert [str(one.text) for one in found.notes] == ["A description without a question is left out."]


LAUGHS = '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "ха"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY f SYSTEM "file:///etc/passwd">]><quiz><question>&f;</question></quiz>'


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [(LAUGHS.encode(), 0, "entities"), (OUTSIDE.encode(), 0, "entities"), (b"<!DOCTYPE q><quiz/>", 0, "entities"), (b"<a>" * 100_000, 1, "levels within levels"),
     (XML.encode()[:-7], 25, "no XML"), (b"", 1, "no XML"), (b"x" * 20_000_000, 0, "10 MB"), (b"<quiz/>", 0, "no tasks"),
     (b"<?xml version='1.0' encoding='nonsense'?><quiz/>", 0, "UTF-8"), ("<quiz>ж</quiz>".encode("cp1251"), 1, "no XML"),
     (b"<quiz><question type='cloze'><questiontext><text>1</text></questiontext></question></quiz>", 1, "cloze"),
     (b"\xff\xfe<\0q\0", 1, "no XML")],
)  # fmt: skip
def test_hostile_and_broken_xml_is_refused(content: bytes, line: int, said: str) -> None:
    found = read("a.xml", content)
    assert found.items == ()
    assert any(one.line == line and said in str(one.text) for one in found.problems), found.problems


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251"])
def test_xml_in_other_encodings_is_read(encoding: str) -> None:
    words = XML.replace('"UTF-8"', '"windows-1251"' if encoding == "windows-1251" else '"UTF-16"' if "16" in encoding else '"UTF-8"').replace("&nbsp;", " ")  # fmt: skip
    usual = {"subject": "физика", "grades": "7"}
    found = read("a.xml", words.replace("\n", "\r\n").encode(encoding), usual)
    assert found.problems == () and found.items == read("a.xml", words.encode("utf-8").replace(b"windows-1251", b"UTF-8").replace(b"UTF-16", b"UTF-8"), usual).items  # fmt: skip


@settings(deadline=None)
@pytest.mark.parametrize("name", ["a.gift", "a.xml"])
@given(content=st.binary(max_size=200) | st.text("{}~=#:\\ \nаб->%5$[]<>/&;", max_size=120).map(str.encode))
def test_nothing_breaks_it(name: str, content: bytes) -> None:
    found = read(name, content, {"subject": "физика", "grades": "7"})
    assert bool(found.items) != bool(found.problems)


def test_gift_of_any_habit_is_read() -> None:
    words = "Кто?{=кит}\n\nЧто? {=дом}\n"
    usual = {"subject": "физика", "grades": "7"}
    plain = read("a.gift", words.encode(), usual)
    assert len(plain.items) == 2
    for content in (words.replace("\n", "\r\n").encode(), words.encode("utf-8-sig"), words.encode("cp1251"),
                    words.encode("utf-16"), words.replace("\n", "\r").encode()):  # fmt: skip
        assert read("a.gift", content, usual) == plain
