/** The figures as tables and plots. */
import type { GraphRow } from "./graph/measure";
import type { LabFigures } from "./lab/measure";
import type { LimitsFigures } from "./limits/measure";
import { bars, chain, growth } from "./plot";
import type { ReadinessRow } from "./readiness/measure";
import { markdownTable, type Shown } from "./report";
import { median } from "./statistics";
import type { Segment, WholeFigures } from "./whole/measure";

/** The hosts share the machine's cores. */
export const showReadiness = (rows: readonly ReadinessRow[]): Shown => ({
  table: contenderTable(rows),
  plots: { readiness: contenderPlot("From ready hosts to a swarm", rows) },
});

/** Each host has a part of a core to itself. */
export const showGrowth = (rows: readonly ReadinessRow[]): Shown => ({
  table: contenderTable(rows),
  plots: { growth: contenderPlot("From hosts with processors of their own to a swarm", rows) },
});

/** The first contender is compared with each of the others. */
function contenderTable(rows: readonly ReadinessRow[]): string {
  const { sizes, contenders, values, seconds } = grouped(rows);
  const [ours = ""] = contenders;
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const times = markdownTable(
    [
      "",
      ...sizes.map(nodes => `this program : it, ${nodes} nodes`),
      ...sizes.map(nodes => `s, ${nodes} nodes`),
      `growth, ${smallest} to ${largest}`,
    ],
    contenders.map(contender => [
      contender,
      ...sizes.map(nodes => (seconds(ours, nodes) / seconds(contender, nodes)).toFixed(2)),
      ...sizes.map(nodes => spread(values(contender, nodes))),
      (seconds(contender, largest) / seconds(contender, smallest)).toFixed(2),
    ]),
  );
  return [times, "Whose the processor's seconds were, in one more run of each:", "", profiles(rows)].join(
    "\n",
  );
}

function contenderPlot(title: string, rows: readonly ReadinessRow[]): string {
  const { sizes, contenders, seconds } = grouped(rows);
  const series = contenders.map(name => ({ name, values: sizes.map(nodes => seconds(name, nodes)) }));
  return bars({ title, unit: "s", groups: sizes.map(nodes => `${nodes} nodes`), series });
}

function grouped(rows: readonly ReadinessRow[]) {
  const values = (contender: string, nodes: number) =>
    rows.find(row => row.contender === contender && row.nodes === nodes)?.seconds ?? [];
  return {
    sizes: [...new Set(rows.map(({ nodes }) => nodes))],
    contenders: [...new Set(rows.map(({ contender }) => contender))],
    values,
    seconds: (contender: string, nodes: number) => median(values(contender, nodes)),
  };
}

function profiles(rows: readonly ReadinessRow[]): string {
  return markdownTable(
    ["", "nodes", "s", "cores busy", "the hosts' s", "a host's s", "its own s", "else", "idle for the disk"],
    rows.map(({ contender, nodes, profile }) => {
      const { seconds, hosts, contender: own, rest, disk } = profile;
      return [
        contender,
        nodes,
        seconds.toFixed(2),
        ((hosts + own + rest) / seconds).toFixed(1),
        hosts.toFixed(1),
        (hosts / nodes).toFixed(2),
        own.toFixed(1),
        rest.toFixed(1),
        disk.toFixed(1),
      ];
    }),
  );
}

/** The whole program's life, and the chains that it waited for. */
export function showWhole(figures: WholeFigures): Shown {
  const row = (what: string, seconds: readonly number[], note: string) => [what, spread(seconds), note];
  const ratio = (median(figures.unchanged) / median(figures.empty)).toFixed(2);
  const table = [
    markdownTable(
      ["", "s", ""],
      [
        row("`up` from nothing", figures.up, `${figures.resources} resources`),
        row(
          "`up`, nothing changed",
          figures.unchanged,
          `${ratio} times the empty one; ${figures.loginsWhileUnchanged} SSH logins`,
        ),
        row("the same, of an empty program", figures.empty, `${figures.resources} resources`),
        row("`destroy`", figures.destroy, `${figures.dialsWhileDestroyed} SSH dials`),
      ],
    ),
    "What the last `up` waited for, from the command's start:",
    "",
    segmentTable(figures.upPath),
    "And the last `destroy`:",
    "",
    segmentTable(figures.destroyPath),
  ].join("\n");
  return {
    table,
    plots: {
      up: chain("What pulumi up waited for", figures.upPath),
      destroy: chain("What pulumi destroy waited for", figures.destroyPath),
    },
  };
}

function segmentTable(segments: readonly Segment[]): string {
  let at = 0;
  return markdownTable(
    ["step", "engine, s", "step, s", "done at, s"],
    segments.map(({ name, waited, took }) => {
      at += waited + took;
      return [name, waited.toFixed(2), took.toFixed(2), at.toFixed(2)];
    }),
  );
}

/** Time, memory and size of the graph. */
export function showGraph(rows: readonly GraphRow[]): Shown {
  const kib = (characters: number) => (characters / 1024).toFixed(1);
  const table = markdownTable(
    [
      "nodes",
      "resources",
      "time : bare droplets and Commands",
      "memory : theirs",
      "s",
      "theirs, s",
      "empty resources, s",
      "MiB",
      "theirs, MiB",
      "empty resources, MiB",
      "KiB of inputs a node",
      "KiB of user data",
      "KiB of the largest stdin",
    ],
    rows.map(({ nodes, program, constants, bare }) => [
      nodes,
      program.resources,
      (program.seconds / constants.seconds).toFixed(2),
      (program.memory / constants.memory).toFixed(2),
      ...[program, constants, bare].map(({ seconds }) => seconds.toFixed(1)),
      ...[program, constants, bare].map(({ memory }) => Math.round(memory)),
      kib(program.inputs / nodes),
      kib(program.largest.userData),
      kib(program.largest.stdin),
    ]),
  );
  const line = (name: string, of: (row: GraphRow) => number) => ({
    name,
    points: rows.map(row => [row.nodes, of(row)] as const),
  });
  return {
    table,
    plots: {
      "graph-time": growth("The program under mocks: time", "s", [
        line("this program", row => row.program.seconds),
        line("bare droplets and Commands", row => row.constants.seconds),
        line("empty resources", row => row.bare.seconds),
      ]),
      "graph-memory": growth("The program under mocks: memory", "MiB", [
        line("this program", row => row.program.memory),
        line("bare droplets and Commands", row => row.constants.memory),
        line("empty resources", row => row.bare.memory),
      ]),
    },
  };
}

/** A large cluster under the request limits. */
export function showLimits(figures: LimitsFigures): Shown {
  const { droplets, seconds, requests, perMinute, parallel, requestsPerSecond, stateKib } = figures;
  const all = Object.values(requests).reduce((one, other) => one + other, 0);
  const table = markdownTable(
    ["droplets", "min", "requests a droplet", "answers", "most in a minute", "KiB of state a droplet"],
    [
      [
        droplets,
        (seconds / 60).toFixed(1),
        (all / droplets).toFixed(1),
        Object.entries(requests)
          .map(([status, count]) => `${status}: ${count}`)
          .join(", "),
        Math.max(...perMinute),
        stateKib.toFixed(1),
      ],
    ],
  );
  const plot = bars({
    title: `Requests a minute while ${droplets} droplets are made (--parallel ${parallel}, requestsPerSecond ${requestsPerSecond})`,
    unit: "requests",
    groups: perMinute.map((_, minute) => String(minute)),
    series: [{ name: "answered", values: perMinute }],
    line: { name: "DigitalOcean's limit", at: 250 },
  });
  return { table, plots: { limits: plot } };
}

/** What the lab costs. */
export function showLab(figures: LabFigures): Shown {
  const table = markdownTable(
    ["", ""],
    [
      ["droplet image, built once", `${figures.imageSeconds.toFixed(0)} s`],
      ["five droplets, until all answer SSH", `${spread(figures.sshSeconds)} s`],
      ["five droplets, until cloud-init is done and Docker runs", `${spread(figures.readySeconds)} s`],
      ["memory of a droplet with Docker", `${Math.round(median(figures.dropletMib))} MiB`],
    ],
  );
  return { table, plots: {} };
}

/** Median, least and most. */
function spread(seconds: readonly number[]): string {
  const digits = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  return `${digits(median(seconds))} (${digits(Math.min(...seconds))} to ${digits(Math.max(...seconds))})`;
}
