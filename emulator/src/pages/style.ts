/** The style of all pages: light or dark as the system is, and for the width of a phone too. */
export const STYLE = `
  :root {
    color-scheme: light dark;
    --ground: #f4f5f8; --card: #fff; --line: #d5d9e2; --edge: #8089a0; --text: #1b1e26; --quiet: #585f70;
    --accent: #3b4fc4; --on-accent: #fff; --tint: #eceefb;
    font: 1rem/1.5 system-ui, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #101218; --card: #191c24; --line: #323745; --edge: #757d92; --text: #e8eaf0; --quiet: #a3aabb;
      --accent: #a9b6ff; --on-accent: #12152a; --tint: #262b42;
    }
  }
  *, ::before { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
  main { max-width: 34rem; margin: 0 auto; padding: 12vh 1rem 5rem; }
  main.wide { max-width: 80rem; padding: 2rem 1rem 5rem; }
  h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; }
  h2 { margin: 0; font-size: 1.05rem; line-height: 1.3; }
  p { margin: 0 0 1rem; }
  a { color: var(--accent); }
  code { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
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
  button:hover { border-color: var(--accent); background: var(--tint); }
  .small, .small:hover { color: var(--accent); }
  .small {
    display: inline-block; flex: none; width: auto; margin: 0; padding: .15rem .6rem;
    border: 1px solid var(--line); border-radius: .4rem; background: var(--card); font-size: .85rem; text-decoration: none;
  }
  .small:hover { border-color: var(--accent); background: var(--tint); }

  .search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: 0 0 1.25rem; }
  .search input { flex: 0 1 22rem; }
  .search button { padding: .5rem .9rem; font-size: 1rem; }
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
  .card { padding: 1.1rem 1.2rem; border: 1px solid var(--line); border-radius: .8rem; background: var(--card); }
  .card + p { margin-top: 1rem; }
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
  dl { margin: 0; }
  dl > div { padding: .5rem 0; border-top: 1px solid var(--line); }
  dl > div:last-child { padding-bottom: 0; }
  dt { font-size: .9rem; }
  dd { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .3rem .5rem; margin: .15rem 0 0; }
  dd code { flex: 1; min-width: 50%; padding: .25rem 0; color: var(--quiet); word-break: break-all; user-select: all; -webkit-user-select: all; }
  dd form { display: flex; flex: 1; gap: .5rem; }
  dd form.change { flex: none; }
  dd input { flex: 1; padding: .2rem .5rem; font-size: .9rem; }
  .card > details { margin-top: .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
  summary { color: var(--accent); font-size: .9rem; cursor: pointer; }
  .change { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
  details .change { margin-top: .75rem; }
  .change p { flex: 1 0 100%; margin: 0; font-size: .9rem; }
  .change input, .change select { flex: 1 1 6rem; min-width: 0; padding: .2rem .5rem; font-size: .9rem; }
  fieldset { margin: 0 0 1rem; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
  label { display: block; padding: .2rem 0; }
  .narrow form > label { padding: .4rem 0; }
  .narrow form > label > input { display: block; width: 100%; }
  .narrow form > button:not([name], .small) { border-color: var(--accent); color: var(--accent); justify-content: center; }
  .narrow .card { margin-bottom: 1rem; }
  select { max-width: 100%; padding: .5rem .65rem; }
  section { margin-top: 1.5rem; }
  section.events { margin: 0 0 1.25rem; }
  section > h2 { margin-bottom: .75rem; }
  .status {
    position: fixed; inset: auto 0 1.25rem; width: fit-content; max-width: calc(100% - 2rem); margin: 0 auto; padding: .5rem 1rem;
    border-radius: .6rem; background: var(--text); color: var(--ground); font-size: .9rem;
  }
  .status:empty { visibility: hidden; }
`;
