/** The one style sheet of the documentation: no fonts and no pictures from anywhere, light or dark as the reader's. */
export const DOCS_STYLE = `:root {
  color-scheme: light dark;
  --text: #1d2430;
  --faint: #5b6675;
  --ground: #ffffff;
  --raised: #f5f7fa;
  --line: #dde3ea;
  --link: #0b6bcb;
  --code: #10493c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #dfe5ee;
    --faint: #98a4b5;
    --ground: #14181f;
    --raised: #1d232c;
    --line: #323b48;
    --link: #6db3f8;
    --code: #8fd8c4;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  color: var(--text);
  background: var(--ground);
  font: 1rem/1.65 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
header {
  position: sticky;
  top: 0;
  z-index: 1;
  display: flex;
  justify-content: space-between;
  align-items: center;
  gap: 1rem;
  padding: 0.7rem 1.5rem;
  background: var(--ground);
  border-bottom: 1px solid var(--line);
}
header .title { flex: 1; min-width: 0; margin: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header a { flex: none; padding: 0.1rem 0.8rem; border: 1px solid var(--line); border-radius: 1rem; font-size: 0.9rem; }
.page { display: grid; grid-template-columns: 15rem minmax(0, 62rem); gap: 3rem; max-width: 84rem; margin: 0 auto; padding: 0 1.5rem; }
nav {
  position: sticky;
  top: 3.2rem;
  align-self: start;
  max-height: calc(100vh - 3.2rem);
  overflow-y: auto;
  padding: 1.5rem 0;
  font-size: 0.92rem;
}
nav summary { color: var(--faint); cursor: pointer; }
nav ul { list-style: none; margin: 0.5rem 0 0; padding: 0; border-left: 2px solid var(--line); }
nav li { padding: 0.12rem 0 0.12rem 0.9rem; }
nav .level-3 { padding-left: 1.9rem; }
nav a { color: var(--text); }
main { min-width: 0; padding: 0.5rem 0 6rem; }
h1 { margin: 1.5rem 0 1rem; font-size: 1.9rem; line-height: 1.25; }
h2 { margin: 3rem 0 1rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); font-size: 1.4rem; }
h3 { margin: 3rem 0 0.6rem; font-size: 1.2rem; }
h2 a, h3 a { color: inherit; }
.label { margin: 1.6rem 0 0.5rem; font-weight: 600; }
p { margin: 0.7rem 0; }
main ul, main ol { margin: 0.7rem 0; padding-left: 1.4rem; }
main li { margin: 0.35rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace; font-size: 0.88em; }
:not(pre) > code { padding: 0.1em 0.35em; border-radius: 0.25rem; background: var(--raised); color: var(--code); overflow-wrap: anywhere; }
pre { margin: 0.8rem 0; padding: 0.9rem 1.1rem; overflow-x: auto; line-height: 1.5; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--raised); }
.table { margin: 0.8rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 0.5rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.93rem; }
th, td { padding: 0.5rem 0.9rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); min-width: 4.5rem; }
th { background: var(--raised); color: var(--faint); font-weight: 600; white-space: nowrap; }
td:first-child > code { white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
@media (max-width: 60rem) {
  .page { display: block; padding: 0 1rem; }
  header { padding: 0.6rem 1rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; }
  h1 { font-size: 1.5rem; }
  table { min-width: 34rem; }
}
@media print {
  header, nav { display: none; }
  .page { display: block; }
}
`;
