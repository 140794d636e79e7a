"""What a step may have been taken from."""

from lineside.answering.steps import Quotes


def test_each_half_of_a_step_with_a_semicolon_is_the_documents_own_word():
    quotes = Quotes(
        [("SOP-VC-07", "3. Open the guard door and remove the jammed box by hand; never pull on the chain.")]
    )

    assert quotes.has("Open the guard door and remove the jammed box by hand")
    assert quotes.has("never pull on the chain")
