"""How the HTML of an audit looks: dark as the app, light on paper."""

STYLE = """
:root { color-scheme: dark; --ground: #0b0e11; --raised: #151a20; --line: #262e36;
  --text: #d7dde3; --muted: #8b97a3; --fine: #2bbd92; --warning: #e6a11a; --serious: #ff6b5e; }
@media print { :root { color-scheme: light; --ground: #fff; --raised: #f3f5f7; --line: #ccd3da;
  --text: #14191e; --muted: #5a6570; --fine: #007a5a; --warning: #8a5a00; --serious: #b3261e; } }
body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif;
  max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
table.narrow { width: auto; min-width: 14rem; display: inline-table; margin-right: 2rem;
  vertical-align: top; }
caption { text-align: left; color: var(--muted); }
th, td { text-align: left; padding: 0.35rem 0.7rem 0.35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; font-weight: 400; }
th[scope=row] { font-weight: 600; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; min-width: 5.2rem; font-weight: 600; white-space: nowrap; }
.badge b { display: inline-block; width: 1.2rem; }
.badge.fine { color: var(--fine); } .badge.warning { color: var(--warning); }
.badge.serious { color: var(--serious); }
.verdict { font-size: 1.1rem; padding: 0.6rem 0.9rem; background: var(--raised);
  border-left: 5px solid var(--muted); }
.verdict.serious { border-color: var(--serious); } .verdict.fine { border-color: var(--fine); }
.verdict.warning { border-color: var(--warning); }
.ground { fill: var(--raised); } .bar.fine { fill: var(--fine); }
.bar.warning { fill: var(--warning); } .bar.serious { fill: var(--serious); }
.interval { stroke: var(--text); stroke-width: 2; }
code { font-size: 0.85em; overflow-wrap: anywhere; }
details { color: var(--muted); } footer { color: var(--muted); margin-top: 2.5rem; }
"""
