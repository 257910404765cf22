/** The style of all pages; it stands in the page itself. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef2f6; --surface: #ffffff; --ink: #17212b; --quiet: #55636f; --line: #7d8b98;
  --accent: #1457b8; --on-accent: #ffffff; --tag: #e3edfb; --tag-ink: #12408a;
  --good: #dff3e4; --good-ink: #0f5a2a; --bad: #fde6e4; --bad-ink: #96160d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10161c; --surface: #1a222b; --ink: #e9eef3; --quiet: #a3b1bd; --line: #7b8894;
    --accent: #7db0ff; --on-accent: #0a1c36; --tag: #223a5e; --tag-ink: #cfe1ff;
    --good: #143a22; --good-ink: #b4ebc6; --bad: #47191a; --bad-ink: #ffc9c4;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 36rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { margin: 0 0 1.25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 1.25rem; font-size: 1.15rem; }
p { margin: 0; }
a { color: var(--accent); }
main { display: grid; gap: 1.25rem; }
.card, form { padding: 1.5rem; border-radius: 0.9rem; background: var(--surface); box-shadow: 0 1px 3px rgb(0 0 0 / 14%); }
.card { display: flex; gap: 1.1rem; align-items: center; overflow-wrap: anywhere; }
.card.empty { color: var(--quiet); }
.initials { flex: none; display: grid; place-items: center; width: 4rem; height: 4rem; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); font-size: 1.4rem; font-weight: 600; }
.name { font-size: 1.25rem; font-weight: 600; line-height: 1.3; }
.email { color: var(--quiet); }
.interests { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.6rem 0 0; padding: 0; list-style: none; }
.interests li { padding: 0.1rem 0.7rem; border-radius: 1rem; background: var(--tag); color: var(--tag-ink); font-size: 0.9rem; }
.message { padding: 0.8rem 1rem; border-radius: 0.6rem; }
.message ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
.message a { color: inherit; }
.done { background: var(--good); color: var(--good-ink); }
.wrong { background: var(--bad); color: var(--bad-ink); }
.field { margin-bottom: 1.1rem; }
label { display: block; margin-bottom: 0.25rem; font-weight: 600; }
.hint { margin-bottom: 0.25rem; color: var(--quiet); font-size: 0.9rem; }
.fault { margin-top: 0.25rem; color: var(--bad-ink); font-size: 0.9rem; }
input { width: 100%; padding: 0.6rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem;
  background: var(--surface); color: var(--ink); font: inherit; }
input[aria-invalid] { border-color: var(--bad-ink); }
button { margin-top: 0.25rem; padding: 0.65rem 1.4rem; border: 0; border-radius: 0.5rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { padding-top: 1.5rem; padding-bottom: 2.5rem; color: var(--quiet); font-size: 0.875rem; }
`;
