/** The style of all pages: light or dark as the system is, and for the width of a phone too. */
export const STYLE = `
  :root {
    color-scheme: light dark;
    --ground: #f4f5f8; --card: #fff; --line: #d5d9e2; --edge: #8089a0; --text: #1b1e26; --quiet: #585f70;
    --accent: #3b4fc4; --tint: #eceefb; --good: #1b6b3a; --good-tint: #e2f4e8; --bad: #b3261e; --bad-tint: #fdebe9;
    font: 1rem/1.5 system-ui, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #101218; --card: #191c24; --line: #323745; --edge: #757d92; --text: #e8eaf0; --quiet: #a3aabb;
      --accent: #a9b6ff; --tint: #262b42; --good: #8fdcab; --good-tint: #1d3527; --bad: #ffb4ab; --bad-tint: #43211f;
    }
  }
  *, ::before { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
  main { max-width: 34rem; margin: 0 auto; padding: 12vh 1rem 5rem; }
  main.wide, .top { max-width: 80rem; margin: 0 auto; padding: 1rem 1rem 5rem; }
  .top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; padding-bottom: 0; }
  .top p { margin: 0; }
  .top a { margin-inline-end: 1rem; }
  .top a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
  h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; }
  h2, h3 { margin: 0; font-size: 1.05rem; line-height: 1.3; }
  p { margin: 0 0 1rem; }
  a { color: var(--accent); }
  code { font: .8rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
  .quiet { color: var(--quiet); }
  [hidden] { display: none !important; }
  .for-readers { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

  input, select, button { font: inherit; color: inherit; border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); }
  input { min-width: 0; padding: .5rem .65rem; }
  button {
    display: flex; justify-content: space-between; align-items: baseline; gap: 1rem;
    width: 100%; margin: .75rem 0; padding: .75rem 1rem; text-align: start; cursor: pointer;
  }
  button span { color: var(--quiet); text-align: end; }
  button:disabled { opacity: .6; cursor: not-allowed; }
  button:not(:disabled):hover { border-color: var(--accent); background: var(--tint); }
  .small, .small:hover { color: var(--accent); }
  .small {
    display: inline-block; flex: none; width: auto; margin: 0; padding: .15rem .6rem;
    border: 1px solid var(--line); border-radius: .4rem; background: var(--card); font-size: .85rem; text-decoration: none;
  }
  .small:hover { border-color: var(--accent); background: var(--tint); }
  .danger, .danger:hover { border-color: var(--bad); color: var(--bad); }
  .danger:hover, form .danger { background: var(--bad-tint); }
  .small span { color: inherit; }
  html:not(.copies) [data-name] { display: none; }

  .search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: 0 0 1.25rem; }
  .search input { flex: 0 1 22rem; }
  .search button { padding: .5rem .9rem; font-size: 1rem; }
  .beside { display: grid; grid-template-columns: minmax(0, 1fr); align-items: start; gap: 1.5rem; }
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); align-items: start; gap: 1rem; }
  @media (min-width: 70rem) {
    .beside { grid-template-columns: minmax(0, 1fr) 20rem; }
    aside { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; }
  }
  .card { padding: 1.1rem 1.2rem; border: 1px solid var(--line); border-radius: .8rem; background: var(--card); }
  .card.kept { content-visibility: auto; contain-intrinsic-size: auto 15rem; }
  .changed { scroll-margin: 1rem; outline: 3px solid var(--accent); outline-offset: -1px; }
  .card header { display: flex; align-items: center; gap: .8rem; margin-bottom: .9rem; }
  .card header div { flex: 1; min-width: 0; }
  .card header p { margin: 0; font-size: .9rem; }
  .initials {
    flex: none; display: grid; place-items: center; width: 2.6rem; height: 2.6rem; border-radius: 50%;
    background: var(--tint); color: var(--accent); font-weight: 600; overflow: hidden;
  }
  .badge {
    display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: var(--tint); color: var(--accent);
    font-size: .8rem; font-weight: 500;
  }
  .badge.good { background: var(--good-tint); color: var(--good); }
  .badge.bad { background: var(--bad-tint); color: var(--bad); }
  dl { margin: 0; }
  dl > div { padding: .5rem 0; border-top: 1px solid var(--line); }
  dl > div:last-child { padding-bottom: 0; }
  dt { font-size: .9rem; }
  dd { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .3rem .5rem; margin: .15rem 0 0; }
  dd code { flex: 1 1 36ch; padding: .25rem 0; color: var(--quiet); word-break: break-all; user-select: all; -webkit-user-select: all; }
  .actions { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .5rem; }
  .card > .actions { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
  #additions { margin-bottom: 1rem; }
  summary { list-style: none; cursor: pointer; }
  summary::-webkit-details-marker { display: none; }
  .panel[open] { flex: 1 0 100%; }
  .panel .change { max-width: 26rem; margin: .5rem 0; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; }
  .change p { margin: 0 0 .5rem; font-size: .9rem; }
  .change label { display: grid; grid-template-columns: 8rem minmax(0, 1fr); align-items: center; font-size: .9rem; }
  .change input, .change select { padding: .2rem .5rem; font-size: .9rem; }
  .panel .change button { margin-top: .5rem; }
  fieldset { margin: 0 0 1rem; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
  label { display: block; padding: .2rem 0; }
  .narrow form > label { padding: .4rem 0; }
  .narrow form > label > input { display: block; width: 100%; }
  .narrow form > button:not([name], .small) { border-color: var(--accent); color: var(--accent); justify-content: center; }
  [role=alert] { border-color: var(--bad); background: var(--bad-tint); }
  .narrow .card, .narrow .actions { margin-bottom: 1rem; }
  select { max-width: 100%; padding: .5rem .65rem; }
  section { margin-top: 1.5rem; }
  table { width: 100%; border-collapse: collapse; font-size: .85rem; overflow-wrap: normal; }
  td code, td:last-child { overflow-wrap: anywhere; }
  @media (max-width: 30rem) { tr > :first-child { display: none; } }
  th, td { padding: .35rem .5rem .35rem 0; border-top: 1px solid var(--line); text-align: start; vertical-align: baseline; }
  section > h2 { margin-bottom: .75rem; }
  .status {
    position: fixed; inset: auto 0 1.25rem; width: fit-content; max-width: calc(100% - 2rem); margin: 0 auto; padding: .5rem 1rem;
    border-radius: .6rem; background: var(--text); color: var(--ground); font-size: .9rem;
  }
  .status:empty { visibility: hidden; }
`;
