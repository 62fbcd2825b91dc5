import { Markup } from './markup.ts';

/** The page's style sheet: system fonts, light or dark as the reader's system is, and ink on paper in print. */
export const STYLES = new Markup(`
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2126; --soft: #57606a; --grid: #e3e7eb;
  --mark: #1f5fbf; --alarm: #b42318; --band: #c5d6ef; --band-third: #e6eef9; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e6e9ec; --soft: #a3acb5; --grid: #2c3238;
    --mark: #7db4ff; --alarm: #ff8f85; --band: #2b4468; --band-third: #1d2a3d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; border-top: 1px solid var(--grid); padding-top: 1.5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p, figcaption, dl { max-width: 46rem; }
figcaption, .soft { color: var(--soft); font-size: .875rem; }
figure { margin: 2.5rem 0; max-width: 56rem; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 34rem; height: auto; font: 12px system-ui, sans-serif; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
th[scope=row], thead th:first-child { text-align: left; padding-left: 0; }
td ul { margin: 0; padding-left: 1rem; text-align: left; white-space: normal; min-width: 24rem; }
summary { cursor: pointer; }
pre { overflow-x: auto; font-size: .8125rem; }
.label { fill: var(--soft); }
.name { fill: var(--ink); }
.grid { stroke: var(--grid); stroke-width: 1; }
.reference { stroke: var(--ink); stroke-width: 1; }
.threshold { stroke: var(--alarm); stroke-width: 1; stroke-dasharray: 5 3; }
.pooled { stroke: var(--mark); stroke-width: 2.5; }
.dot { fill: var(--mark); fill-opacity: .55; }
.dot.third, .dot.whole { fill-opacity: 1; }
.whole { fill: var(--mark); stroke: var(--paper); }
.flagged { fill: var(--alarm); stroke: var(--paper); }
.above { fill: var(--mark); fill-opacity: .8; }
.base { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.error { stroke: var(--mark); stroke-width: 2; }
.band { fill: var(--band); }
.band-third { fill: var(--band-third); }
@media print { .scroll { overflow: visible; } }
`);
