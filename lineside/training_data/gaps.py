"""What operators ask for and manuals often leave out. A row is asked about only where none of its words stands in what
the documents say of that machine or that code."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from lineside.training_data.asking.rule import word_set
from lineside.training_data.wording import stems

Subject = Literal["machine", "topic", "code"]


class Gap(NamedTuple):
    """`keys`: in any of these words the documents might say it after all."""

    of: Subject
    english: str
    german: str
    keys: frozenset[str]


def _gap(of: Subject, english: str, german: str, keys: str) -> Gap:
    return Gap(of, english, german, frozenset(stem for word in word_set(keys) for stem in stems(word)))


GAPS: Final = (
    _gap(
        "machine",
        "How many decibels of noise are there{at}?",
        "Wie viele Dezibel Lärm gibt es{at}?",
        "loud noise sound decibel db laut lärm schall dezibel",
    ),
    _gap(
        "machine",
        "What does a new motor{at} cost?",
        "Was kostet ein neuer Motor{at}?",
        "cost price euro dollar kosten preis",
    ),
    _gap(
        "machine",
        "How long is the warranty{at}?",
        "Wie lange läuft die Garantie{at}?",
        "warranty guarantee garantie gewährleistung",
    ),
    _gap(
        "machine",
        "Which oil goes into the gearbox{at}?",
        "Welches Öl kommt in das Getriebe{at}?",
        "gearbox gear getriebe",
    ),
    _gap(
        "machine",
        "What is the password of the control panel{at}?",
        "Wie lautet das Passwort am Bedienfeld{at}?",
        "password passcode pin passwort kennwort",
    ),
    _gap(
        "machine",
        "Which firmware version runs{at}?",
        "Welche Firmware läuft{at}?",
        "firmware software version",
    ),
    _gap(
        "machine",
        "How much electricity is used per hour{at}?",
        "Wie viel Strom wird pro Stunde verbraucht{at}?",
        "electricity consumption kilowatt kwh stromverbrauch verbrauch",
    ),
    _gap(
        "machine",
        "Which detergent do I clean the frame with{at}?",
        "Mit welchem Reinigungsmittel putze ich das Gestell{at}?",
        "detergent soap solvent alcohol cleaner reinigungsmittel seife",
    ),
    _gap(
        "machine",
        "How wide is the foundation{at}?",
        "Wie breit ist das Fundament{at}?",
        "foundation fundament",
    ),
    _gap(
        "machine",
        "What is the year of manufacture{at}?",
        "Welches Baujahr steht auf dem Typenschild{at}?",
        "year built manufactured baujahr jahr",
    ),
    _gap(
        "machine",
        "Which filter class does the ventilation need{at}?",
        "Welche Filterklasse braucht die Lüftung{at}?",
        "filter ventilation lüftung",
    ),
    _gap(
        "machine",
        "What colour is the spare fuse{at}?",
        "Welche Farbe hat die Ersatzsicherung{at}?",
        "colour color fuse farbe sicherung",
    ),
    _gap(
        "machine",
        "How many hours is the shift leader on call at night{at}?",
        "Wie lange hat der Schichtleiter nachts Bereitschaft{at}?",
        "night nightly bereitschaft nachts",
    ),
    _gap(
        "machine",
        "Which chain lubricant is allowed{at}?",
        "Welcher Kettenschmierstoff ist erlaubt{at}?",
        "lubricant lubricate lubrication grease schmierstoff schmieren fett",
    ),
    _gap(
        "machine",
        "What is the IP address of the controller{at}?",
        "Wie lautet die IP-Adresse der Steuerung{at}?",
        "ip address controller plc adresse steuerung",
    ),
    _gap(
        "machine",
        "How heavy is the drive unit{at}?",
        "Wie schwer ist die Antriebseinheit{at}?",
        "heavy weight weigh kilogram gewicht schwer",
    ),
    _gap(
        "machine",
        "Where is the spare key for the cabinet{at}?",
        "Wo liegt der Ersatzschlüssel für den Schrank{at}?",
        "cabinet cupboard schrank",
    ),
    _gap(
        "machine",
        "How many spare belts are in stock{at}?",
        "Wie viele Ersatzriemen sind auf Lager{at}?",
        "stock store warehouse lager",
    ),
    _gap(
        "machine",
        "What humidity is allowed in the hall{at}?",
        "Welche Luftfeuchte ist in der Halle erlaubt{at}?",
        "humidity humid luftfeuchte feuchte",
    ),
    _gap(
        "machine",
        "Which certificate does a welder need{at}?",
        "Welchen Nachweis braucht ein Schweißer{at}?",
        "weld welder schweißer schweißen",
    ),
    _gap(
        "topic",
        "How many people are needed for “{Topic}”{at}?",
        "Wie viele Leute braucht man für „{Topic}“{at}?",
        "people person persons alone helper leute personen person allein",
    ),
    _gap(
        "topic",
        "What does “{Topic}” cost{at}?",
        "Was kostet „{Topic}“{at}?",
        "cost price euro dollar kosten preis",
    ),
    _gap(
        "topic",
        "Which course do I need before “{Topic}”{at}?",
        "Welchen Lehrgang brauche ich vor „{Topic}“{at}?",
        "course training trained qualified lehrgang schulung unterwiesen",
    ),
    _gap(
        "topic",
        "Which video shows “{Topic}”{at}?",
        "Welches Video zeigt „{Topic}“{at}?",
        "video film",
    ),
    _gap(
        "topic",
        "How long does “{Topic}” take in total{at}?",
        "Wie lange dauert „{Topic}“ insgesamt{at}?",
        "takes take total minutes hours duration dauert dauer insgesamt minuten stunden",
    ),
    _gap(
        "code",
        "How often did {code} come up last month{at}?",
        "Wie oft kam {code} letzten Monat{at}?",
        "month monthly monat",
    ),
    _gap(
        "code",
        "What does the spare part for {code} cost{at}?",
        "Was kostet das Ersatzteil bei {code}{at}?",
        "cost price spare kosten preis ersatzteil",
    ),
    _gap(
        "code",
        "How many minutes may {code} be ignored{at}?",
        "Wie viele Minuten darf {code} anstehen{at}?",
        "ignore ignored minute minutes anstehen minuten",
    ),
    _gap(
        "code",
        "Which wire number belongs to {code}{at}?",
        "Welche Adernummer gehört zu {code}{at}?",
        "wire cable ader kabel",
    ),
    _gap(
        "code",
        "Who has to be told by telephone about {code}{at}?",
        "Wer ist wegen {code} anzurufen{at}?",
        "telephone phone call anrufen telefon",
    ),
)
