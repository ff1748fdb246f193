"""Diagnose: lay films on the desk, look at one, and read the opinion with its reasons."""

import streamlit as st

from pages.components import desk, films, frame, intake, models, opinion, reasons, viewer

with frame.page(__file__):
    file = desk.current()
    if file is None:
        intake.welcome()
        models.prepare()  # last: it brings TensorFlow, and the page is there before
    else:
        reader = models.reader()
        with intake.sidebar_after(reader):
            seen = films.look_at(file, reader)
            desk.note(file, seen.opinion, reader)
        film, prediction = seen.film, seen.opinion
        picture, words = st.columns([1.55, 1], gap="medium")
        with picture:
            if film is None:
                viewer.show_refused(file, seen.refusal)
            else:
                viewer.show(file, film, reader.classifier)
        with words:
            opinion.show(reader, prediction, film)
        if film is not None:
            reasons.show(reader.classifier, film, prediction)
        desk.read_the_rest(reader)
