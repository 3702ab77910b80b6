/** Plots as SVG. */
import * as echarts from "echarts";

const SIZE = { width: 860, height: 420 };
const COLORS = ["#0069ff", "#7f8fa6", "#f5a623", "#d0021b", "#2e8540"];

/** Bars of several series side by side, in groups. */
export interface Bars {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** A line across, such as a limit. */
  readonly line?: { readonly name: string; readonly at: number };
}

/** Grouped bars. */
export function bars({ title, unit, groups, series, line }: Bars): string {
  return render({
    ...common(title),
    xAxis: { type: "category", data: [...groups] },
    // Room for the line's name.
    yAxis: { type: "value", name: unit, ...(line ? { max: Math.ceil(line.at * 1.12) } : {}) },
    series: series.map(({ name, values }, i) => ({
      type: "bar",
      name,
      data: [...values],
      label: {
        show: values.length * series.length <= 16,
        // Above the bars a line across would run through them.
        ...(line ? { position: "insideTop", color: "#fff" } : { position: "top", color: "#333" }),
        formatter: number,
      },
      ...(line && i === 0
        ? {
            markLine: {
              symbol: "none",
              data: [
                {
                  yAxis: line.at,
                  name: line.name,
                  label: { formatter: line.name, position: "insideEndTop" },
                },
              ],
            },
          }
        : {}),
    })),
  });
}

/** Lines over numbers of nodes; both axes logarithmic. */
export function growth(
  title: string,
  unit: string,
  series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[],
): string {
  return render({
    ...common(title),
    xAxis: { type: "log", name: "nodes", min: 10 },
    yAxis: { type: "log", name: unit },
    series: series.map(({ name, points }) => ({ type: "line", name, data: points.map(point => [...point]) })),
  });
}

/** What came after what: each bar begins where the one above ended, and a wait is drawn lightly. */
export function chain(
  title: string,
  steps: readonly { readonly name: string; readonly waited: number; readonly took: number }[],
): string {
  let at = 0;
  const before = steps.map(({ waited, took }) => {
    const start = at;
    at += waited + took;
    return start;
  });
  const part = (name: string, values: readonly number[], color: string) => ({
    type: "bar" as const,
    stack: "time",
    name,
    data: values.map(value => Number(value.toFixed(2))),
    itemStyle: { color },
  });
  return render(
    {
      ...common(title),
      grid: { left: 300, right: 40, top: 70, bottom: 40 },
      legend: { top: 30, data: ["engine", "step"] },
      xAxis: { type: "value", name: "s" },
      yAxis: { type: "category", inverse: true, data: steps.map(({ name }) => name) },
      series: [
        part("", before, "transparent"),
        part(
          "engine",
          steps.map(({ waited }) => waited),
          "#c9d3e0",
        ),
        part(
          "step",
          steps.map(({ took }) => took),
          "#0069ff",
        ),
      ],
    },
    110 + 32 * steps.length,
  );
}

function common(title: string): echarts.EChartsOption {
  return {
    animation: false,
    backgroundColor: "#ffffff",
    color: COLORS,
    title: { text: title, left: 10, top: 5, textStyle: { fontSize: 15 } },
    // Without a browser the texts' widths are guessed, and too small.
    legend: { top: 30, itemGap: 60 },
    grid: { left: 60, right: 40, top: 80, bottom: 40 },
  };
}

/** Counts as they are, what was measured to a tenth. */
function number({ value }: { value?: unknown }): string {
  if (typeof value !== "number") return "";
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function render(option: echarts.EChartsOption, height = SIZE.height): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: SIZE.width, height });
  try {
    chart.setOption(option);
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}
