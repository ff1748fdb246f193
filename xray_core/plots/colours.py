"""The greys of the dark theme, in figures as in `.streamlit/config.toml`."""

TEXT, MUTED, GRID, PANEL = "#d7dde3", "#8b97a3", "#262e36", "#0b0e11"
