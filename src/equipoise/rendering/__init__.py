"""Floor 8: from a study to words, tables, figures and the report. The only floor that draws.

``report.render`` writes the report, ``answer.answer_lines`` the sentences of a terminal.
"""
