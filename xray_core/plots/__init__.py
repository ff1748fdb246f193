"""From results to Plotly figures and pictures; no Streamlit."""
