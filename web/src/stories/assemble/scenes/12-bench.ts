/** The bench: plug the machine together as you like, and see what was measured of it. */
import type { LadderRecording, Rung, Wires } from "../../../recording/ladder.gen";
import {
  GRADIENT_NAMES,
  HALTING_NAMES,
  MODULE_NAMES,
  pluggedWires,
  pressed,
  SWITCHES,
  type WireName,
} from "../wires";
import { circle, fitted, group, path, rect, round, type Box } from "../../../scene/build";
import { progress } from "../../../scene/ease";
import { count, grouped, mean, percent } from "../../../scene/numbers";
import type { Caption, Layout } from "../../../scene/scene";
import type { Action, Shape } from "../../../scene/shape";
import { ladderRows } from "./10-whole-ladder";
import { boardProps, puzzleOf } from "../common";
import {
  callsOf,
  exact,
  meanOf,
  ofSeeds,
  puzzleIndex,
  sameWires,
  thoughtOf,
  type LadderScene,
} from "../facts";
import { dotRows } from "../parts/charts";
import { machine, pluggedIn } from "../parts/machine";
import { words } from "../../../scene/parts/paragraphs";
import { below, panel } from "../parts/panel";
import { places, sizes } from "../places";
import { inOrder, timeline } from "../../../scene/timeline";
import { answerAt, playOf } from "../play";
import type { LadderView } from "../view";

const T = timeline({ look: 4.6, run: 9.4 });

/** What was measured of these wires: a rung without augmentation, or one of the bench. */
export function measured(recording: LadderRecording, wires: Wires): Rung | null {
  const all = [...recording.rungs, ...recording.bench];
  return (
    all.find((rung) => !rung.augmented && sameWires(rung.wires, wires)) ??
    all.find((rung) => sameWires(rung.wires, wires)) ??
    null
  );
}

interface Switch {
  readonly wire: WireName;
  readonly action: Action;
  readonly name: string;
  readonly on: boolean;
  /** Which of several positions. */
  readonly state: string;
  readonly tip: string;
}

function switches(recording: LadderRecording, wires: Wires): readonly Switch[] {
  return positions(wires).map((one) => ({ ...one, action: pressed(recording, wires, one.wire) }));
}

function positions(wires: Wires): readonly Omit<Switch, "action">[] {
  const plugged = (on: boolean) => (on ? "in" : "out");
  return [
    {
      wire: "loop",
      name: SWITCHES.loop,
      on: wires.loop,
      state: plugged(wires.loop),
      tip: "Latent recurrence: the output goes in again.",
    },
    {
      wire: "recall",
      name: SWITCHES.recall,
      on: wires.recall,
      state: plugged(wires.recall),
      tip: "The puzzle goes in again at every call.",
    },
    {
      wire: "hierarchy",
      name: SWITCHES.hierarchy,
      on: wires.hierarchy,
      state: plugged(wires.hierarchy),
      tip: "Two states, a slow zH and a fast zL.",
    },
    {
      wire: "modules",
      name: SWITCHES.modules,
      on: true,
      state: MODULE_NAMES[wires.modules === 2 ? 2 : 1],
      tip: "Whether H and L are two blocks or one that plays both parts.",
    },
    {
      wire: "outer",
      name: SWITCHES.outer,
      on: wires.segments > 1,
      state: wires.segments > 1 ? `×${wires.segments}` : "out",
      tip: "End states become the starting states of the next segment.",
    },
    {
      wire: "gradient",
      name: SWITCHES.gradient,
      on: true,
      state: GRADIENT_NAMES[wires.gradient],
      tip: "Along which calls learning looks back.",
    },
    {
      wire: "halting",
      name: SWITCHES.halting,
      on: wires.halting !== "none",
      state: HALTING_NAMES[wires.halting],
      tip: "The road lights: none, learned by Q-learning, or only a lamp for stopping.",
    },
  ];
}

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const wires = pluggedWires(recording, view.wires);
  const rung = measured(recording, wires);
  return inOrder([
    { at: 0, text: "Your turn. Press a switch below the machine to plug a wire in or out." },
    {
      at: T.run,
      text: rung
        ? `Measured: ${percent(meanOf(rung, exact))} of new puzzles with one answer, ${percent(meanOf(rung, (seed) => seed.vote_one))} by voting.`
        : "Nobody has trained this one yet. Press “Train it” below the stage, and it gets a row.",
    },
  ]);
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const wires = pluggedWires(recording, view.wires);
  const rung = measured(recording, wires);
  const puzzle = puzzleOf(recording, view);
  const thought = rung && thoughtOf(rung, puzzleIndex(recording, view));
  const play = thought ? playOf(thought, T.run + 0.2, 8.2, 1.2) : null;
  const over = play !== null && t >= play.end;
  return [
    ...machine({
      ...boardProps(recording, view),
      split: wires.hierarchy ? 1 : 0,
      same: wires.modules === 1,
      power: 1,
      wires: pluggedIn(wires),
      answer: play ? answerAt(play, t) : null,
      ...(over ? { solution: puzzle.solution } : {}),
      mood: rung ? 0.6 : 0,
      ...(wires.halting === "none"
        ? {}
        : { light: { share: 1, stop: false, lit: 0, tip: "The road lights are plugged in." } }),
      ...(play ? { play: { of: play, t, wires } } : {}),
    }),
    ...board(layout, switches(recording, wires)),
    ...evidence(recording, wires, rung, t, layout),
  ];
}

/** The switchboard, where the tray was. */
function board(layout: Layout, all: readonly Switch[]): Shape[] {
  const { tray } = places(layout);
  const wide = layout === "wide";
  const rows = wide ? 1 : 2;
  const columns = Math.ceil(all.length / rows);
  const gap = wide ? 6 : 4;
  const size = sizes[layout].small;
  const cell = {
    width: (tray.width - gap * (columns - 1)) / columns,
    height: (tray.height - gap * (rows - 1)) / rows,
  };
  return all.map((one, i) => {
    const box: Box = {
      x: round(tray.x + (i % columns) * (cell.width + gap)),
      y: round(tray.y + Math.floor(i / columns) * (cell.height + gap)),
      width: round(cell.width),
      height: round(cell.height),
    };
    const id = `switch.${one.wire}`;
    const middle = box.y + box.height / 2;
    return group(
      id,
      [
        rect(`${id}.box`, box, {
          radius: 10,
          fill: "surface",
          stroke: one.on ? "ink" : "faint",
          strokeWidth: one.on ? 2.2 : 1.5,
        }),
        ...plugOrSocket(
          `${id}.sign`,
          box.x + (wide ? 13 : 11),
          wide ? middle - 11 : middle,
          one.on,
        ),
        ...(wide
          ? [
              fitted(`${id}.name`, one.name, box.x + 21, middle - 7, box.width - 23, size * 0.92, {
                weight: 700,
              }),
              fitted(
                `${id}.state`,
                one.state,
                box.x + box.width / 2,
                middle + 18,
                box.width - 8,
                size,
                {
                  anchor: "middle",
                  fill: one.on ? "ink" : "muted",
                },
              ),
            ]
          : [
              fitted(
                `${id}.name`,
                shortState(one),
                box.x + 20,
                middle + size * 0.35,
                box.width - 22,
                size,
                {
                  weight: one.on ? 700 : 400,
                },
              ),
            ]),
      ],
      {
        label: `${one.name}: ${one.state}`,
        tip: `${one.tip} Now: ${one.state}. Press to change it.`,
        action: one.action,
      },
    );
  });
}

function shortState({ wire, name, state }: Switch): string {
  return ["gradient", "modules", "halting"].includes(wire) && state !== "none" ? state : name;
}

/** Plugged in: a disc with prongs. Out: an empty ring. */
function plugOrSocket(id: string, x: number, y: number, on: boolean): Shape[] {
  return on
    ? [
        circle(`${id}.plug`, round(x), round(y), 5.5, { fill: "right" }),
        path(`${id}.tick`, `M${round(x - 2.6)} ${round(y)}l2 2.4l3.4 -4.4`, {
          fill: "none",
          stroke: "surface",
          strokeWidth: 1.8,
        }),
      ]
    : [
        circle(`${id}.ring`, round(x), round(y), 5, {
          fill: "none",
          stroke: "muted",
          strokeWidth: 1.8,
        }),
      ];
}

function evidence(
  recording: LadderRecording,
  wires: Wires,
  rung: Rung | null,
  t: number,
  layout: Layout,
): Shape[] {
  const box = below(layout);
  const size = sizes[layout].body;
  const wide = layout === "wide";
  const head = size * (wide ? 6.2 : 4.4);
  const chart = { ...box, y: box.y + head, height: box.height - head - size * 1.8 };
  const least = wide ? 24 : 19;
  const rows = rowsWith(recording, Math.floor(chart.height / least), rung);
  return panel(layout, rung ? "This one was measured" : "Not measured yet", [
    ...words("bench.words", box, rung ? facts(rung) : wanting(wires), size, { fill: "ink" }),
    ...dotRows(
      "bench",
      chart,
      rows,
      progress(t, 0.2, 2.4),
      Math.max(11, size * 0.92),
      Math.min(34, chart.height / Math.max(1, rows.length)),
    ),
    fitted(
      "bench.note",
      "discs, number: one answer; squares: voting",
      box.x,
      round(box.y + box.height - 2),
      box.width,
      Math.max(11, size * 0.9),
      { fill: "muted" },
    ),
  ]);
}

/** The rows that fit; the chosen one is always among them. */
function rowsWith(recording: LadderRecording, most: number, chosen: Rung | null) {
  const all = ladderRows(recording, 99, chosen?.name);
  if (all.length <= most) return all;
  const kept = all.slice(0, most);
  if (chosen && !kept.some((row) => row.id === chosen.name)) {
    const row = all.find(({ id }) => id === chosen.name);
    if (row) kept[most - 1] = row;
  }
  return kept;
}

function facts(rung: Rung): string {
  const values = ofSeeds(rung, exact);
  const named = rung.step === null ? rung.title : `Step ${rung.step}, ${rung.title}`;
  return `${named}: ${percent(mean(values))} solved, ${percent(meanOf(rung, (seed) => seed.vote_one))} by voting, ${percent(meanOf(rung, (seed) => seed.vote_two))} with the best two. ${grouped(rung.parameters)} numbers, ${count(rung.seeds.length, "seed")}.`;
}

function wanting(wires: Wires): string {
  return `${count(callsOf(wires), "call")} a segment, and nobody has trained it. Press “Train it” in the panel below the stage.`;
}

export const bench: LadderScene = {
  id: "bench",
  phase: 12,
  title: "Your own machine",
  duration: () => T.end,
  captions,
  stops: () => [0, T.run, T.end - 0.6],
  draw,
};
