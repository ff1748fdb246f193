"""Train: choose films and a network, start, and watch what runs in the background."""

import streamlit as st

from pages.components import frame, job_list, train_form

with frame.page(__file__):
    st.markdown("## Train")
    train_form.open_jobs_after_start()
    new, jobs = st.tabs(["New training", train_form.JOBS], key="train-tab", on_change="rerun")
    if new.open:
        with new:
            train_form.show()
    if jobs.open:
        with jobs:
            job_list.show()
