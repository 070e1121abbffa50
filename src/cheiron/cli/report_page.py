"""The frame and the looks of the report. It stands alone, so its style is in it; there is no script."""

STYLE = """
:root { --ground: #faf8f3; --ink: #1a2428; --quiet: #4f5d62; --line: #d9d4c7; --accent: #0b5c61; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #11181b; --ink: #e7ebe9; --quiet: #a3b0b3; --line: #2e3a3e; --accent: #7cc7c8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; }
h2 { margin: 3rem 0 .5rem; font-size: 1.25rem; color: var(--accent); }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
p, li { max-width: 70ch; }
header p, small, .with, caption { color: var(--quiet); font-weight: 400; }
small { font-size: .875rem; overflow-wrap: anywhere; }
article { border-top: 1px solid var(--line); padding: 1rem 0; break-inside: avoid; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1rem 0; }
.figures dt { color: var(--quiet); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.fingerprints { padding: 0; list-style: none; color: var(--quiet); font-size: .875rem; }
.state { border: 1px solid; border-radius: 6px; padding: 0 .5rem; color: var(--accent); font-weight: 400; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { text-align: left; font-size: .875rem; }
th, td { padding: .375rem .75rem .375rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
article caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
thead th { color: var(--quiet); font-weight: 400; font-size: .875rem; }
tbody th { font-weight: 600; }
tfoot th, tfoot td { border-bottom: 0; font-weight: 600; }
th.n, td.n { padding: .375rem 0 .375rem .75rem; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
@media print {
  :root { --ground: #fff; --ink: #000; --quiet: #333; --line: #bbb; --accent: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
}
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Mentoring pairs</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>Mentoring pairs</h1>
<p>A proposal for people to look at. It names people: keep it as you keep the lists.</p>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def page_of(body: str) -> str:
    """The page around a body of HTML."""
    return PAGE.format(style=STYLE, body=body)
