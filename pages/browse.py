"""Browse: a folder or data set as a gallery; open any of its films in Diagnose."""

import streamlit as st

from pages.components import folders, frame, gallery, models

with frame.page(__file__):
    st.markdown("## Browse")
    folder = folders.choose()
    if not folder:
        models.prepare()
        folders.empty()
    else:
        dataset = folders.opened(folder)
        rows = gallery.chosen(dataset)
        shown = gallery.pager(len(rows))
        gallery.show(dataset, [rows[i] for i in shown], models.reader())
