"""Documents and verdicts -> validated questions and answers, split so that nothing that is trained on is tested on."""
