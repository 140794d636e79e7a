"""A look for words and signs comes before the slow patterns, and hides nothing from them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineside.training_data import personal, support
from lineside.training_data.personal import personal_data
from lineside.training_data.support import speaks_of_itself

_KINDS_WITH_CUES = [kind for kind in personal._KINDS if kind.words or kind.signs]


@settings(max_examples=60, deadline=None)
@given(text=st.sampled_from(_KINDS_WITH_CUES).flatmap(lambda kind: st.from_regex(kind.pattern)))
def test_whatever_a_pattern_of_personal_data_finds_has_one_of_its_cues(text):
    assert personal_data(text)


@settings(max_examples=60, deadline=None)
@given(text=st.from_regex(support._ITSELF))
def test_whatever_speaks_of_its_page_has_one_of_the_cues(text):
    assert speaks_of_itself(text)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("{} by: Anna Keller.",
         "Approved Written Reviewed Checked Signed Released Prepared Issued Edited Authorised Authorized Drawn"),
        ("{} von Anna Keller.", "Freigegeben geprüft ERSTELLT Genehmigt Unterschrieben Verfasst Bearbeitet"),
        ("{}: Anna Keller.",
         "Author Editor Contact Responsible Approver Verfasser Autor Ansprechpartner Ansprechpartnerin Verantwortlich "
         "Freigabe"),
        ("Ask {} Keller.", "Mr Mrs Ms Mx Dr Prof. Herr Herrn Frau Hr. Fr. Dipl.-Ing. Ing Sir Madam Señor Madame"),
    ],
)  # fmt: skip
def test_every_word_that_stands_before_a_name_is_known(form, words):
    assert [word for word in words.split() if personal_data(form.format(word)) != "a name of a person"] == []
