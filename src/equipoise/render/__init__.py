"""Floor 8: from a study to words, tables, figures and the report. The only floor that draws.

``equipoise.render.report.render`` writes the report, ``equipoise.render.answer.answer_lines`` sentences.
"""
