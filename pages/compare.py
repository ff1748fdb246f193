"""Compare: which model is better, how sure that is, where they differ, and what each costs."""

import streamlit as st

from pages.components import compare_choice, compare_view, compare_work, frame

with frame.page(__file__):
    st.markdown("## Compare")
    choice = compare_choice.of_address()
    compare_choice.choose(choice)
    if not (choice.models and choice.data):
        compare_choice.empty()
    else:
        comparison = compare_work.comparison(choice)
        if comparison is not None:
            compare_view.show(comparison)
